/** Filters on lists and dicts. */
import { ignoringCase, reader } from './attribute-path';
import { compare } from './compare';
import type { Filter } from './filter';
import { characters, iterate, lazily, lengthOf, newList, toArray } from './iterate';
import { itemsOfDict } from './methods';
import { operations } from './operators';
import { Problem } from './problem';
import { escapeHtml, joinMarkup, show } from './python-print';
import type { Runtime } from './values';
import { Generator, hashOf, isDict, isText, isTrue, Markup, asText, typeName, Undefined } from './values';

export const listFilters: Readonly<Record<string, Filter>> = {
  length: [[], lengthOf],
  count: [[], lengthOf],
  list: [[], (rt, value) => newList(rt, iterate(rt, value))],
  first: [
    [],
    (rt, value) => {
      for (const item of iterate(rt, value)) return item;
      return new Undefined('first');
    },
  ],
  last: [
    [],
    (rt, value) => {
      if (value instanceof Generator) throw new Problem('notReversible', { type: 'generator' });
      return toArray(rt, value).at(-1) ?? new Undefined('last');
    },
  ],
  random: [
    [],
    (rt, value) => {
      const items = toArray(rt, value);
      return items.length > 0 ? items[Math.floor(Math.random() * items.length)] : new Undefined('random');
    },
  ],
  reverse: [[], reverse],
  join: [['d?', 'attribute?'], join],
  unique: [['case_sensitive?', 'attribute?'], unique],
  min: [['case_sensitive?', 'attribute?'], (rt, value, args) => extreme(rt, value, args, 'min')],
  max: [['case_sensitive?', 'attribute?'], (rt, value, args) => extreme(rt, value, args, 'max')],
  sum: [
    ['attribute?', 'start?'],
    (rt, value, [attribute, start = 0]) => {
      const read = reader(rt, attribute);
      let sum = start;
      if (isText(start)) throw new Problem('wrongType', { name: 'sum', type: 'str', wanted: 'number' });
      for (const item of iterate(rt, value)) sum = operations['+'](rt, sum, read(item));
      return sum;
    },
  ],
  items: [
    [],
    (rt, value) => {
      if (value instanceof Undefined) return lazily(() => iterate(rt, []));
      if (!isDict(value))
        throw new Problem('wrongType', { name: 'items', type: typeName(value), wanted: 'dict' });
      return lazily(() => iterate(rt, itemsOfDict(rt, value)));
    },
  ],
};

function reverse(rt: Runtime, value: unknown): unknown {
  if (isText(value)) {
    rt.budget.read(asText(value).length);
    const text = characters(asText(value)).reverse().join('');
    return value instanceof Markup ? new Markup(text) : text;
  }
  const items = [...iterate(rt, value)].reverse();
  return lazily(() => iterate(rt, items));
}

function join(rt: Runtime, value: unknown, [separator = '', attribute]: unknown[]): unknown {
  const read = reader(rt, attribute);
  const parts: unknown[] = [];
  const glue = show(rt, separator);
  let length = -glue.length;
  for (const item of iterate(rt, value)) {
    const part = read(item);
    const text = rt.autoescape ? part : show(rt, part);
    length += (typeof text === 'string' ? text.length : 0) + glue.length;
    rt.budget.fits(length);
    parts.push(text);
  }
  if (!rt.autoescape) return rt.budget.made(parts.join(glue));
  const between = escapeHtml(rt, separator);
  return joinMarkup(
    rt,
    parts.flatMap((part, index) => (index === 0 ? [part] : [between, part])),
  );
}

function unique(rt: Runtime, value: unknown, [sensitive, attribute]: unknown[]): unknown {
  const read = reader(rt, attribute);
  return lazily(function* () {
    const seen = new Set<string>();
    for (const item of iterate(rt, value)) {
      const key = isTrue(sensitive) ? read(item) : ignoringCase(read(item));
      const hash = hashOf(key);
      rt.budget.read(hash.length);
      if (!seen.has(hash)) yield item;
      seen.add(hash);
    }
  });
}

function extreme(
  rt: Runtime,
  value: unknown,
  [sensitive, attribute]: unknown[],
  which: 'min' | 'max',
): unknown {
  const read = reader(rt, attribute);
  const key = (item: unknown) => (isTrue(sensitive) ? read(item) : ignoringCase(read(item)));
  let best: { item: unknown; key: unknown } | undefined;
  for (const item of iterate(rt, value)) {
    const candidate = { item, key: key(item) };
    if (
      !best ||
      (which === 'min'
        ? compare(rt, candidate.key, best.key) < 0
        : compare(rt, candidate.key, best.key, '>') > 0)
    ) {
      best = candidate;
    }
  }
  return best ? best.item : new Undefined(which);
}
