import { Problem } from './problem';

const simple: Partial<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const lengths: Partial<Record<string, number>> = { x: 2, u: 4, U: 8 };
const escapes = /\\(?:([0-7]{1,3})|([\s\S]))([0-9a-fA-F]{0,8})/g;

/**
 * What stands between the quotes of a text in a template, with Python's escapes. An unknown escape stays
 * as it is, backslash and all.
 * @throws {Problem} if `\x`, `\u` or `\U` has too few digits
 */
export function unescape(written: string, line: number): string {
  return written.replace(escapes, (whole, octal: string | undefined, letter: string, digits: string) => {
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8)) + digits;
    const length = lengths[letter];
    if (length === undefined) return (simple[letter] ?? `\\${letter}`) + digits;
    const code = parseInt(digits.slice(0, length), 16);
    if (digits.length < length || code > 0x10ffff) throw new Problem('escape', { text: whole }, line);
    return String.fromCodePoint(code) + digits.slice(length);
  });
}
