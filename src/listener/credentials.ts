import { createHash, randomBytes, scrypt } from 'node:crypto';

export interface Credentials {
  user: string;
  password: string;
}

/** User and password as they are kept on disk: they can be checked, not read. */
export interface HashedCredentials {
  salt: string;
  hash: string;
  /** Of others who are let in, with the same salt. */
  others?: readonly string[];
}

/**
 * Whom a service lets in. `open`: everybody. `lost`: everybody too, because nobody knows the password any more;
 * such a service only blocks. Of several, each has a user of its own.
 */
export type Access = 'open' | 'lost' | Credentials | readonly Credentials[] | HashedCredentials;

/** User and password as one text, as HTTP Basic sends them. */
export const login = ({ user, password }: Credentials): string => `${user}:${password}`;

/** All that an access knows by user. */
export function credentialsOf(access: Access): readonly Credentials[] {
  if (typeof access === 'string' || 'hash' in access) return [];
  return 'user' in access ? [access] : access;
}

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
export function hashed(known: Credentials | readonly Credentials[]): Promise<HashedCredentials> {
  const logins = credentialsOf(known).map(login);
  const of = createHash('sha256').update(key).update(JSON.stringify(logins)).digest('hex');
  if (last?.of !== of) {
    const salt = randomBytes(16).toString('hex');
    last = { of, hashed: hashAll(logins, salt) };
  }
  return last.hashed;
}

async function hashAll(logins: readonly string[], salt: string): Promise<HashedCredentials> {
  const derived = await Promise.all(logins.map((given) => derive(given, salt)));
  const [hash, ...others] = derived.map((bytes) => bytes.toString('hex'));
  return { salt, hash, ...(others.length > 0 ? { others } : {}) };
}
