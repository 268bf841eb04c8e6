import type { Entry, EntryKind } from './entry';

/** How a list is written. */
export const FORMATS = ['plain', 'edl', 'hosts', 'regex', 'rpz', 'suricata'] as const;
export type ListFormat = (typeof FORMATS)[number];

/** What a list is written with, besides its entries. */
export interface ListLook {
  name: string;
  format: ListFormat;
  /** A name stands for what is below it, too, where the format can say so. */
  subdomains: boolean;
  /** Of the zone: it grows with each change, in seconds since 1970. */
  serial: number;
}

/** Kinds of entries that a format has words for. */
export const KINDS: Readonly<Record<ListFormat, readonly EntryKind[]>> = {
  plain: ['ip', 'network', 'domain', 'url'],
  edl: ['ip', 'network', 'domain', 'url'],
  hosts: ['domain'],
  regex: ['ip', 'domain', 'url'],
  rpz: ['ip', 'network', 'domain'],
  suricata: ['ip', 'network', 'domain'],
};

/** Palo Alto takes no longer lines. */
const LONGEST_EDL = 255;
/** With the name of the zone behind it, a name of a zone has at most 255 bytes: one that is longer spoils the whole zone. */
const LONGEST_RPZ = 190;

/** The text of a list, an entry a line. */
export function formatted(entries: Iterable<Entry>, look: ListLook): string {
  const write = WRITERS[look.format](look);
  let text = look.format === 'rpz' ? zoneHead(look.serial) : '';
  for (const entry of entries) text += write(entry);
  return text;
}

/** What stands for an entry: lines with their ends; nothing if there are no words for it. */
type Write = (entry: Entry) => string;

const WRITERS: Readonly<Record<ListFormat, (look: ListLook) => Write>> = {
  plain: () => (entry) => `${entry.value}\n`,
  edl: () => edlLine,
  hosts: () => (entry) => (entry.kind === 'domain' ? `0.0.0.0 ${entry.value}\n` : ''),
  regex:
    ({ subdomains }) =>
    (entry) =>
      regexLine(entry, subdomains),
  rpz:
    ({ subdomains }) =>
    (entry) =>
      zoneLines(entry, subdomains),
  suricata: ({ name, subdomains }) => ruleWriter(name, subdomains),
};

/** A list of URLs is without their scheme there. */
function edlLine({ kind, value }: Entry): string {
  const text = kind === 'url' ? value.replace(/^https?:\/\//, '') : value;
  return text.length > LONGEST_EDL ? '' : `${text}\n`;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

function regexLine({ kind, value }: Entry, subdomains: boolean): string {
  if (kind === 'network') return '';
  return kind === 'domain' && subdomains ? `(^|\\.)${escaped(value)}$\n` : `^${escaped(value)}$\n`;
}

const zoneHead = (serial: number) =>
  `$TTL 300\n@ IN SOA localhost. root.localhost. (${serial} 3600 600 86400 300)\n@ IN NS localhost.\n`;

function zoneLines({ kind, value }: Entry, subdomains: boolean): string {
  if (kind === 'url') return '';
  if (kind !== 'domain') return `${zoneAddress(value)}.rpz-ip CNAME .\n`;
  if (value.length > LONGEST_RPZ) return '';
  return subdomains ? `${value} CNAME .\n*.${value} CNAME .\n` : `${value} CNAME .\n`;
}

/** An address as such zones have it: its length first, then its parts from the last to the first. */
function zoneAddress(value: string): string {
  const [address, length = address.includes(':') ? '128' : '32'] = value.split('/');
  if (!address.includes(':')) return `${length}.${address.split('.').reverse().join('.')}`;
  const halves = address.split('::').map((half) => half.split(':').filter((word) => word !== ''));
  const [left, right = []] = halves;
  const gap = halves.length > 1 ? ['zz'] : [];
  return [length, ...right.toReversed(), ...gap, ...left.toReversed()].join('.');
}

/** Numbers of rules that nobody else gives: those below are of known publishers. */
const RULES = { first: 2_100_000_000, count: 90_000_000 };

/** A rule keeps its number as long as it is in the list, whatever stands before it, as far as numbers do not collide. */
function ruleWriter(list: string, subdomains: boolean): Write {
  const taken = new Set<number>();
  const numberOf = (value: string) => {
    let place = hash(value) % RULES.count;
    while (taken.has(place)) place = (place + 1) % RULES.count;
    taken.add(place);
    return RULES.first + place;
  };
  return ({ kind, value }) => {
    if (kind === 'url') return '';
    const about = `msg:"Block list ${list}: ${value}"; sid:${numberOf(value)}; rev:1;`;
    if (kind !== 'domain') return `drop ip any any <> ${value} any (${about})\n`;
    const match = subdomains
      ? `dotprefix; content:".${value}"; nocase; endswith;`
      : `content:"${value}"; nocase; startswith; endswith;`;
    return `drop dns any any -> any any (dns.query; ${match} ${about})\n`;
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return sum;
}
