import { ignoringCase, reader } from './attribute-path';
import { compare } from './compare';
import { STEPS_PER_KEY } from './limits';
import type { Runtime } from './values';
import { isText, isTrue, asText } from './values';

/** What entries are sorted by: one attribute or several with commas, texts without case. */
export function sortKey(rt: Runtime, attribute: unknown, sensitive: unknown): (item: unknown) => unknown[] {
  const attributes = isText(attribute) ? asText(attribute).split(',') : [attribute];
  const readers = attributes.map((one) => reader(rt, one));
  const adapt = isTrue(sensitive) ? (value: unknown) => value : ignoringCase;
  return (item) => readers.map((read) => adapt(read(item)));
}

/** Stable, also in reverse, as Python sorts. */
export function sorted(
  rt: Runtime,
  items: Iterable<unknown>,
  keyOfItem: (item: unknown) => unknown,
  reversed: boolean,
): unknown[] {
  const sign = reversed ? -1 : 1;
  const entries = [...items];
  rt.budget.spend(entries.length * STEPS_PER_KEY);
  const keyed = entries.map((item): [unknown, unknown] => [keyOfItem(item), item]);
  return keyed.sort(([a], [b]) => sign * compare(rt, a, b)).map(([, item]) => item);
}
