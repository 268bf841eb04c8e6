const LONGEST = 254;
const LONGEST_LOCAL = 64;
/** One plain address: no display name, no quotes, no comment, no list, no control characters. */
const ADDRESS =
  /^[^\s@<>"(),:;\\[\]\p{C}]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u;
/** A name without quotes, and an address in angle brackets. */
const NAMED = /^([^<>"\p{C}]*)<([^<>]*)>$/u;

/** Whether a mail may be sent to it: an address and nothing but an address. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST && text.indexOf('@') <= LONGEST_LOCAL && ADDRESS.test(text);
}

/** Name and address of a sender, as `misp@example.org` or `MISP <misp@example.org>`; nothing if it is neither. */
export function senderOf(text: string): { name: string; address: string } | undefined {
  const [, name = '', inner = text] = NAMED.exec(text.trim()) ?? [];
  const address = inner.trim();
  return isAddress(address) ? { name: name.trim(), address } : undefined;
}

/** The addresses of a text, separated by commas or semicolons, or of a list of such texts; unchecked. */
export function addressesIn(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts
    .filter((text): text is string => typeof text === 'string')
    .flatMap((text) => text.split(/[,;]/))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** Each address once, whatever its case; the first spelling counts. */
export function distinct(addresses: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const address of addresses) {
    const key = address.toLowerCase();
    if (!found.has(key)) found.set(key, address);
  }
  return [...found.values()];
}

/** The part behind the @, in lower case. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** An address as an error may name it: short, and in one line. */
export function nameable(address: string): string {
  const line = address.replace(/[\p{Cc}\u2028\u2029]+/gu, '␤');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
