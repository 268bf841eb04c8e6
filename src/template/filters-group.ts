/** Filters that cut a list, or group and order it. */
import { wholeNumber } from './arguments';
import { ignoringCase, reader } from './attribute-path';
import { equal } from './compare';
import type { Filter } from './filter';
import { iterate, lazily, newList } from './iterate';
import { Problem } from './problem';
import { sortKey, sorted } from './sorting';
import type { Runtime } from './values';
import { entry, isDict, isTrue, keysOf, Tuple, typeName } from './values';

export const groupFilters: Readonly<Record<string, Filter>> = {
  sort: [
    ['reverse?', 'case_sensitive?', 'attribute?'],
    (rt, value, [reversed, sensitive, attribute]) =>
      newList(rt, sorted(rt, iterate(rt, value), sortKey(rt, attribute, sensitive), isTrue(reversed))),
  ],
  batch: [['linecount', 'fill_with?'], batch],
  slice: [['slices', 'fill_with?'], slice],
  groupby: [['attribute', 'default?', 'case_sensitive?'], groupBy],
  dictsort: [['case_sensitive?', 'by?', 'reverse?'], dictSort],
};

function batch(rt: Runtime, value: unknown, [count, fill]: unknown[]): unknown {
  const size = wholeNumber('batch', count);
  return lazily(function* () {
    let line: unknown[] = [];
    for (const item of iterate(rt, value)) {
      if (line.length === size) {
        yield newList(rt, line);
        line = [];
      }
      line.push(item);
    }
    if (line.length === 0) return;
    if (fill !== undefined && fill !== null && line.length < size) {
      rt.budget.spend(size);
      while (line.length < size) line.push(fill);
    }
    yield newList(rt, line);
  });
}

function slice(rt: Runtime, value: unknown, [count, fill]: unknown[]): unknown {
  const slices = wholeNumber('slice', count);
  return lazily(function* () {
    const items = [...iterate(rt, value)];
    if (slices <= 0) {
      if (slices === 0) throw new Problem('divideByZero');
      return;
    }
    const each = Math.floor(items.length / slices);
    const more = items.length % slices;
    for (let number = 0, at = 0; number < slices; number++) {
      rt.budget.spend();
      const size = each + (number < more ? 1 : 0);
      const part = newList(rt, items.slice(at, at + size));
      if (fill !== undefined && fill !== null && number >= more) part.push(fill);
      at += size;
      yield part;
    }
  });
}

function groupBy(rt: Runtime, value: unknown, [attribute, otherwise, sensitive]: unknown[]): unknown {
  const read = reader(rt, attribute, otherwise);
  const key = (item: unknown) => (isTrue(sensitive) ? read(item) : ignoringCase(read(item)));
  const groups: { key: unknown; items: unknown[] }[] = [];
  for (const item of sorted(rt, iterate(rt, value), key, false)) {
    const last = groups.at(-1);
    const own = key(item);
    if (last && equal(rt, last.key, own)) last.items.push(item);
    else groups.push({ key: own, items: newList(rt, [item]) });
  }
  return newList(
    rt,
    groups.map(({ key: own, items }) => {
      const shownKey = isTrue(sensitive) ? own : read(items[0]);
      return new Tuple([shownKey, items], ['grouper', 'list']);
    }),
  );
}

function dictSort(rt: Runtime, value: unknown, [sensitive, by = 'key', reversed]: unknown[]): unknown {
  if (by !== 'key' && by !== 'value') throw new Problem('dictSortBy');
  if (!isDict(value))
    throw new Problem('wrongType', { name: 'dictsort', type: typeName(value), wanted: 'dict' });
  const place = by === 'key' ? 0 : 1;
  const pairs = keysOf(value).map((key) => new Tuple([key, entry(value, key) ?? null]));
  rt.budget.spend(pairs.length);
  const key = (pair: unknown) => {
    const own = pair instanceof Tuple ? pair.items[place] : undefined;
    return isTrue(sensitive) ? own : ignoringCase(own);
  };
  return newList(rt, sorted(rt, pairs, key, isTrue(reversed)));
}
