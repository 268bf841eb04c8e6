import { addFilter } from '../event/data-filter';
import type { DataFilter, Filtered, FilterState } from '../event/data-filter';
import { EventDataError } from '../event/errors';
import { isNumericText } from '../event/loose';
import { textOf } from '../event/values';

/** The parameters of the module `filter-timestamp` of newer MISPs. */
export interface FilterTimestampParams {
  /** A to F in MISP; names the filter for resetting. */
  'filtering-label'?: string;
  /** `object`, `attribute` or `event_report`. */
  target?: string;
  /** `greater`: within the time, `less`: not within it, `since`: since a point in time. */
  operator?: string;
  /** A time such as `3d`, `12h`, `30m`; or a point in time: seconds since 1970, or a date. */
  value?: unknown;
}

/** Where the items are. Attributes are filtered in both lists that hold them. */
const selectors = new Map([
  ['object', ['Event.Object']],
  ['attribute', ['Event._AttributeFlattened', 'Event.Attribute']],
  ['event_report', ['Event.EventReport']],
]);
const SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/**
 * Narrows the data to what was changed within a time, or not within it, until the filter is reset. Items
 * without a timestamp are neither.
 * @param now milliseconds since 1970
 * @throws EventDataError if the value is no time, or the data is none
 */
export function filterTimestamp(
  params: FilterTimestampParams,
  data: unknown,
  state?: FilterState,
  now = Date.now(),
): Filtered {
  const { target = 'attribute', operator = 'greater', value = '30d' } = params;
  const [selector, ...alsoAt] = selectors.get(target) ?? [];
  if (!selector) return state ? { data, state } : { data };
  const filter: DataFilter = {
    label: textOf(params['filtering-label'] ?? 'A'),
    selector,
    path: 'timestamp',
    operator: operator === 'less' ? 'older_than' : 'not_older_than',
    value: pointInTime(textOf(value).trim(), operator === 'since', now),
  };
  return addFilter(data, alsoAt.length > 0 ? { ...filter, alsoAt } : filter, state);
}

/** Seconds since 1970. `since` takes points in time only. */
function pointInTime(value: string, sinceOnly: boolean, now: number): number {
  if (isNumericText(value)) return Number(value);
  const [, count, unit = ''] = /^(\d+)\s*([smhdw])$/.exec(value) ?? [];
  const length = SECONDS.get(unit);
  if (count !== undefined && length !== undefined && !sinceOnly) return now / 1000 - Number(count) * length;
  const date = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(date)) throw new EventDataError('badTime', { value });
  return date / 1000;
}
