/**
 * Changing data by hash paths, as MISP does with CakePHP's `Hash`. The data given stays as it is: what lies on
 * the path is new in the result, everything else is shared.
 * @see https://book.cakephp.org/2/en/core-utility-libraries/hash.html
 */
import { DROP, mapEntries, merge, withEntry, withoutEntry } from './edit';
import { HashPathError } from './errors';
import { notEntries } from './hash';
import { matchesKey } from './walk';
import { parsePath, refuseForbiddenNames } from './path';
import type { Path } from './path';
import { matchesAll } from './selector';
import { entryOf, isEmpty, isEntries } from './values';
import type { Entries } from './values';

/**
 * Sets a value. A path without wildcards creates what is missing on the way; wildcards and brackets find
 * existing entries, and at the end of such a path the values are merged into them.
 * @throws HashPathError if the path meets a single value where it needs a list or object
 */
export function insert(data: unknown, path: string, values: unknown): Entries {
  const parsed = parsePath(path);
  refuseForbiddenNames(parsed);
  return insertFrom(data, parsed, 0, values);
}

/**
 * Drops what the path finds, and on paths with wildcards also entries that are empty then.
 * @throws HashPathError if the data is no list or object
 */
export function remove(data: unknown, path: string): Entries {
  if (!isEntries(data)) throw notEntries(data, path);
  return removeFrom(data, parsePath(path), 0);
}

function insertFrom(data: unknown, path: Path, at: number, values: unknown): Entries {
  if (!isEntries(data)) throw notEntries(data, path.text);
  if (at >= path.plainFrom) return setPlain(data, names(path, at), values);
  const token = path.tokens[at];
  if (!token) return data;
  const rest = names(path, at + 1).join('.');
  return mapEntries(data, (value, key) => {
    if (!matchesKey(key, token)) return value;
    if (token.conditions) {
      if (!isEntries(value)) throw notEntries(value, path.text);
      if (!matchesAll(value, token.conditions)) return value;
    }
    return isEmpty(rest) ? mergeInto(value, values, path) : insertFrom(value, path, at + 1, values);
  });
}

function mergeInto(value: unknown, values: unknown, path: Path): Entries {
  if (!isEntries(value)) throw new HashPathError('cannotMerge', { path: path.text });
  if (isEntries(values)) return merge(value, values);
  return merge(value, values === null || values === undefined ? [] : [values]);
}

/** Sets a value at a path of plain keys; single values on the way make room. */
function setPlain(data: Entries, [key = '', ...rest]: string[], values: unknown): Entries {
  if (rest.length === 0) return withEntry(data, key, values);
  const inner = entryOf(data, key);
  return withEntry(data, key, setPlain(isEntries(inner) ? inner : [], rest, values));
}

function removeFrom(data: Entries, path: Path, at: number): Entries {
  if (at >= path.plainFrom) return removePlain(data, names(path, at));
  const token = path.tokens[at];
  if (!token) return data;
  const isLast = names(path, at + 1).join('.') === '';
  return mapEntries(data, (value, key) => {
    if (!matchesKey(key, token)) return value;
    if (!isEntries(value)) return isLast ? DROP : value;
    const { conditions } = token;
    if (conditions && isLast && matchesAll(value, conditions)) return DROP;
    const left = !conditions || matchesAll(value, conditions) ? removeFrom(value, path, at + 1) : value;
    return isEmpty(left) ? DROP : left;
  });
}

function removePlain(data: Entries, [key = '', ...rest]: string[]): Entries {
  if (rest.length === 0) return withoutEntry(data, key);
  const inner = entryOf(data, key);
  return isEntries(inner) ? withEntry(data, key, removePlain(inner, rest)) : data;
}

/** The names of the parts from a place on; brackets count as none, the path is plain there. */
function names(path: Path, from: number): string[] {
  return path.tokens.slice(from).map((token) => token.name + (token.conditions ? '[]' : ''));
}
