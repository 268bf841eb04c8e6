/**
 * MISP's roaming-data filters. A filter narrows the data to a view: what lies on the path is new, everything
 * else is shared with the whole, so that an edit to an attribute in the view is an edit to the attribute.
 */
import { DROP, mapEntries, withEntry } from './edit';
import { matchesKey, notEntries } from './hash';
import { getItemsMatchingCondition } from './matching';
import type { ItemCondition } from './matching';
import { parsePath, refuseForbiddenNames } from './path';
import type { Path, Token } from './path';
import { restore } from './restore';
import { matchesAll } from './selector';
import { entryOf, isEntries, textOf } from './values';
import type { Entries } from './values';

/** A filter as a workflow sets it: the items at `selector` that fulfil the condition at `path` stay. */
export interface DataFilter extends ItemCondition {
  label: string;
  selector: unknown;
}

/** What resetting needs; plain data. */
export interface FilterState {
  /** The data before the first filter, by reference. */
  whole: unknown;
  /** The active filters in the order they were set. */
  enabled: DataFilter[];
}

/** The data a workflow goes on with, and the filters active there; none if `state` is missing. */
export interface Filtered {
  data: unknown;
  state?: FilterState;
}

/**
 * Sets a filter. One with the same label is replaced in the list; what it removed stays removed, as in MISP.
 * @throws HashPathError if selector or path cannot be read, or the selector leads to single values
 */
export function addFilter(data: unknown, filter: DataFilter, state?: FilterState): Filtered {
  const known = state?.enabled ?? [];
  const isKnown = known.some(({ label }) => label === filter.label);
  const enabled = isKnown
    ? known.map((entry) => (entry.label === filter.label ? filter : entry))
    : [...known, filter];
  return { data: applyFilter(data, filter), state: { whole: state ? state.whole : data, enabled } };
}

/**
 * Takes filters away, and puts back what they hid. Edits made meanwhile stay. Without an active filter, or one
 * of that label, nothing changes.
 * @param label of one filter, or `all`
 */
export function removeFilters(data: unknown, state: FilterState | undefined, label = 'all'): Filtered {
  if (!state) return { data };
  const left = label === 'all' ? [] : state.enabled.filter((filter) => filter.label !== label);
  if (left.length === state.enabled.length) return { data, state };
  const selectors = state.enabled.map(({ selector }) => selector).reverse();
  const whole = selectors.reduce((view, selector) => restore(view, state.whole, listPath(selector)), data);
  const narrowed = left.reduce((view, filter) => applyFilter(view, filter), whole);
  return left.length === 0 ? { data: narrowed } : { data: narrowed, state: { whole, enabled: left } };
}

/**
 * The view a filter gives. A trailing `.{n}` of the selector is implied; brackets behind it are a further
 * condition. A place that does not exist gets an empty list.
 * @throws HashPathError as `addFilter`
 */
export function applyFilter(data: unknown, filter: DataFilter): Entries {
  if (!isEntries(data)) throw notEntries(data, filter.selector);
  const last = parsePath(textOf(filter.selector)).tokens.at(-1);
  const conditions = last?.kind === '{n}' ? last.conditions : undefined;
  const narrow = (found: unknown) => {
    const items = isEntries(found) ? found : found === null || found === undefined ? [] : [found];
    const selected = conditions ? selectItems(items, conditions) : items;
    return getItemsMatchingCondition(selected, filter);
  };
  const path = listPath(filter.selector);
  refuseForbiddenNames(path);
  return path.plainFrom === 0 ? changePlain(data, path.keys, narrow) : changeAll(data, path.tokens, narrow);
}

/** The selector without its last wildcard: where the lists are. */
function listPath(selector: unknown): Path {
  return parsePath(textOf(selector).replace(/\.\{n\}(?:\[.*\])?$/s, ''));
}

function selectItems(items: Entries, conditions: NonNullable<Token['conditions']>): Entries {
  return mapEntries(items, (item) => (isEntries(item) && matchesAll(item, conditions) ? item : DROP));
}

/** Changes what stands at a plain path, creating the way there. */
function changePlain(
  data: Entries,
  [key = '', ...rest]: string[],
  change: (found: unknown) => unknown,
): Entries {
  const inner = entryOf(data, key);
  if (rest.length === 0)
    return withEntry(data, key, key === '' && inner === undefined ? change(data) : change(inner));
  return withEntry(data, key, changePlain(isEntries(inner) ? inner : [], rest, change));
}

/** Changes what a path with wildcards finds. */
function changeAll(data: Entries, [token, ...rest]: Token[], change: (found: unknown) => unknown): Entries {
  if (!token) return data;
  return mapEntries(data, (value, key) => {
    if (!matchesKey(key, token)) return value;
    if (token.conditions && !(isEntries(value) && matchesAll(value, token.conditions))) return value;
    if (rest.length === 0) return change(value);
    return isEntries(value) ? changeAll(value, rest, change) : value;
  });
}
