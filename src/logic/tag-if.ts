import { evaluateCondition } from '../event/condition';
import { EventDataError } from '../event/errors';
import { extract } from '../event/hash';
import { isEmpty, isEntries, valuesOf } from '../event/values';

/** The parameters of MISP's module `tag-if`. */
export interface TagIfParams {
  /** Whose tags: the event's, those of the attributes, or those and the event's. */
  scope?: string;
  condition?: string;
  /** Tag names. */
  tags?: readonly string[];
  /** Galaxy clusters: tag names without `misp-galaxy:`. */
  clusters?: readonly string[];
}

const paths = new Map([
  ['attribute', 'Event._AttributeFlattened.{n}.Tag.{n}.name'],
  ['event_attribute', 'Event._AttributeFlattened.{n}._allTags.{n}.name'],
]);

/**
 * Whether the event, or its attributes, carry the chosen tags and clusters: some of them (`in_or`), all of
 * them (`in_and`), none (`not_in_or`), or not all (`not_in_and`).
 * @throws EventDataError if tags or clusters are no lists, or the data is none
 */
export function tagIf(params: TagIfParams, data: unknown): boolean {
  const clusters = namesIn(params.clusters, 'clusters').map((name) => `misp-galaxy:${String(name)}`);
  const wanted = [...namesIn(params.tags, 'tags'), ...clusters];
  const present = extract(data, paths.get(params.scope ?? 'event') ?? 'Event.Tag.{n}.name');
  return evaluateCondition(present, params.condition ?? 'in_or', wanted);
}

/** Nothing chosen may also be an empty text. */
function namesIn(names: unknown, name: string): readonly unknown[] {
  if (isEmpty(names)) return [];
  if (!isEntries(names)) throw new EventDataError('notAList', { name });
  return valuesOf(names);
}
