import { evaluateCondition } from '../event/condition';
import { extractDistinct } from '../event/hash';
import { withReportTags } from '../event/to-core';
import { chosenTagNames } from './tag-names';
import type { TagChoice } from './tag-names';

/** The parameters of MISP's module `tag-if`. */
export interface TagIfParams extends TagChoice {
  /**
   * Whose tags: `event`, those of its attributes (`attribute`), with what they inherit from the event
   * (`event_attribute`), and the same for its reports, which newer MISPs have: `event_report`, `inherited_report`.
   */
  scope?: string;
  /** `in_or`, `in_and`, `not_in_or` or `not_in_and`. */
  condition?: string;
}

const paths = new Map([
  ['attribute', 'Event._AttributeFlattened.{n}.Tag.{n}.name'],
  ['event_attribute', 'Event._AttributeFlattened.{n}._allTags.{n}.name'],
  ['event_report', 'Event.EventReport.{n}.Tag.{n}.name'],
  ['inherited_report', 'Event.EventReport.{n}._allTags.{n}.name'],
]);

/**
 * Whether the event, or its attributes, carry the chosen tags and clusters: some of them (`in_or`), all of
 * them (`in_and`), none (`not_in_or`), or not all (`not_in_and`).
 * @throws EventDataError if tags or clusters are no lists, or the data is none
 */
export function tagIf(params: TagIfParams, data: unknown): boolean {
  const { condition = 'in_or' } = params;
  const wanted = chosenTagNames(params);
  return evaluateCondition(presentTags(params, data), condition, wanted);
}

/** The names of the tags that `tagIf` looks at, each once. */
export function presentTags({ scope = 'event' }: TagIfParams, data: unknown): unknown[] {
  const view = scope === 'inherited_report' ? withReportTags(data) : data;
  return [...extractDistinct(view, paths.get(scope) ?? 'Event.Tag.{n}.name')];
}
