/**
 * The one event that a message is about, however it came: MISP's triggers, feeds, its REST API and the scripts of
 * others write events in several shapes. What is no event is refused, and never taken for one without tags.
 */
import type { EventReads } from './attribute-paths';
import { completed } from './completed';
import type { MispData, MispEvent } from './core';
import { EventDataError } from './errors';
import { isEntries, isList, isRecord } from './values';
import { text, type Text } from '../text';

type Json = Readonly<Record<string, unknown>>;

/** Lists in lists and answers in answers that are looked into for the event. */
const MOST_WRAPPERS = 4;

/**
 * The event in core format: the data itself if it is that already, else another view of it. What is given stays
 * as it is. It costs nothing for MISP's core format, else time in proportion to the event's size.
 * @throws EventDataError if the data is no event, or several
 */
export function eventData(data: unknown, reads: EventReads = {}): MispData {
  const holder = eventHolder(data);
  return isReadable(holder, reads) ? holder : completed(holder);
}

/**
 * The object of the data that has the event as `Event`, as it is.
 * @throws EventDataError if the data is no event, or several
 */
export function eventHolder(data: unknown): MispData {
  return holderOf(data, 0);
}

function holderOf(data: unknown, wrappers: number): MispData {
  if (wrappers > MOST_WRAPPERS) throw notAnEvent(data);
  if (isList(data)) return holderOf(onlyOne(data), wrappers + 1);
  if (!isRecord(data) || data instanceof Uint8Array) throw notAnEvent(data);
  const event = own(data, 'Event');
  if (isList(event)) return holderOf(onlyOne(event), wrappers + 1);
  if (isRecord(event))
    return isRecord(own(event, 'Event')) ? holderOf(event, wrappers + 1) : (data as MispData);
  if (event === undefined && isEntries(own(data, 'response'))) return holderOf(data.response, wrappers + 1);
  if (event === undefined && isBareEvent(data)) return { Event: data };
  throw notAnEvent(data);
}

function own(data: Json, name: string): unknown {
  return Object.hasOwn(data, name) ? data[name] : undefined;
}

function onlyOne(list: readonly unknown[]): unknown {
  if (list.length === 1) return list[0];
  if (list.length === 0) throw notAnEvent(list);
  throw new EventDataError('severalEvents', { count: String(list.length) });
}

/** An event without the name around it, as PyMISP's `to_dict` gives it. */
function isBareEvent(data: Json): boolean {
  return typeof data.info === 'string' && BARE.some((name) => own(data, name) !== undefined);
}

const BARE = ['date', 'uuid', 'analysis', 'threat_level_id', 'Attribute', 'Object', 'Tag'];

/** Whether the data can be read as it is: MISP's core format, as far as it matters here. */
function isReadable(
  { Event: event, ...beside }: MispData,
  { attributes, tags, reports }: EventReads,
): boolean {
  if (isInner(event, beside)) return false;
  if (attributes && !isList(event._AttributeFlattened) && hasAttributes(event)) return false;
  if (attributes && !listHolds(event._AttributeFlattened, isRecord)) return false;
  if (!tags) return true;
  if (!areTags(event.Tag)) return false;
  if (attributes && !listHolds(event._AttributeFlattened, hasAllTags)) return false;
  return !reports || listHolds(event.EventReport, hasPlainTags);
}

/** MISP's inner form, which its own enrichment leaves behind: what belongs into the event stands beside it. */
function isInner(event: MispEvent, beside: Json): boolean {
  if (event.Tag === undefined && (isEntries(event.EventTag) || isEntries(beside.EventTag))) return true;
  return isEntries(beside.Attribute) || isEntries(beside.Object) || isEntries(beside.EventReport);
}

function hasAttributes(event: MispEvent): boolean {
  return isEntries(event.Attribute) || isEntries(event.Object) || isEntries(event._AttributeFlattened);
}

/** What is missing is readable: it is nothing. */
function listHolds(list: unknown, isPlain: (item: unknown) => boolean): boolean {
  if (list === undefined || list === null) return true;
  if (!isList(list)) return false;
  for (const item of list) if (!isPlain(item)) return false;
  return true;
}

function hasPlainTags(item: unknown): boolean {
  return isRecord(item) && areTags(item.Tag) && areTags(item._allTags);
}

/** An attribute of the core format says with what it inherits which tags it has. */
function hasAllTags(item: unknown): boolean {
  return (
    isRecord(item) && item._allTags !== undefined && hasPlainTags(item) && item.AttributeTag === undefined
  );
}

function areTags(tags: unknown): boolean {
  if (tags === undefined || tags === null) return true;
  if (!isList(tags)) return false;
  for (const tag of tags) if (!isRecord(tag) || typeof tag.name !== 'string') return false;
  return true;
}

/** What was found in place of an event. */
function notAnEvent(data: unknown): EventDataError {
  return new EventDataError('notAnEvent', { what: kindOf(data) });
}

function kindOf(data: unknown): Text {
  if (data === undefined || data === null) return text('kind.nothing');
  if (isList(data)) return text(data.length === 0 ? 'kind.emptyList' : 'kind.otherList');
  if (data instanceof Uint8Array) return text('kind.buffer');
  if (typeof data === 'string') return text('kind.text');
  if (typeof data !== 'object') return text('kind.value', { type: typeof data });
  return text(Object.keys(data).length === 0 ? 'kind.emptyObject' : 'kind.otherObject');
}
