import { EventDataError } from '../event/errors';
import { isEmpty, isEntries, valuesOf } from '../event/values';

/** The tags that a module is asked for. */
export interface TagChoice {
  /** Tag names. */
  tags?: readonly string[];
  /** Galaxy clusters: tag names without `misp-galaxy:`. */
  clusters?: readonly string[];
}

/**
 * The names of the chosen tags and of the chosen clusters' tags.
 * @throws EventDataError if tags or clusters are no lists
 */
export function chosenTagNames({ tags, clusters }: TagChoice): unknown[] {
  const ofClusters = namesIn(clusters, 'clusters').map((name) => `misp-galaxy:${String(name)}`);
  return [...namesIn(tags, 'tags'), ...ofClusters];
}

/** Nothing chosen may also be an empty text. */
function namesIn(names: unknown, name: string): readonly unknown[] {
  if (isEmpty(names)) return [];
  if (!isEntries(names)) throw new EventDataError('notAList', { name });
  return valuesOf(names);
}
