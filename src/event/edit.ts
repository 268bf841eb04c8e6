/**
 * Changed copies of lists and objects. Only the container is new, the entries are shared. Lists stay lists:
 * one that loses or skips entries remembers the positions of the others.
 */
import { countOf, entryOf, isIntegerKey, isList, keysOf, positionsOf, rememberPositions } from './values';
import type { Entries } from './values';

/** What `mapEntries` answers for an entry that is to go. */
export const DROP = Symbol('drop');

/** A copy with each entry replaced or dropped; the same container if none changes. */
export function mapEntries(entries: Entries, change: (value: unknown, key: string) => unknown): Entries {
  const kept: [string, unknown][] = [];
  let changed = false;
  for (const key of keysOf(entries)) {
    const value = entryOf(entries, key);
    const result = change(value, key);
    changed ||= result !== value;
    if (result !== DROP) kept.push([key, result]);
  }
  if (!changed) return entries;
  return isList(entries) ? listFrom(kept) : Object.fromEntries(kept);
}

/** A list without the items at the indexes that `keep` refuses; the others' positions are remembered. */
export function filterList(items: readonly unknown[], keep: (item: unknown) => boolean): unknown[] {
  const known = positionsOf(items);
  const kept: unknown[] = [];
  const positions: number[] = [];
  items.forEach((item, index) => {
    if (!keep(item)) return;
    kept.push(item);
    positions.push(known?.[index] ?? index);
  });
  return rememberPositions(kept, positions);
}

/** A copy with one entry set. A list that gets a name becomes an object. */
export function withEntry(entries: Entries, key: string, value: unknown): Entries {
  if (isList(entries) && (countOf(entries) === 0 || isPosition(key))) {
    if (!isPosition(key)) return { [key]: value };
    return listFrom([...entriesOf(entries).filter(([name]) => name !== key), [key, value]]);
  }
  return { ...Object.fromEntries(entriesOf(entries)), [key]: value };
}

/** A copy without an entry. */
export function withoutEntry(entries: Entries, key: string): Entries {
  return mapEntries(entries, (value, name) => (name === key ? DROP : value));
}

/** A copy of an object without some of its fields. */
export function omit(object: object, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object as Record<string, unknown>).filter(([name]) => !names.includes(name)),
  );
}

/** PHP's `array_merge`: names are overwritten, positions count on. */
export function merge(first: Entries, second: Entries): Entries {
  const all = [...entriesOf(first), ...entriesOf(second)];
  if (all.every(([key]) => isIntegerKey(key))) return all.map(([, value]) => value);
  let position = 0;
  return Object.fromEntries(all.map(([key, value]) => [isIntegerKey(key) ? String(position++) : key, value]));
}

function entriesOf(entries: Entries): [string, unknown][] {
  return keysOf(entries).map((key) => [key, entryOf(entries, key)]);
}

function isPosition(key: string): boolean {
  return isIntegerKey(key) && !key.startsWith('-');
}

function listFrom(entries: [string, unknown][]): unknown[] {
  const sorted = entries.map(([key, value]): [number, unknown] => [Number(key), value]);
  sorted.sort(([a], [b]) => a - b);
  return rememberPositions(
    sorted.map(([, value]) => value),
    sorted.map(([position]) => position),
  );
}
