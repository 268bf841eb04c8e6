/**
 * Reading data by hash paths, as MISP does with CakePHP's `Hash`. Nothing is changed or copied.
 * @see https://book.cakephp.org/2/en/core-utility-libraries/hash.html
 */
import { Finds } from './finds';
import { EventDataError, HashPathError } from './errors';
import { parsePath } from './path';
import type { Path } from './path';
import { walk } from './walk';
import { entryOf, isEmpty, isEntries, isList, textOf, valuesOf } from './values';
import type { Entries } from './values';

/** A path as a node may have it; lists and objects are refused. */
export type HashPath = string | number | boolean | null | undefined;

/**
 * The value at a path without wildcards (`Event.Orgc.name`), else `fallback`. null counts as missing.
 * @param path also a list of keys
 * @throws HashPathError if the data is no list or object
 */
export function get(data: unknown, path: HashPath | readonly unknown[], fallback: unknown = null): unknown {
  if (!isEntries(data)) throw notEntries(data, path);
  return path === null || path === undefined ? fallback : (follow(data, keysOfPath(path)) ?? fallback);
}

/**
 * Everything a path finds. An empty path gives the data itself; a path without wildcards and brackets what
 * `get` finds, a single value in a list of its own; any other path a list.
 * @throws HashPathError if the data is no list or object, or the path cannot be read
 */
export function extract(data: unknown, path: unknown): Entries {
  if (!isEntries(data))
    throw new HashPathError('notAnArray', { path: String(textOf(path)), type: typeof data });
  if (isEmpty(path)) return data;
  if (isEntries(path)) throw new HashPathError('pathNotText');
  return extractPath(data, parsePath(textOf(path)));
}

/** `extract` with a path that was read before: for many small pieces of data. */
export function extractPath(data: Entries, path: Path): Entries {
  if (path.plainFrom === 0) return listOf(follow(data, path.keys));
  const found = new Finds();
  walk(data, path.tokens, found);
  return found.list();
}

/**
 * The different values among what `extract` finds: for questions that do not depend on their number.
 * @throws HashPathError as `extract`
 */
export function extractDistinct(data: unknown, path: string): Set<unknown> {
  if (!isEntries(data)) throw notEntries(data, path);
  const parsed = parsePath(path);
  const found = new Set<unknown>();
  if (parsed.plainFrom === 0) return new Set(valuesOf(extractPath(data, parsed)));
  walk(data, parsed.tokens, found);
  return found;
}

/**
 * MISP's `extractData`: the data itself for an empty path, else what `extract` finds.
 * @throws HashPathError as `extract`
 */
export function extractData(data: unknown, path: unknown): unknown {
  return isEmpty(path) ? data : extract(data, path);
}

/**
 * An object from two paths: the entries of the first are the names, those of the second the values.
 * @param groupPath groups the result by what it finds
 * @throws EventDataError if there are more names than values or the other way round
 */
export function combine(
  data: unknown,
  keyPath: unknown,
  valuePath?: unknown,
  groupPath?: unknown,
): Record<string, unknown> {
  if (isEmpty(data)) return {};
  const keys = valuesOf(extract(data, keyPath));
  if (keys.length === 0) return {};
  const found = isEmpty(valuePath) ? [] : valuesOf(extract(data, valuePath));
  const values = found.length > 0 ? found : keys.map(() => null);
  if (keys.length !== values.length) {
    throw new EventDataError('combineCount', { keys: String(keys.length), values: String(values.length) });
  }
  const groups = groupPath === null || groupPath === undefined ? [] : valuesOf(extract(data, groupPath));
  const result = new Map<string, unknown>();
  const byGroup = new Map<string, Map<string, unknown>>();
  keys.forEach((key, index) => {
    if (groups.length === 0) result.set(nameOf(key), values[index]);
    else groupOf(byGroup, nameOf(groups[index] ?? 0)).set(nameOf(key), values[index]);
  });
  for (const [name, group] of byGroup) result.set(name, Object.fromEntries(group));
  return Object.fromEntries(result);
}

export function notEntries(data: unknown, path: unknown): HashPathError {
  return new HashPathError('notAnArray', { path: textOf(path), type: data === null ? 'null' : typeof data });
}

/** Goes down key by key; undefined where something is missing or null. */
function follow(data: Entries, keys: readonly string[]): unknown {
  let value: unknown = data;
  for (const key of keys) {
    value = isEntries(value) ? entryOf(value, key) : undefined;
    if (value === undefined || value === null) return undefined;
  }
  return value;
}

function groupOf(groups: Map<string, Map<string, unknown>>, name: string): Map<string, unknown> {
  const group = groups.get(name) ?? new Map<string, unknown>();
  groups.set(name, group);
  return group;
}

function nameOf(key: unknown): string {
  if (isEntries(key)) throw new EventDataError('combineKey');
  return textOf(key);
}

function keysOfPath(path: string | number | boolean | readonly unknown[]): string[] {
  if (typeof path === 'boolean') return [path ? '1' : '0'];
  return isList(path) ? path.map(textOf) : parsePath(textOf(path)).keys;
}

/** PHP's cast to an array. */
function listOf(value: unknown): Entries {
  if (isEntries(value)) return value;
  return value === null || value === undefined ? [] : [value];
}
