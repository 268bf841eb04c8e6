import { looseEquals } from './loose';
import { LooseSet } from './loose-set';
import { isEntries, valuesOf } from './values';
import type { Entries } from './values';

/** MISP's operators, as its parameters name them. */
export type Operator =
  'in' | 'not_in' | 'equals' | 'not_equals' | 'in_or' | 'not_in_or' | 'in_and' | 'not_in_and' | 'any_value';

/**
 * MISP's `evaluateCondition`. `in`, `not_in`: the data is a list that contains the value. `equals`,
 * `not_equals`: the data is a single value and equals it. `in_or`, `in_and`: some of the wanted values, or all
 * of them, are in the data; the `not_` operators are their opposites. All comparisons are loose. Data of
 * another shape, and any other operator, is false, also for the `not_` operators. `any_value` is the business
 * of the callers.
 */
export function evaluateCondition(data: unknown, operator: unknown, value: unknown): boolean {
  // MISP compares the operator loosely with "in" first.
  switch (operator === true ? 'in' : operator) {
    case 'in':
      return isEntries(data) && contains(data, value);
    case 'not_in':
      return isEntries(data) && !contains(data, value);
    case 'equals':
      return !isEntries(data) && looseEquals(data, value);
    case 'not_equals':
      return !isEntries(data) && !looseEquals(data, value);
    case 'in_or':
      return isEntries(data) && isEntries(value) && containsAny(data, value);
    case 'not_in_or':
      return isEntries(data) && isEntries(value) && !containsAny(data, value);
    case 'in_and':
      return isEntries(data) && isEntries(value) && containsAll(data, value);
    case 'not_in_and':
      return isEntries(data) && isEntries(value) && !containsAll(data, value);
    default:
      return false;
  }
}

function contains(data: Entries, value: unknown): boolean {
  return valuesOf(data).some((entry) => looseEquals(entry, value));
}

function containsAny(data: Entries, value: Entries): boolean {
  const wanted = new LooseSet(valuesOf(value));
  return valuesOf(data).some((entry) => wanted.has(entry));
}

/** Every wanted value is there, however often: MISP counts, see docs/differences.md. */
function containsAll(data: Entries, value: Entries): boolean {
  const present = new LooseSet(valuesOf(data));
  return valuesOf(value).every((entry) => present.has(entry));
}
