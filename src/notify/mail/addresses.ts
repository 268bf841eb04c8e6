const LONGEST = 254;
const LONGEST_LOCAL = 64;
/** One plain address: no display name, no quotes, no comment, no list, no control characters. */
const ADDRESS = /^[^\s@<>"(),:;\\[\]\p{Cc}]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u;

/** Whether a mail may be sent to it: an address and nothing but an address. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST && text.indexOf('@') <= LONGEST_LOCAL && ADDRESS.test(text);
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

/** Each address once, whatever its case. */
export function distinct(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [address.toLowerCase(), address])).values()];
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
