import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  credentialsOf,
  derive,
  login,
  type Access,
  type Credentials,
  type HashedCredentials,
} from '../credentials';

/** Who called. Only those who are `ok` are let in. */
export type Caller = { ok: true; name: string } | { ok: false };

/** Tells who a caller with this `Authorization` header is. */
export type Check = (header: string | undefined, address: string) => Caller | Promise<Caller>;

const STRANGER: Caller = { ok: false };
/** Where no credentials are asked for nobody tells who he is. */
const ANYBODY: Caller = { ok: true, name: '' };

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
  if (typeof access === 'string') return () => ANYBODY;
  return 'hash' in access ? new HashCheck(access).check : plainCheck(credentialsOf(access));
}

function plainCheck(known: readonly Credentials[]): Check {
  const callers = known.map((one) => ({
    caller: { ok: true, name: one.user } as const,
    wanted: digest(login(one)),
  }));
  return (header) => {
    const given = basic(header);
    const seen = digest(given ?? '');
    let found: Caller = STRANGER;
    // All are compared, so that the time does not tell which of them was right.
    for (const { caller, wanted } of callers) {
      if (timingSafeEqual(seen, wanted) && given !== undefined) found = caller;
    }
    return found;
  };
}

/** The user that a header names, whatever the password is. */
export function userIn(header: string | undefined): string | undefined {
  return basic(header)?.split(':', 1)[0];
}

/** User and password of a header, as one text. */
function basic(header: string | undefined): string | undefined {
  const match = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '');
  return match ? Buffer.from(match[1], 'base64').toString('utf8') : undefined;
}

/**
 * A header whose user and password are encoded as in an address, decoded: MISP's debug mode sends them as its setting
 * has them, where all that calls the Action service decodes them.
 */
export function decoded(header: string | undefined): string | undefined {
  const given = basic(header);
  if (given === undefined || !given.includes('%')) return header;
  try {
    return `Basic ${Buffer.from(decodeURIComponent(given)).toString('base64')}`;
  } catch {
    return header; // a plain percent sign
  }
}

/**
 * Checks against a hash. A hash is slow on purpose, so each header is hashed once, beside the thread; a caller
 * that tries many passwords waits for itself, and not everybody for it.
 */
class HashCheck {
  /** Headers that were right. */
  private readonly right: { seen: Buffer; caller: Caller }[] = [];
  private readonly hashes: readonly Buffer[];
  private readonly wrong = new Set<string>();
  /** Headers that are being checked, and how many of them came from each address. */
  private readonly underWay = new Map<string, Promise<Caller>>();
  private readonly waiting = new Map<string, number>();
  private readonly queue: (() => void)[] = [];
  private running = 0;

  constructor(private readonly wanted: HashedCredentials) {
    this.hashes = [wanted.hash, ...(wanted.others ?? [])].map((hash) => Buffer.from(hash, 'hex'));
  }

  readonly check: Check = (header, address) => {
    const given = basic(header);
    if (given === undefined) return STRANGER;
    const seen = digest(given);
    const known = this.found(seen);
    const name = seen.toString('base64');
    if (known || this.hasAll || this.wrong.has(name)) return known ?? STRANGER;
    return this.underWay.get(name) ?? this.start(given, seen, name, address);
  };

  /** Who calls with a header that was right before. */
  private found(seen: Buffer): Caller | undefined {
    return this.right.filter((one) => timingSafeEqual(seen, one.seen))[0]?.caller;
  }

  /** All others are wrong. */
  private get hasAll(): boolean {
    return this.right.length >= this.hashes.length;
  }

  private start(given: string, seen: Buffer, name: string, address: string): Caller | Promise<Caller> {
    const own = this.waiting.get(address) ?? 0;
    if (own >= MOST_OF_ONE || this.underWay.size >= MOST_WAITING) return STRANGER;
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

  private async compare(given: string, seen: Buffer): Promise<Caller> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.running++;
    try {
      // Found meanwhile.
      if (this.hasAll) return this.found(seen) ?? STRANGER;
      const derived = await derive(given, this.wanted.salt);
      // All are compared, so that the time does not tell which of them was right.
      const isRight = this.hashes.filter((hash) => timingSafeEqual(derived, hash)).length > 0;
      if (!isRight) return this.noteWrong(seen.toString('base64'));
      const caller: Caller = { ok: true, name: given.split(':', 1)[0] };
      this.right.push({ seen, caller });
      return caller;
    } finally {
      this.running--;
      this.queue.shift()?.();
    }
  }

  private noteWrong(seen: string): Caller {
    this.wrong.add(seen);
    if (this.wrong.size > MOST_WRONG) this.wrong.delete(this.wrong.values().next().value as string);
    return STRANGER;
  }
}
