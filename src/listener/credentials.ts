import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * A check of HTTP Basic credentials that takes the same time whatever is wrong.
 * @param expected absent: nobody is asked for credentials
 * @returns a function of the `Authorization` header
 */
export function credentialCheck(expected?: {
  user: string;
  password: string;
}): (header: string | undefined) => boolean {
  if (!expected) return () => true;
  const wanted = digest(`${expected.user}:${expected.password}`);
  return (header) => {
    const match = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '');
    const given = match ? Buffer.from(match[1], 'base64').toString('utf8') : '';
    return timingSafeEqual(digest(given), wanted) && match !== null;
  };
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
