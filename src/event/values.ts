/**
 * Values as MISP sees them. PHP has one array type: a JSON list and a JSON object are both an array, `{}` is
 * `[]`, and `{"0": x}` is `[x]`. A list from which entries were dropped keeps the others' keys there; here it
 * is an ordinary list that remembers the positions its entries had.
 */

/** A JSON list or object: what PHP calls an array. */
export type Entries = readonly unknown[] | Readonly<Record<string, unknown>>;

const positions = new WeakMap<readonly unknown[], readonly number[]>();

/** Whether the value is a list or an object. */
export function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null;
}

/** Whether the value is a list; unlike `Array.isArray` it leaves no `any` behind. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Whether the value is an object and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isEntries(value) && !isList(value);
}

/** Names that a path, a selector or an insertion never reaches, whoever owns them. */
export function isForbidden(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/**
 * Remembers the places the items of a shortened list had in the whole list, ascending. Paths such as
 * `Event._AttributeFlattened.3` mean those places, as in MISP.
 */
export function rememberPositions<T extends readonly unknown[]>(items: T, places: readonly number[]): T {
  if (places.some((place, index) => place !== index)) positions.set(items, places);
  return items;
}

/** The places remembered for a shortened list; undefined if its items stand where they always stood. */
export function positionsOf(items: readonly unknown[]): readonly number[] | undefined {
  return positions.get(items);
}

/** The own, allowed names of an object, or the places of a list as texts. */
export function keysOf(entries: Entries): string[] {
  if (isList(entries)) return positionsOf(entries)?.map(String) ?? Object.keys(entries);
  const names = Object.keys(entries);
  return names.some(isForbidden) ? names.filter((name) => !isForbidden(name)) : names;
}

/** The entries' values; those of a list are the list itself. */
export function valuesOf(entries: Entries): readonly unknown[] {
  return isList(entries) ? entries : keysOf(entries).map((name) => entries[name]);
}

/** How many entries there are. */
export function countOf(entries: Entries): number {
  return isList(entries) ? entries.length : keysOf(entries).length;
}

/** The entry under a key, as PHP's `$entries[$key]`; undefined if there is none. Inherited ones are not. */
export function entryOf(entries: Entries, key: string): unknown {
  if (isList(entries)) return isIntegerKey(key) ? itemAt(entries, Number(key)) : undefined;
  return Object.hasOwn(entries, key) && !isForbidden(key) ? entries[key] : undefined;
}

/** The item that stood at a place of the whole list; undefined if it is not there. */
export function itemAt(items: readonly unknown[], place: number): unknown {
  const places = positions.get(items);
  return items[places ? indexOf(places, place) : place];
}

/** PHP's integer keys: decimal digits without a leading zero, with an optional minus. */
export function isIntegerKey(key: string): boolean {
  const first = key.charCodeAt(0);
  if (first !== 45 && (first < 48 || first > 57)) return false;
  return /^(?:0|-?[1-9]\d{0,17})$/.test(key);
}

/** PHP's `empty()`: null, false, 0, "", "0" and arrays without entries. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value === '' || value === '0';
  if (isEntries(value)) return countOf(value) === 0;
  return !value;
}

/** PHP's text of a scalar: true is "1", false and null are "". Lists and objects have none here. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  return value === true ? '1' : '';
}

/** PHP's `intval`: the number a text begins with, without its fraction; 0 if there is none. */
export function integerOf(value: unknown): number {
  if (isEntries(value)) return isEmpty(value) ? 0 : 1;
  const text = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(textOf(value))?.[0];
  return text === undefined ? 0 : Math.trunc(Number(text));
}

/** The index of a number in an ascending list; -1 if it is not there. */
function indexOf(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ascending[middle] ?? Infinity;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Whole numbers in full; others with PHP's 14 digits. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < 1e19 ? BigInt(value).toString() : exponential(value);
  const rounded = Number(value.toPrecision(14));
  const size = Math.abs(rounded);
  return size >= 1e15 || size < 1e-4 ? exponential(rounded) : String(rounded);
}

function exponential(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent}`;
}
