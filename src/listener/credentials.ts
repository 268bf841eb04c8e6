import { createHash, randomBytes, scrypt } from 'node:crypto';

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

/** About 50 ms and 16 MB for each check. */
const COST = { N: 16384, r: 8, p: 1 };
const HASH_BYTES = 32;
/** Makes what is compared worthless outside of this process. */
const key = randomBytes(32);

/** The slow hash of user and password, as one text. */
export function derive(given: string, salt: string): Promise<Buffer> {
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
