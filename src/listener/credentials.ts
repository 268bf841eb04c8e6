import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  user: string;
  password: string;
}

/** User and password as they are kept on disk: they can be checked, not read. */
export interface HashedCredentials {
  salt: string;
  hash: string;
}

/**
 * Whom a service lets in. `open`: everybody. `lost`: everybody too, because nobody knows the password any more;
 * such a service only blocks.
 */
export type Access = 'open' | 'lost' | Credentials | HashedCredentials;

/** Whether a caller with this `Authorization` header is let in. */
export type Check = (header: string | undefined, address: string) => boolean | Promise<boolean>;

/** About 50 ms and 16 MB for each check. */
const COST = { N: 16384, r: 8, p: 1 };
const HASH_BYTES = 32;
/** Hashes that are worked out at a time, and that may wait for that in all, and from one address. */
const AT_ONCE = 2;
const MOST_WAITING = 50;
const MOST_OF_ONE = 4;
/** Wrong headers that are remembered, so that the same mistake costs no second hash. */
const MOST_WRONG = 1000;

/** Makes what is compared worthless outside of this process. */
const key = randomBytes(32);
const digest = (value: string) => createHmac('sha256', key).update(value).digest();

/** A check of HTTP Basic credentials that takes the same time whatever is wrong. */
export function credentialCheck(access: Access): Check {
  if (typeof access === 'string') return () => true;
  if ('hash' in access) return new HashCheck(access).check;
  const wanted = digest(`${access.user}:${access.password}`);
  return (header) => {
    const given = basic(header);
    return timingSafeEqual(digest(given ?? ''), wanted) && given !== undefined;
  };
}

/** User and password of a header, as one text. */
function basic(header: string | undefined): string | undefined {
  const match = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '');
  return match ? Buffer.from(match[1], 'base64').toString('utf8') : undefined;
}

/**
 * Checks against a hash. A hash is slow on purpose, so each header is hashed once, beside the thread; a caller
 * that tries many passwords waits for itself, and not everybody for it.
 */
class HashCheck {
  private right: Buffer | undefined;
  private readonly wrong = new Set<string>();
  /** Headers that are being checked, and how many of them came from each address. */
  private readonly underWay = new Map<string, Promise<boolean>>();
  private readonly waiting = new Map<string, number>();
  private readonly queue: (() => void)[] = [];
  private running = 0;

  constructor(private readonly wanted: HashedCredentials) {}

  readonly check: Check = (header, address) => {
    const given = basic(header);
    if (given === undefined) return false;
    const seen = digest(given);
    if (this.right && timingSafeEqual(seen, this.right)) return true;
    const name = seen.toString('base64');
    if (this.right || this.wrong.has(name)) return false;
    return this.underWay.get(name) ?? this.start(given, seen, name, address);
  };

  private start(given: string, seen: Buffer, name: string, address: string): Promise<boolean> | false {
    const own = this.waiting.get(address) ?? 0;
    if (own >= MOST_OF_ONE || this.underWay.size >= MOST_WAITING) return false;
    this.waiting.set(address, own + 1);
    const checked = this.compare(given, seen).finally(() => this.leave(name, address));
    this.underWay.set(name, checked);
    return checked;
  }

  private leave(name: string, address: string): void {
    this.underWay.delete(name);
    const left = (this.waiting.get(address) ?? 1) - 1;
    if (left > 0) this.waiting.set(address, left);
    else this.waiting.delete(address);
  }

  private async compare(given: string, seen: Buffer): Promise<boolean> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.running++;
    try {
      if (this.right) return timingSafeEqual(seen, this.right); // found meanwhile
      const { salt, hash } = this.wanted;
      const isRight = timingSafeEqual(await derive(given, salt), Buffer.from(hash, 'hex'));
      if (isRight) this.right = seen;
      else this.noteWrong(seen.toString('base64'));
      return isRight;
    } finally {
      this.running--;
      this.queue.shift()?.();
    }
  }

  private noteWrong(seen: string): void {
    this.wrong.add(seen);
    if (this.wrong.size > MOST_WRONG) this.wrong.delete(this.wrong.values().next().value as string);
  }
}

function derive(given: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(given, Buffer.from(salt, 'hex'), HASH_BYTES, COST, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}

/** What was hashed last: a redeploy of an unchanged listener costs no hash. */
let last: { of: string; hashed: Promise<HashedCredentials> } | undefined;

/** Credentials as they may be kept on disk. */
export function hashed({ user, password }: Credentials): Promise<HashedCredentials> {
  const given = `${user}:${password}`;
  const of = createHash('sha256').update(key).update(given).digest('hex');
  if (last?.of !== of) {
    const salt = randomBytes(16).toString('hex');
    last = { of, hashed: derive(given, salt).then((hash) => ({ salt, hash: hash.toString('hex') })) };
  }
  return last.hashed;
}
