/**
 * MISP's roaming-data filters. A filter narrows the data to a view: what lies on the path is new, everything
 * else is shared with the whole, so that an edit to an attribute in the view is an edit to the attribute.
 */
import { DROP, mapEntries, withEntry } from './edit';
import { get, notEntries } from './hash';
import { matchesKey } from './walk';
import { getItemsMatchingCondition } from './matching';
import type { ItemCondition } from './matching';
import { parsePath, refuseForbiddenNames } from './path';
import type { Token } from './path';
import { restore } from './restore';
import { matchesAll } from './selector';
import type { Condition } from './selector';
import { entryOf, isEntries, isList, positionsOf, rememberPositions, textOf } from './values';
import type { Entries } from './values';

/** A filter as a workflow sets it: the items at `selector` that fulfil the condition at `path` stay. */
export interface DataFilter extends ItemCondition {
  label: string;
  selector: unknown;
  /** Further selectors that the same condition filters. */
  alsoAt?: string[];
}

/** What resetting needs; plain data. */
export interface FilterState {
  /** The data before the first filter, by reference. */
  whole: unknown;
  /** The active filters in the order they were set. */
  enabled: DataFilter[];
  /** Every selector at which something was hidden, also those of filters that were replaced. */
  narrowed: string[];
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
  const narrowed = [...new Set([...(state?.narrowed ?? []), ...selectorsOf(filter)])];
  return {
    data: applyFilters(data, [filter]),
    state: { whole: state ? state.whole : data, enabled, narrowed },
  };
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
  const places = state.narrowed.map(listTokens).reverse();
  const whole = places.reduce((view, tokens) => restore(view, state.whole, tokens), data);
  if (left.length === 0) return { data: whole };
  const narrowed = left.flatMap(selectorsOf);
  return { data: applyFilters(whole, left), state: { whole, enabled: left, narrowed } };
}

/**
 * The view that filters give, one after the other. To be called again where the data may have changed so much
 * that items fulfil their conditions no more.
 * @throws HashPathError as `addFilter`
 */
export function applyFilters(data: unknown, filters: readonly DataFilter[]): unknown {
  return filters.reduce(
    (view, filter) => selectorsOf(filter).reduce((seen, selector) => narrow(seen, selector, filter), view),
    data,
  );
}

/**
 * Makes the lists of a view know the positions of their items again. Copying a message, as Node-RED does where
 * an output has several wires, loses them.
 */
export function renewPositions(data: unknown, { whole, narrowed }: FilterState): void {
  for (const selector of narrowed) {
    const keys = listTokens(selector).map(({ name }) => name);
    const items = isEntries(data) ? get(data, keys) : undefined;
    const all = isEntries(whole) ? get(whole, keys) : undefined;
    if (isList(items) && isList(all) && !positionsOf(items))
      rememberPositions(items, positionsIn(all, items));
  }
}

/** Where the items stand in the whole list; none if they are not all from there, in its order. */
function positionsIn(all: readonly unknown[], items: readonly unknown[]): number[] {
  const positions: number[] = [];
  all.forEach((item, index) => {
    if (item === items[positions.length]) positions.push(index);
  });
  return positions.length === items.length ? positions : [];
}

function selectorsOf({ selector, alsoAt = [] }: DataFilter): string[] {
  return [textOf(selector), ...alsoAt];
}

/**
 * The view one selector gives. A trailing `.{n}` of the selector is implied; brackets behind it are a further
 * condition. A place that does not exist gets an empty list.
 * @throws HashPathError as `addFilter`
 */
function narrow(data: unknown, selector: string, condition: ItemCondition): Entries {
  if (!isEntries(data)) throw notEntries(data, selector);
  refuseForbiddenNames(parsePath(selector));
  const conditions = itemToken(selector)?.conditions;
  const change = (found: unknown) => {
    const items = isEntries(found) ? found : found === null || found === undefined ? [] : [found];
    const selected = conditions ? selectItems(items, conditions) : items;
    return getItemsMatchingCondition(selected, condition);
  };
  // An empty selector is the data itself; MISP puts the result under an empty name.
  if (selector === '' || selector === '.{n}') return withEntry(data, '', change(data));
  const tokens = listTokens(selector);
  return tokens.every(isPlain) ? changePlain(data, tokens, change) : changeAll(data, tokens, change);
}

/** The part that stands for the items, if the selector has one. */
function itemToken(selector: string): Token | undefined {
  const { tokens } = parsePath(selector);
  const last = tokens.at(-1);
  return tokens.length > 1 && last?.kind === '{n}' ? last : undefined;
}

/** The parts that lead to the lists. */
function listTokens(selector: string): Token[] {
  const { tokens } = parsePath(selector);
  return itemToken(selector) ? tokens.slice(0, -1) : tokens;
}

function isPlain({ name, conditions }: Token): boolean {
  return !name.includes('{') && conditions === undefined;
}

function selectItems(items: Entries, conditions: Condition[]): Entries {
  return mapEntries(items, (item) => (isEntries(item) && matchesAll(item, conditions) ? item : DROP));
}

/** Changes what stands at a plain path, creating the way there. */
function changePlain(data: Entries, [token, ...rest]: Token[], change: (found: unknown) => unknown): Entries {
  if (!token) return data;
  const inner = entryOf(data, token.name);
  if (rest.length === 0) return withEntry(data, token.name, change(inner));
  return withEntry(data, token.name, changePlain(isEntries(inner) ? inner : [], rest, change));
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
