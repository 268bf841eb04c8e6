import { addFilter } from '../event/data-filter';
import type { DataFilter, Filtered, FilterState } from '../event/data-filter';
import { completeReports } from '../event/to-core';
import { textOf } from '../event/values';
import { chosenTagNames } from './tag-names';
import type { TagChoice } from './tag-names';

/** The parameters of the module `filter-tag` of newer MISPs. */
export interface FilterTagParams extends TagChoice {
  /** A to F in MISP; names the filter for resetting. */
  'filtering-label'?: string;
  /** `attribute`, `event_report`, or with the event's tags `event_attribute`, `inherited_report`. */
  scope?: string;
  /** `in_or`, `in_and`, `not_in_or` or `not_in_and`. */
  condition?: string;
}

/** Where the items of a scope are, where their tags, and the other list that holds them: MISP filters it since 2.5.11. */
const scopes = new Map([
  ['attribute', ['Event._AttributeFlattened', 'Tag.{n}.name', 'Event.Attribute']],
  ['event_attribute', ['Event._AttributeFlattened', '_allTags.{n}.name', 'Event.Attribute']],
  ['event_report', ['Event.EventReport', 'Tag.{n}.name']],
  ['inherited_report', ['Event.EventReport', '_allTags.{n}.name']],
]);

/**
 * Narrows the data to the attributes or reports that are tagged as asked, until the filter is reset. A scope
 * that MISP does not have filters nothing.
 * @throws EventDataError if tags or clusters are no lists, or the data is none
 */
export function filterTag(params: FilterTagParams, data: unknown, state?: FilterState): Filtered {
  const { scope = 'attribute', condition: operator = 'in_or' } = params;
  const [selector, path, ...alsoAt] = scopes.get(scope) ?? [];
  if (!selector) return state ? { data, state } : { data };
  if (scope === 'inherited_report') completeReports(data);
  const label = textOf(params['filtering-label'] ?? 'A');
  const filter: DataFilter = { label, selector, path, operator, value: chosenTagNames(params) };
  return addFilter(data, alsoAt.length > 0 ? { ...filter, alsoAt } : filter, state);
}
