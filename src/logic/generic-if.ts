import { evaluateCondition } from '../event/condition';
import { extract, get } from '../event/hash';
import { isEmpty } from '../event/values';

/** The parameters of MISP's module `generic-if`. */
export interface GenericIfParams {
  /** Where the data to look at is. */
  hash_path?: unknown;
  operator?: string;
  /** What it is compared with; `in_or` uses the list instead. */
  value?: unknown;
  value_list?: unknown;
}

/**
 * Compares what a hash path finds. `equals` and `not_equals` need a path without wildcards that leads to a
 * single value: where it leads nowhere, or to several, both are false.
 * @throws HashPathError if the path cannot be read or the data is no event
 */
export function genericIf(params: GenericIfParams, data: unknown): boolean {
  return compareFound(params, foundAt(params, data));
}

/** The same for something found otherwise. */
export function compareFound(params: Omit<GenericIfParams, 'hash_path'>, found: unknown): boolean {
  const { operator = 'in', value = '', value_list: list = '' } = params;
  if (operator === 'any_value') return !isEmpty(found);
  return evaluateCondition(found, operator, operator === 'in_or' ? list : value);
}

/** What `genericIf` compares: a single value for `equals` and `not_equals`, else all that the path finds. */
export function foundAt({ hash_path: path = '', operator = 'in' }: GenericIfParams, data: unknown): unknown {
  if (operator === 'equals' || operator === 'not_equals') return get(data, path as string, []);
  return extract(data, path);
}
