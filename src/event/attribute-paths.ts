/** What of an event a hash path looks at. */
import { parsePath } from './path';

/** What a decision looks at, so that data which lacks just that is not taken for an event without it. */
export interface EventReads {
  /** The event's attributes or objects. */
  attributes?: boolean;
  /** Names of tags, of whatever carries them. */
  tags?: boolean;
  /** The event's reports. */
  reports?: boolean;
}

const ATTRIBUTES = new Set(['_AttributeFlattened', 'Attribute', 'Object']);
const TAGS = new Set(['Tag', '_allTags']);

/**
 * What of an event a path reads; undefined for a path into other data, such as `Log.title`.
 * @throws HashPathError if the path cannot be read
 */
export function readsOfPath(path: string): EventReads | undefined {
  const { tokens } = parsePath(path);
  const [root] = tokens;
  const names = tokens.map(({ name }) => name);
  const isAny = root?.kind === '{s}' || root?.kind === '{*}';
  const reads = {
    // Any name below the event may be one of its lists.
    attributes: tokens.some(({ name, kind }, at) => ATTRIBUTES.has(name) || (at === 1 && isWildcard(kind))),
    tags: names.some((name) => TAGS.has(name)),
    reports: names.includes('EventReport'),
  };
  return root?.name === 'Event' || (isAny && (reads.attributes || reads.tags)) ? reads : undefined;
}

function isWildcard(kind: string): boolean {
  return kind === '{s}' || kind === '{*}';
}
