import { extract } from '../event/hash';
import { isNumericText } from '../event/loose';
import { isEmpty, textOf, valuesOf } from '../event/values';
import { WorkflowError } from '../text';

/** The parameters of the module `aggregate_comparator_if` of newer MISPs. */
export interface AggregateIfParams {
  /** A hash path to what is aggregated. */
  aggregation_path?: unknown;
  aggregation_type?: string;
  operator?: string;
  /** A number; for `in` and `not_in` several, separated by commas. */
  value?: unknown;
}

type Aggregate = (values: readonly unknown[]) => number | undefined;

const AGGREGATES = new Map<string, Aggregate>([
  ['count', (values) => values.length],
  ['sum', (values) => sumOf(values)],
  ['avg', (values) => (values.length === 0 ? 0 : sumOf(values) / values.length)],
  ['min', (values) => extreme(values, (a, b) => a < b)],
  ['max', (values) => extreme(values, (a, b) => a > b)],
  ['unique_count', (values) => new Set(values.map(sameAs)).size],
  ['median', median],
]);

const OPERATORS = new Map<string, (found: number, wanted: readonly number[]) => boolean>([
  ['greater', (found, [value]) => found > value],
  ['greater_equals', (found, [value]) => found >= value],
  ['less', (found, [value]) => found < value],
  ['less_equals', (found, [value]) => found <= value],
  ['equals', (found, [value]) => found === value],
  ['not_equals', (found, [value]) => found !== value],
  ['in', (found, wanted) => wanted.includes(found)],
  ['not_in', (found, wanted) => !wanted.includes(found)],
]);

/**
 * A comparison of what the values at a path add up to. Nothing to compare, such as the smallest of no values, is false.
 * @throws {WorkflowError} for a choice or a value that says nothing; the function also for a path that cannot be read
 */
export function aggregateIf(params: AggregateIfParams): (data: unknown) => boolean {
  const { operator = 'greater', value = '' } = params;
  const compare = OPERATORS.get(operator);
  if (!compare) throw new WorkflowError('aggregate.operator', { operator });
  const wanted = numbersIn(value, operator === 'in' || operator === 'not_in');
  const aggregate = aggregated(params);
  return (data) => {
    const found = aggregate(data);
    return found !== undefined && compare(found, wanted);
  };
}

/** What the values at the path add up to; undefined if there is no such number. */
export function aggregated({
  aggregation_path: path = '',
  aggregation_type: type = 'count',
}: AggregateIfParams): (data: unknown) => number | undefined {
  const aggregate = AGGREGATES.get(type);
  if (!aggregate) throw new WorkflowError('aggregate.type', { type });
  return (data) =>
    aggregate(valuesOf(extract(data, path)).filter((value) => value !== null && value !== undefined));
}

function numbersIn(value: unknown, several: boolean): number[] {
  const texts = several ? textOf(value).split(',') : [textOf(value)];
  return texts.map((text) => {
    if (!isNumericText(text)) throw new WorkflowError('aggregate.value', { value: textOf(value) });
    return Number(text);
  });
}

/** As PHP makes a number of it: a text counts as what it begins with, a list as whether something is in it. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return isEmpty(value) ? 0 : 1;
  const [number = '0'] = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i.exec(value) ?? [];
  return Number(number);
}

function sumOf(values: readonly unknown[]): number {
  let sum = 0;
  for (const value of values) sum += numberOf(value);
  return sum;
}

function extreme(
  values: readonly unknown[],
  isNearer: (a: number, b: number) => boolean,
): number | undefined {
  let found: number | undefined;
  for (const value of values) {
    const number = numberOf(value);
    if (found === undefined || isNearer(number, found)) found = number;
  }
  return found;
}

/** The one in the middle, or the mean of the two there. */
function median(values: readonly unknown[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values, numberOf).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Texts are the same as texts; a number is the same as the text of it. */
function sameAs(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : textOf(value);
}
