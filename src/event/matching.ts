import { prepareCondition } from './condition';
import { DROP, filterList, mapEntries } from './edit';
import { extractPath, notEntries } from './hash';
import { parsePath } from './path';
import type { Path } from './path';
import { entryOf, isEmpty, isEntries, isList, textOf } from './values';
import type { Entries } from './values';

/** What an item must fulfil: the value at a path in it is compared. */
export interface ItemCondition {
  /** A path in the item; empty for the item itself. */
  path?: unknown;
  operator?: unknown;
  value?: unknown;
}

/**
 * MISP's `getItemsMatchingCondition`: the items whose value at the path fulfils the condition. A list stays a
 * list and remembers the positions of its items. `equals` and `not_equals` look at the first value found,
 * `any_value` keeps items where the path finds something, `older_than` and `not_older_than` compare points in
 * time.
 * @throws HashPathError if an item is a single value and the path is not empty
 */
export function getItemsMatchingCondition(items: Entries, condition: ItemCondition): Entries {
  const keep = prepareItemCondition(condition);
  if (isList(items)) return filterList(items, keep);
  return mapEntries(items, (item) => (keep(item) ? item : DROP));
}

/** The condition as a question to ask of each item. */
export function prepareItemCondition({ path, operator, value }: ItemCondition): (item: unknown) => boolean {
  const read = reader(path);
  if (operator === 'any_value') return (item) => !isEmpty(read(item));
  if (operator === 'older_than') return (item) => age(first(read(item)), value) === 'older';
  if (operator === 'not_older_than') return (item) => age(first(read(item)), value) === 'newer';
  const judge = prepareCondition(operator, value);
  if (operator !== 'equals' && operator !== 'not_equals') return (item) => judge(read(item));
  return (item) => judge(first(read(item)));
}

/** Reads what is compared from an item. */
function reader(path: unknown): (item: unknown) => unknown {
  if (isEmpty(path)) return (item) => item;
  const parsed: Path = parsePath(textOf(path));
  return (item) => {
    if (!isEntries(item)) throw notEntries(item, path);
    return extractPath(item, parsed);
  };
}

/** What a timestamp is to a point in time; undefined if it is none. */
function age(timestamp: unknown, limit: unknown): 'older' | 'newer' | undefined {
  const seconds = isEmpty(timestamp) ? NaN : Number(textOf(timestamp));
  if (Number.isNaN(seconds)) return undefined;
  return seconds < Number(limit) ? 'older' : 'newer';
}

/** The first of several values; a single value is compared as it is. */
function first(found: unknown): unknown {
  if (!isEntries(found) || isEmpty(found)) return found;
  return entryOf(found, '0') ?? null;
}
