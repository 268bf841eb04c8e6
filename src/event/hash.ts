/**
 * Reading data by hash paths, as MISP does with CakePHP's `Hash`. Nothing is changed or copied.
 * @see https://book.cakephp.org/2/en/core-utility-libraries/hash.html
 */
import { EventDataError, HashPathError } from './errors';
import { isNumericText, looseCompare } from './loose';
import { parsePath } from './path';
import type { Path, Token } from './path';
import { matchesAll } from './selector';
import {
  entryOf,
  isEmpty,
  isEntries,
  isIntegerKey,
  isList,
  itemAt,
  keysOf,
  textOf,
  valuesOf,
} from './values';
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
  let found: readonly unknown[] = [data];
  for (const token of path.tokens) found = step(found, token);
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

/** What a part of a path finds in all candidates. A single value counts as a list with one entry. */
function step(candidates: readonly unknown[], token: Token): readonly unknown[] {
  const found: unknown[] = [];
  for (const candidate of candidates) {
    if (isEntries(candidate)) collect(candidate, token, found);
    else if (candidate !== null && candidate !== undefined) collect([candidate], token, found);
  }
  const { conditions } = token;
  return conditions ? found.filter((entry) => isEntries(entry) && matchesAll(entry, conditions)) : found;
}

function collect(entries: Entries, token: Token, found: unknown[]): void {
  if (isList(entries)) collectFromList(entries, token, found);
  else if (token.kind === 'name' && token.number === undefined) {
    const value = entryOf(entries, token.name);
    if (value !== undefined) found.push(value);
  } else {
    for (const key of keysOf(entries)) {
      const value = entryOf(entries, key);
      if (value !== undefined && matchesKey(key, token)) found.push(value);
    }
  }
}

/** The keys of a list are numbers: `{n}` and `{*}` find all, a numeric name finds one. */
function collectFromList(items: readonly unknown[], token: Token, found: unknown[]): void {
  if (token.kind === '{n}' || token.kind === '{*}') {
    for (const item of items) found.push(item);
  } else if (token.number !== undefined) {
    const item = itemAt(items, token.number);
    if (item !== undefined) found.push(item);
  }
}

/** Whether a key of an object matches: a number loosely, a name exactly. */
export function matchesKey(key: string, token: Token): boolean {
  switch (token.kind) {
    case '{*}':
      return true;
    case '{n}':
      return isNumericText(key);
    case '{s}':
      return !isIntegerKey(key);
    default:
      return token.number === undefined ? key === token.name : looseCompare(key, token.name) === 0;
  }
}
