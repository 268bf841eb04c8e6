/** Python's methods of `dict`, `list` and `tuple`. */
import { wholeNumber } from './arguments';
import { compare, equal } from './compare';
import { iterate, newList, toArray } from './iterate';
import { Problem } from './problem';
import type { Method } from './text-methods';
import type { Named, Runtime } from './values';
import { Dict, entry, hashOf, isDict, isTrue, keysOf, sizeOf, Tuple, View } from './values';

export type AnyDict = Dict | Record<string, unknown>;

/** A view of a dict: what it prints, and its entries now. */
function view(rt: Runtime, type: string, dict: AnyDict, of: (key: unknown) => unknown): View {
  rt.budget.spend(sizeOf(dict));
  return new View(type, keysOf(dict).map(of));
}

export function itemsOfDict(rt: Runtime, dict: AnyDict): View {
  return view(rt, 'dict_items', dict, (key) => new Tuple([key, entry(dict, key) ?? null]));
}

export const dictMethods: Readonly<Record<string, Method<AnyDict>>> = {
  get: [['key', 'default?'], (_, dict, [key, otherwise]) => entry(dict, key) ?? otherwise ?? null],
  keys: [[], (rt, dict) => view(rt, 'dict_keys', dict, (key) => key)],
  values: [[], (rt, dict) => view(rt, 'dict_values', dict, (key) => entry(dict, key) ?? null)],
  items: [[], itemsOfDict],
  copy: [[], copyDict],
  setdefault: [
    ['key', 'default?'],
    (rt, dict, [key, otherwise = null]) => {
      const found = entry(dict, key);
      if (found !== undefined) return found;
      ownDict(rt, dict).set(key, otherwise);
      return otherwise;
    },
  ],
  pop: [
    ['key', 'default?'],
    (rt, dict, [key, otherwise]) => {
      const own = ownDict(rt, dict);
      const found = entry(own, key) ?? otherwise;
      if (found === undefined) throw new Problem('notFound');
      own.entries.delete(hashOf(key));
      return found;
    },
  ],
  popitem: [
    [],
    (rt, dict) => {
      const own = ownDict(rt, dict);
      const last = [...own.entries].at(-1);
      if (!last) throw new Problem('notFound');
      own.entries.delete(last[0]);
      return new Tuple(last[1]);
    },
  ],
  clear: [
    [],
    (rt, dict) => {
      ownDict(rt, dict).entries.clear();
      return null;
    },
  ],
};

export function copyDict(rt: Runtime, dict: AnyDict): Dict {
  rt.budget.spend(sizeOf(dict));
  const copy = Dict.of(keysOf(dict).map((key) => [key, entry(dict, key)]));
  rt.owned.add(copy);
  return copy;
}

export function update(rt: Runtime, self: AnyDict, args: unknown[], named: Named): null {
  const own = ownDict(rt, self);
  for (const source of args.slice(0, 1)) for (const [key, value] of pairsOf(rt, source)) own.set(key, value);
  for (const [key, value] of named) own.set(key, value);
  return null;
}

/** Keys and values of a dict, or of a list of pairs. */
export function* pairsOf(rt: Runtime, source: unknown): Iterable<[unknown, unknown]> {
  if (isDict(source)) {
    rt.budget.spend(sizeOf(source));
    for (const key of keysOf(source)) yield [key, entry(source, key)];
    return;
  }
  for (const pair of iterate(rt, source)) {
    const items = toArray(rt, pair);
    if (items.length !== 2) throw new Problem('unpack', { wanted: 2, got: items.length });
    yield [items[0], items[1]];
  }
}

/** Data stays as it came: only what the template made is changed. */
function ownDict(rt: Runtime, dict: AnyDict): Dict {
  if (!(dict instanceof Dict)) throw new Problem('readOnly');
  rt.budget.spend(2);
  return dict;
}

function own(rt: Runtime, list: unknown[]): unknown[] {
  if (!rt.owned.has(list)) throw new Problem('readOnly');
  rt.budget.spend(2);
  return list;
}

const position = ['value', 'start?', 'stop?'];

export const listMethods: Readonly<Record<string, Method<unknown[]>>> = {
  count: [['value'], (rt, list, [value]) => count(rt, list, value)],
  index: [position, (rt, list, args) => index(rt, list, args)],
  copy: [[], (rt, list) => newList(rt, list)],
  append: [
    ['object'],
    (rt, list, [item]) => {
      own(rt, list).push(item);
      return null;
    },
  ],
  extend: [
    ['iterable'],
    (rt, list, [more]) => {
      const target = own(rt, list);
      const items = toArray(rt, more);
      const { length } = items; // a list may extend itself
      rt.budget.spend(length);
      for (let index = 0; index < length; index++) target.push(items[index] ?? null);
      return null;
    },
  ],
  insert: [
    ['index', 'object'],
    (rt, list, [at, item]) => {
      rt.budget.spend(list.length / 16);
      own(rt, list).splice(wholeNumber('insert', at), 0, item);
      return null;
    },
  ],
  pop: [
    ['index?'],
    (rt, list, [at = -1]) => {
      const place = wholeNumber('pop', at);
      const target = own(rt, list);
      if (place >= list.length || place < -list.length) throw new Problem('notFound');
      rt.budget.spend(list.length / 16);
      return target.splice(place, 1)[0];
    },
  ],
  remove: [
    ['value'],
    (rt, list, [value]) => {
      own(rt, list).splice(index(rt, list, [value]), 1);
      return null;
    },
  ],
  clear: [
    [],
    (rt, list) => {
      own(rt, list).length = 0;
      return null;
    },
  ],
  reverse: [
    [],
    (rt, list) => {
      rt.budget.spend(list.length);
      own(rt, list).reverse();
      return null;
    },
  ],
  sort: [
    ['reverse?'],
    (rt, list, [reverse]) => {
      const sign = isTrue(reverse) ? -1 : 1;
      own(rt, list).sort((a, b) => sign * compare(rt, a, b));
      return null;
    },
  ],
};

export const tupleMethods: Readonly<Record<string, Method<readonly unknown[]>>> = {
  count: [['value'], (rt, items, [value]) => count(rt, items, value)],
  index: [position, (rt, items, args) => index(rt, items, args)],
};

function count(rt: Runtime, items: readonly unknown[], value: unknown): number {
  return items.filter((item) => equal(rt, item, value)).length;
}

function index(
  rt: Runtime,
  items: readonly unknown[],
  [value, start = 0, stop = items.length]: unknown[],
): number {
  const from = wholeNumber('index', start);
  const to = wholeNumber('index', stop);
  const at = items.findIndex((item, place) => place >= from && place < to && equal(rt, item, value));
  if (at < 0) throw new Problem('notFound');
  return at;
}
