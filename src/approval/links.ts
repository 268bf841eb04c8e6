import { createHmac, timingSafeEqual } from 'node:crypto';

const TOKEN = /^([\w-]{22})\.([\w-]{43})$/;

/** What a link carries: which request, signed. */
export function tokenOf(secret: string, id: string): string {
  return `${id}.${sign(secret, id)}`;
}

/** The request that a token is for; undefined for one that we have not signed. */
export function idIn(secret: string, token: unknown): string | undefined {
  const [, id = '', signature = ''] = (typeof token === 'string' && TOKEN.exec(token)) || [];
  if (id === '') return undefined;
  const expected = Buffer.from(sign(secret, id));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
}

function sign(secret: string, id: string): string {
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(`misp-approval ${id}`).digest('base64url');
}
