import { addFilter, removeFilters } from '../event/data-filter';
import type { Filtered, FilterState } from '../event/data-filter';
import { textOf } from '../event/values';

/** The parameters of MISP's module `generic-filter-data`. */
export interface GenericFilterParams {
  /** A to F in MISP; names the filter for resetting. */
  'filtering-label'?: string;
  /** A hash path to the list that is filtered. */
  selector?: unknown;
  operator?: string;
  value?: unknown;
  /** For `in_or`. */
  value_list?: unknown;
  /** Where in an item the compared value is. */
  hash_path?: unknown;
}

/** The parameters of MISP's module `generic-filter-reset`. */
export interface GenericFilterResetParams {
  /** The label of a filter, or `all`. */
  'filtering-label'?: string;
  /**
   * Resetting one label resets all filters, as MISP does. For imported workflows; MISP's editor shows the
   * other filters as still active.
   */
  resetsAll?: boolean;
}

/**
 * Narrows the data to the items of a list that fulfil a condition, until the filter is reset.
 * @throws HashPathError if a path cannot be read, or leads to single values
 */
export function genericFilter(params: GenericFilterParams, data: unknown, state?: FilterState): Filtered {
  const { selector = '', operator = 'in', value = '', value_list: list = '', hash_path: path = '' } = params;
  const label = textOf(params['filtering-label'] ?? 'A');
  return addFilter(
    data,
    { label, selector, path, operator, value: operator === 'in_or' ? list : value },
    state,
  );
}

/** Takes one filter or all of them away. Without filters nothing changes. */
export function genericFilterReset(
  params: GenericFilterResetParams,
  data: unknown,
  state?: FilterState,
): Filtered {
  const label = textOf(params['filtering-label'] ?? 'all');
  return removeFilters(data, state, params.resetsAll ? 'all' : label);
}
