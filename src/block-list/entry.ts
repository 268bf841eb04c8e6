import { isIP, isIPv4 } from 'node:net';

/** What a line of a block list can be about. */
export interface Entry {
  kind: 'ip' | 'network' | 'domain';
  value: string;
}

const LONGEST = 253;
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

/** The entry of an attribute's value; nothing if it is no address, network or name: what is not known is never listed. */
export function entryOf(value: string): Entry | undefined {
  if (value.length > LONGEST + 1) return undefined;
  const text = value.trim().toLowerCase().replace(/\.$/, '');
  // A zone (`fe80::1%eth0`) may hold any text and means something on one machine only.
  if (text.includes('%')) return undefined;
  if (isIP(text)) return { kind: 'ip', value: text };
  if (isNetwork(text)) return { kind: 'network', value: text };
  return text.length <= LONGEST && DOMAIN.test(text) ? { kind: 'domain', value: text } : undefined;
}

function isNetwork(text: string): boolean {
  const [address, length, ...rest] = text.split('/');
  if (length === undefined || rest.length > 0 || !isIP(address) || !LENGTH.test(length)) return false;
  // A network of length 0 is everything: it would shut a firewall.
  return Number(length) > 0 && Number(length) <= (isIPv4(address) ? 32 : 128);
}
