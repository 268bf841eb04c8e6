import { looseEquals } from './loose';
import { LooseSet } from './loose-set';
import { isEntries, valuesOf } from './values';
import type { Entries } from './values';

/** A condition made ready to judge many pieces of data. */
export type Judge = (data: unknown) => boolean;

/**
 * MISP's `evaluateCondition`. `in`, `not_in`: the data is a list that contains the value. `equals`,
 * `not_equals`: the data is a single value and equals it. `in_or`, `in_and`: some of the wanted values, or all
 * of them, are in the data; the `not_` operators are their opposites. All comparisons are loose. Data of
 * another shape, and any other operator, is false, also for the `not_` operators. `any_value` is the business
 * of the callers.
 */
export function evaluateCondition(data: unknown, operator: unknown, value: unknown): boolean {
  return prepareCondition(operator, value)(data);
}

/** `evaluateCondition` for many pieces of data: what can be prepared is prepared once. */
export function prepareCondition(operator: unknown, value: unknown): Judge {
  // MISP compares the operator loosely, and with "in" first.
  switch (operator === true ? 'in' : operator) {
    case 'in':
      return (data) => isEntries(data) && contains(data, value);
    case 'not_in':
      return (data) => isEntries(data) && !contains(data, value);
    case 'equals':
      return (data) => !isEntries(data) && looseEquals(data, value);
    case 'not_equals':
      return (data) => !isEntries(data) && !looseEquals(data, value);
    default:
      return isEntries(value) ? prepareListCondition(operator, value) : () => false;
  }
}

function prepareListCondition(operator: unknown, value: Entries): Judge {
  const wanted = new LooseSet(valuesOf(value));
  const some = (data: Entries) => valuesOf(data).some((entry) => wanted.has(entry));
  const kinds = countDistinct(valuesOf(value));
  // Every wanted value is there, however often: MISP counts, see docs/differences.md. true, which equals
  // every text, stands for one value only.
  const every = (data: Entries) => {
    const present = new LooseSet(valuesOf(data));
    if (!valuesOf(value).every((entry) => present.has(entry))) return false;
    return countDistinct(valuesOf(data).filter((entry) => wanted.has(entry))) >= kinds;
  };
  switch (operator) {
    case 'in_or':
      return (data) => isEntries(data) && some(data);
    case 'not_in_or':
      return (data) => isEntries(data) && !some(data);
    case 'in_and':
      return (data) => isEntries(data) && every(data);
    case 'not_in_and':
      return (data) => isEntries(data) && !every(data);
    default:
      return () => false;
  }
}

function contains(data: Entries, value: unknown): boolean {
  return valuesOf(data).some((entry) => looseEquals(entry, value));
}

/** How many different values there are; true differs from a text although it equals it. */
function countDistinct(values: readonly unknown[]): number {
  const flags = new Set(values.filter((value) => typeof value === 'boolean'));
  const seen = new LooseSet([]);
  return flags.size + values.filter((value) => typeof value !== 'boolean' && seen.add(value)).length;
}
