/** Going through values. */
import { STEPS_PER_LIST } from './limits';
import { Problem } from './problem';
import type { Runtime } from './values';
import {
  Generator,
  isDict,
  isList,
  isText,
  keysOf,
  sizeOf,
  asText,
  Tuple,
  typeName,
  Undefined,
  View,
} from './values';

/** The characters of a text as Python counts them. */
export function characters(text: string): string[] {
  return isWide(text) ? Array.from(text) : text.split('');
}

/** Whether a text has characters that are two to JavaScript and one to Python. */
export function isWide(text: string): boolean {
  return /[\ud800-\udbff]/.test(text);
}

/** What a loop goes through, without copying lists; undefined if the value is no list of any kind. */
function itemsOf(rt: Runtime, value: unknown): readonly unknown[] | undefined {
  if (isList(value)) return value;
  if (value instanceof Tuple || value instanceof View) return value.items;
  if (value instanceof Undefined) return [];
  if (isText(value)) {
    rt.budget.spend(asText(value).length);
    return characters(asText(value));
  }
  if (!isDict(value)) return undefined;
  rt.budget.spend(sizeOf(value));
  return keysOf(value);
}

/** Goes through a value; every entry is a step. @throws {Problem} if it is no list of any kind */
export function* iterate(rt: Runtime, value: unknown): Generator$ {
  if (value instanceof Generator) {
    for (let next = value.values.next(); !next.done; next = value.values.next()) {
      rt.budget.spend();
      yield next.value;
    }
    return;
  }
  const items = itemsOf(rt, value);
  if (!items) throw new Problem('notIterable', { type: typeName(value) });
  for (let index = 0; index < items.length; index++) {
    rt.budget.spend();
    yield items[index] === undefined ? null : items[index];
  }
}
type Generator$ = globalThis.Generator<unknown, void, undefined>;

/** All entries; a list is given as it is, not copied. */
export function toArray(rt: Runtime, value: unknown): readonly unknown[] {
  const items = value instanceof Generator ? undefined : itemsOf(rt, value);
  return items ?? [...iterate(rt, value)];
}

/** A list of the template's own, of one list or of two. Lists are counted before they are copied. */
export function newList(rt: Runtime, items: Iterable<unknown>, more: readonly unknown[] = []): unknown[] {
  rt.budget.spend(STEPS_PER_LIST);
  const list = Array.isArray(items) ? joined(rt, items, more) : counted(rt, items);
  rt.owned.add(list);
  return list;
}

function joined(rt: Runtime, items: readonly unknown[], more: readonly unknown[]): unknown[] {
  rt.budget.spend(items.length + more.length);
  return items.concat(more);
}

function counted(rt: Runtime, items: Iterable<unknown>): unknown[] {
  const list: unknown[] = [];
  for (const item of items) {
    rt.budget.spend();
    list.push(item);
  }
  return list;
}

/** Values that are worked out when they are asked for. */
export function lazily(values: () => Iterator<unknown>): Generator {
  return new Generator(values());
}

/** Python's `len`. */
export function lengthOf(rt: Runtime, value: unknown): number {
  if (isText(value)) {
    const text = asText(value);
    rt.budget.read(text.length);
    return isWide(text) ? Array.from(text).length : text.length;
  }
  if (isList(value)) return value.length;
  if (value instanceof Tuple || value instanceof View) return value.items.length;
  if (value instanceof Undefined) return 0;
  if (isDict(value)) return sizeOf(value);
  throw new Problem('noLength', { type: typeName(value) });
}
