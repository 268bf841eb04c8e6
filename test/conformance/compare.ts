import { entryOf, isEntries, keysOf } from '../../src/event/values';

/**
 * Whether two values are the same to PHP: lists and objects are one type, so `[a]` is `{"0": a}`, and a
 * shortened list is an object with the original positions as names. Texts and numbers differ.
 */
export function sameToPhp(actual: unknown, expected: unknown): boolean {
  if (!isEntries(actual) || !isEntries(expected)) return (actual ?? null) === (expected ?? null);
  const keys = keysOf(actual);
  if (keys.length !== keysOf(expected).length) return false;
  return keys.every(
    (key) => entryOf(expected, key) !== undefined && sameToPhp(entryOf(actual, key), entryOf(expected, key)),
  );
}

/** A value as PHP would write it: shortened lists as objects. */
export function asPhp(value: unknown): unknown {
  if (!isEntries(value)) return value ?? null;
  const keys = keysOf(value);
  const isList = keys.every((key, index) => key === String(index));
  const entries = keys.map((key): [string, unknown] => [key, asPhp(entryOf(value, key))]);
  return isList ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
}
