/** All filters of Jinja2, by name. */
import { bind } from './arguments';
import { choosers } from './filters-choose';
import type { Filter } from './filter';
import { groupFilters } from './filters-group';
import { listFilters } from './filters-list';
import { numberFilters } from './filters-number';
import { textFilters } from './filters-text';
import { webFilters } from './filters-web';
import type { Applied } from './values';

export const filters: ReadonlyMap<string, Applied<unknown>> = new Map([
  ...Object.entries({ ...textFilters, ...listFilters, ...groupFilters, ...numberFilters, ...webFilters }).map(
    closed,
  ),
  ...Object.entries(choosers),
]);

function closed([name, [names, run]]: [string, Filter]): [string, Applied<unknown>] {
  return [name, (rt, value, args, named) => run(rt, value, bind(name, names, args, named))];
}
