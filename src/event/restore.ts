import { mapEntries, withEntry } from './edit';
import { uuidKey } from './same';
import { matchesKey } from './walk';
import type { Token } from './path';
import { entryOf, isEntries, isList, keysOf, textOf, valuesOf } from './values';
import type { Entries } from './values';

/**
 * Puts back what a filter hid at a path, and keeps every edit that was made to the view: items edited in
 * place are the same items, items replaced by copies are known by their uuid, id or name, and new ones that
 * have such a key are appended.
 * @param view the data as it is now
 * @param whole the data as it was before the filter
 * @param tokens the way to the lists
 */
export function restore(view: unknown, whole: unknown, tokens: Token[]): unknown {
  return isEntries(view) && isEntries(whole) ? restoreFrom(view, whole, tokens) : view;
}

function restoreFrom(view: Entries, whole: Entries, [token, ...rest]: Token[]): Entries {
  if (!token) return view;
  if (token.kind === 'name' && token.number === undefined) return restoreEntry(view, whole, token.name, rest);
  return mapEntries(view, (value, key) =>
    matchesKey(key, token) ? restoreValue(value, entryOf(whole, key), rest) : value,
  );
}

/** A place that the filter created is taken away if it is still empty. */
function restoreEntry(view: Entries, whole: Entries, name: string, rest: Token[]): Entries {
  const now = entryOf(view, name);
  const before = entryOf(whole, name);
  if (before === undefined && isEntries(now) && keysOf(now).length === 0) {
    return Object.fromEntries(
      keysOf(view)
        .filter((key) => key !== name)
        .map((key) => [key, entryOf(view, key)]),
    );
  }
  const value = restoreValue(now, before, rest);
  return value === now ? view : withEntry(view, name, value);
}

function restoreValue(now: unknown, before: unknown, rest: Token[]): unknown {
  if (rest.length > 0) return isEntries(now) && isEntries(before) ? restoreFrom(now, before, rest) : now;
  if (!isList(before)) return isEntries(before) && isEntries(now) ? { ...before, ...now } : (before ?? now);
  return isEntries(now) ? mergeLists(valuesOf(now), before) : before;
}

/** The whole list with the items of the view; the list itself if they are all its own. */
function mergeLists(view: readonly unknown[], whole: readonly unknown[]): readonly unknown[] {
  if (isPartOf(view, whole)) return whole;
  const own = new Set(whole);
  const replaced = new Map<string, unknown>();
  for (const item of view) {
    const key = own.has(item) ? undefined : identity(item);
    if (key !== undefined) replaced.set(key, item);
  }
  const merged = whole.map((item) => take(replaced, identity(item)) ?? item);
  return [...merged, ...replaced.values()];
}

/** Whether the view is the whole with items left out. */
function isPartOf(view: readonly unknown[], whole: readonly unknown[]): boolean {
  let next = 0;
  for (const item of whole) if (next < view.length && view[next] === item) next++;
  return next === view.length;
}

function take(items: Map<string, unknown>, key: string | undefined): unknown {
  if (key === undefined) return undefined;
  const item = items.get(key);
  items.delete(key);
  return item;
}

/** What an item is known by. */
function identity(item: unknown): string | undefined {
  if (!isEntries(item)) return undefined;
  const uuid = entryOf(item, 'uuid') ?? undefined;
  if (uuid !== undefined) return uuidKey(uuid);
  const key = entryOf(item, 'id') ?? entryOf(item, 'name');
  return key === undefined || key === null ? undefined : textOf(key);
}
