import { extract } from '../event/hash';
import { looseCompare } from '../event/loose';
import { countOf } from '../event/values';

/** The parameters of MISP's module `count-if`. */
export interface CountIfParams {
  /** A hash path to what is counted. */
  selector?: unknown;
  operator?: string;
  value?: unknown;
}

/** What the order of count and value must be. */
const operators = new Map<string, (order: number) => boolean>([
  ['equals', (order) => order === 0],
  ['not_equals', (order) => order !== 0],
  ['greater', (order) => order > 0],
  ['greater_equals', (order) => order >= 0],
  ['less', (order) => order < 0],
  ['less_equals', (order) => order <= 0],
]);

/**
 * Compares the number of things a hash path finds with a value. Where it finds an object, its fields are
 * counted. An operator that MISP does not have is false.
 * @throws HashPathError if the path cannot be read or the data is no event
 */
export function countIf(params: CountIfParams, data: unknown): boolean {
  const { operator = 'equals', value = '' } = params;
  return operators.get(operator)?.(looseCompare(countFound(params, data), value)) ?? false;
}

/** How many things the selector finds. */
export function countFound({ selector = '' }: CountIfParams, data: unknown): number {
  return countOf(extract(data, selector));
}
