import { isIP, isIPv4 } from 'node:net';

/** What a line of a block list can be about. */
export type EntryKind = 'ip' | 'network' | 'domain' | 'url';

export interface Entry {
  kind: EntryKind;
  /** In one spelling, so that nothing is listed twice, and a removal finds what was added. */
  value: string;
}

const LONGEST = 253;
const LONGEST_URL = 2000;
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const LENGTH = /^(?:0|[1-9]\d{0,2})$/;
/** Nothing that a list, a rule or a shell reads as more than a character of an address. */
const URL_TEXT = /^https?:\/\/[\w.~:/?#[\]@!$&()*+,;=%-]+$/i;
/** Wider networks than these would shut a firewall: two lines of length 1 are everything. */
const WIDEST = { v4: 8, v6: 16 };

/** The entry of an attribute's value; nothing if it is no address, network, name or URL: what is not known is never listed. */
export function entryOf(value: string): Entry | undefined {
  if (value.length > LONGEST_URL) return undefined;
  const trimmed = value.trim();
  if (URL_TEXT.test(trimmed)) return urlOf(trimmed);
  const text = trimmed.toLowerCase().replace(/\.$/, '');
  // A zone (`fe80::1%eth0`) may hold any text and means something on one machine only.
  if (text.length > LONGEST || text.includes('%')) return undefined;
  if (isIP(text)) return { kind: 'ip', value: addressOf(text) };
  if (text.includes('/')) return networkOf(text);
  return DOMAIN.test(text) ? { kind: 'domain', value: text } : undefined;
}

/** IPv6 addresses have many spellings. */
function addressOf(text: string): string {
  return isIPv4(text) ? text : new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

function networkOf(text: string): Entry | undefined {
  const [address, length, ...rest] = text.split('/');
  if (rest.length > 0 || !isIP(address) || !LENGTH.test(length)) return undefined;
  const [bits, widest] = isIPv4(address) ? [32, WIDEST.v4] : [128, WIDEST.v6];
  const size = Number(length);
  if (size < widest || size > bits) return undefined;
  if (size === bits) return { kind: 'ip', value: addressOf(address) };
  // Resolvers refuse a network whose address has bits behind its length.
  return { kind: 'network', value: `${firstOf(addressOf(address), size)}/${size}` };
}

/** The first address of the network. */
function firstOf(address: string, size: number): string {
  const [bits, words, width, radix] = isIPv4(address) ? [32, 4, 8n, 10] : [128, 8, 16n, 16];
  const parts = isIPv4(address) ? address.split('.') : wordsOf(address);
  const number = parts.reduce((sum, part) => (sum << width) | BigInt(radix === 16 ? `0x${part}` : part), 0n);
  const behind = BigInt(bits - size);
  const first = (number >> behind) << behind;
  const mask = (1n << width) - 1n;
  const text = Array.from({ length: words }, (_, place) =>
    ((first >> (width * BigInt(words - 1 - place))) & mask).toString(radix),
  );
  return radix === 10 ? text.join('.') : addressOf(text.join(':'));
}

/** The eight words of an IPv6 address. */
function wordsOf(address: string): string[] {
  const [left, right] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (!right) return left;
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}

function urlOf(text: string): Entry | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname, username, password, href } = new URL(text);
  const host = entryOf(hostname.replace(/^\[|\]$/g, ''));
  if (username || password || !host || host.kind === 'url' || !URL_TEXT.test(href)) return undefined;
  return { kind: 'url', value: href };
}

/** Types of attributes of which a part is no address or name. */
const FIRST_PART = /\|port$/;

/** What the value of an attribute is about: a composite one may be two things. */
export function entriesOf(type: string, value: string): Entry[] {
  const parts = type.includes('|') ? value.split('|', 2) : [value];
  const known = (FIRST_PART.test(type) ? parts.slice(0, 1) : parts).map(entryOf);
  return known.filter((entry) => entry !== undefined);
}
