/** Data that MISP cut down: it says that there are attributes, or tags, and does not say which. */
import type { EventReads } from './attribute-paths';
import type { MispData, MispEvent } from './core';
import { ThinDataError } from './errors';
import { hasNamelessTag } from './tag-rows';
import { countOf, isEntries, isList, isRecord, textOf } from './values';

/**
 * What is missing for a decision; undefined if all is there that MISP says there is. An event without anything
 * lacks everything: MISP sends those for some triggers.
 */
export function missingFor({ Event: event }: MispData, reads: EventReads): ThinDataError | undefined {
  if (isBlank(event)) return new ThinDataError('emptyEvent');
  const count = reads.attributes || reads.reports ? hiddenAttributes(event) : 0;
  const lacksReports = reads.attributes || event.EventReport === undefined;
  if (count > 0 && lacksReports) return new ThinDataError('thinAttributes', { count: String(count) });
  return reads.tags && lacksTagNames(event, reads) ? new ThinDataError('thinTags') : undefined;
}

/** How many attributes MISP has of an event of which the data has none; 0 if the data has some. */
export function hiddenAttributes(event: Readonly<Record<string, unknown>>): number {
  const count = Number(textOf(event.attribute_count));
  if (!(count > 0) || holds(event._AttributeFlattened) || holds(event.Attribute)) return 0;
  const objects = isList(event.Object) ? event.Object : [];
  return objects.some((object) => isRecord(object) && holds(object.Attribute)) ? 0 : count;
}

function holds(list: unknown): boolean {
  return isEntries(list) && countOf(list) > 0;
}

/** Nothing but an empty list of attributes, as MISP sends it where it found no event. */
function isBlank(event: MispEvent): boolean {
  for (const name in event) if (name !== '_AttributeFlattened' || holds(event[name])) return false;
  return true;
}

function lacksTagNames(event: MispEvent, { attributes, reports }: EventReads): boolean {
  if (attributes)
    return (event._AttributeFlattened ?? []).some(({ Tag, _allTags }) => areNameless(Tag, _allTags));
  if (reports) return (event.EventReport ?? []).some(({ Tag, _allTags }) => areNameless(Tag, _allTags));
  return hasNamelessTag(event.Tag);
}

function areNameless(...lists: unknown[]): boolean {
  return lists.some(hasNamelessTag);
}
