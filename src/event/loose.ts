/**
 * PHP 8's loose comparison, `==` and `<=>`. Source: the PHP manual, "Comparison Operators"; the answers of
 * MISP 2.5.1.
 */
import { countOf, entryOf, isEmpty, isEntries, keysOf, textOf } from './values';
import type { Entries } from './values';

const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\v\f]*$/;
const INTEGER = /^[+-]?\d+$/;

/** Whether a text counts as a number: white space around it is allowed, hexadecimal is not. */
export function isNumericText(text: string): boolean {
  return mayBeNumeric(text) && NUMERIC.test(text);
}

/** PHP's `==`. */
export function looseEquals(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b || compareTexts(a, b) === 0;
  return looseCompare(a, b) === 0;
}

/** PHP's `<=>`: negative, zero or positive. Arrays that have not the same keys count as greater. */
export function looseCompare(a: unknown, b: unknown): number {
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(!isEmpty(a)) - Number(!isEmpty(b));
  if (a === null || a === undefined) return compareNull(b);
  if (b === null || b === undefined) return -compareNull(a);
  if (isEntries(a)) return isEntries(b) ? compareEntries(a, b) : 1;
  if (isEntries(b)) return -1;
  if (typeof a === 'number' && typeof b === 'number') return sign(a - b);
  if (typeof a === 'number') return compareNumberText(a, textOf(b));
  if (typeof b === 'number') return -compareNumberText(b, textOf(a));
  return compareTexts(textOf(a), textOf(b));
}

function sign(difference: number): number {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

/** null with a text counts as "", with anything else as false. */
function compareNull(other: unknown): number {
  if (other === null || other === undefined) return 0;
  return (typeof other === 'string' ? other === '' : isEmpty(other)) ? 0 : -1;
}

function mayBeNumeric(text: string): boolean {
  const code = text.charCodeAt(0);
  // digits, white space, + - .
  return (
    (code >= 48 && code <= 57) ||
    code === 32 ||
    (code >= 9 && code <= 13) ||
    code === 43 ||
    code === 45 ||
    code === 46
  );
}

function compareNumberText(number: number, text: string): number {
  return isNumericText(text) ? sign(number - Number(text)) : compareBytes(textOf(number), text);
}

function compareTexts(a: string, b: string): number {
  return isNumericText(a) && isNumericText(b) ? compareNumericTexts(a, b) : compareBytes(a, b);
}

/** Numbers too large for a double are compared digit by digit if both are integers, else as texts. */
function compareNumericTexts(a: string, b: string): number {
  const x = Number(a);
  const y = Number(b);
  if (x !== y || Math.abs(x) <= Number.MAX_SAFE_INTEGER) return sign(x - y);
  if (!INTEGER.test(a.trim()) || !INTEGER.test(b.trim())) return Number.isFinite(x) ? 0 : compareBytes(a, b);
  return Math.abs(x) < 2 ** 63 ? Number(BigInt(a) - BigInt(b)) : compareBytes(a, b);
}

/** Texts by their UTF-8 bytes, which is the order of code points. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Fewer entries are smaller; then value by value under the keys of the first. */
function compareEntries(a: Entries, b: Entries): number {
  const difference = countOf(a) - countOf(b);
  if (difference !== 0) return difference;
  for (const key of keysOf(a)) {
    const right = entryOf(b, key);
    if (right === undefined) return 1;
    const order = looseCompare(entryOf(a, key), right);
    if (order !== 0) return order;
  }
  return 0;
}
