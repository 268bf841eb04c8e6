/**
 * What MISP's REST API and ZeroMQ give, as core format. The data is taken over, not copied: it was just parsed
 * and belongs to the run.
 */
import type { MispAttribute, MispData, MispEffectiveTag, MispEvent, MispTag } from './core';
import { omit } from './edit';
import { tagOf } from './tag-rows';
import { isEntries, isList, isRecord, textOf, valuesOf } from './values';

type Json = Readonly<Record<string, unknown>>;

/**
 * Core format from an event, an attribute, an object or a sighting: whatever `events/view`, `attributes/view`,
 * `objects/view` and the topics of ZeroMQ hold. Data that is none of these is given back as it is.
 *
 * `{Event}` keeps its shape; `{Attribute, Event?, Object?}`, `{Object, Event?}` and `{Sighting}` become an
 * event that holds just these. Tags below `EventTag` and `AttributeTag` move to `Tag`.
 */
export function toCoreFormat(data: unknown): unknown {
  if (!isRecord(data)) return data;
  if (isRecord(data.Sighting)) return toCoreFormat(fromSighting(data.Sighting));
  if (isRecord(data.Attribute)) return withEvent(data, data.Attribute, placeAttribute);
  if (isRecord(data.Object)) return withEvent(data, data.Object, placeObject);
  if (!isRecord(data.Event)) return data;
  return complete(takeIn({ ...data, Event: data.Event }));
}

/** Fills in `_AttributeFlattened` and every attribute's `_allTags`. The event is changed. */
export function complete<T extends MispData>(data: T): T {
  const event = data.Event;
  event._AttributeFlattened = flatten(event);
  const inherited = inheritedTags(event);
  const known: KnownTags = new Map();
  for (const attribute of event._AttributeFlattened) {
    moveTags(attribute, 'AttributeTag');
    attribute._allTags = effectiveTags(attribute, inherited, known);
  }
  return data;
}

/** Fills in `_allTags` of the event's reports, which MISP 2.5.1 does not do. The event is changed. */
export function completeReports(data: unknown): void {
  const event = isRecord(data) ? data.Event : undefined;
  if (!isRecord(event)) return;
  const inherited = inheritedTags(event);
  const known: KnownTags = new Map();
  for (const report of recordsOf((event as MispEvent).EventReport)) {
    report._allTags = effectiveTags(report, inherited, known);
  }
}

/** The data with `_allTags` on its reports; what is given stays as it is. */
export function withReportTags(data: unknown): unknown {
  const event = isRecord(data) ? data.Event : undefined;
  if (!isRecord(event) || !isEntries(event.EventReport)) return data;
  const reports = valuesOf(event.EventReport).filter(isRecord);
  const view = { Event: { ...event, EventReport: reports.map((report) => ({ ...report })) } };
  completeReports(view);
  return view;
}

function inheritedTags(event: MispEvent): MispEffectiveTag[] {
  return recordsOf(event.Tag).map((tag) => ({ ...tag, inherited: true }));
}

/** The event's own attributes, then those of its objects. */
export function flatten(event: MispEvent): MispAttribute[] {
  const own = recordsOf(event.Attribute);
  const objects = recordsOf(event.Object);
  return own.concat(objects.flatMap(({ Attribute }) => recordsOf(Attribute)));
}

/** Tags that were met, by name, as they stand in `_allTags`. */
type KnownTags = Map<string, MispEffectiveTag>;

/**
 * The event's tags and the attribute's own. Equal tags are one object, as large events repeat few: to be
 * read, not written.
 */
function effectiveTags(
  { Tag: own }: { Tag?: MispTag[] },
  inherited: readonly MispEffectiveTag[],
  known: KnownTags,
): MispEffectiveTag[] {
  if (!isList(own)) return inherited.slice();
  // Lists of exactly their length: pushing would reserve room for many more.
  return inherited.concat(own.map((tag) => ownTag(tag, known)));
}

function ownTag(tag: MispTag, known: KnownTags): MispEffectiveTag {
  const like = known.get(tag?.name);
  if (like && sameFields(tag, like)) return like;
  const own: MispEffectiveTag = { ...tag, inherited: false };
  known.set(tag.name, own);
  return own;
}

/** Whether the tag has the fields of the other, which has `inherited` besides. */
function sameFields(tag: MispTag, like: MispEffectiveTag): boolean {
  const names = Object.keys(tag);
  for (const name of names) if (tag[name] !== like[name]) return false;
  return names.length + 1 === Object.keys(like).length;
}

/** Models that stand beside `Event` in some messages move into it. */
function takeIn(data: MispData): MispData {
  const event = data.Event;
  if (isRecord(data.Orgc)) event.Orgc ??= data.Orgc;
  if (isList(data.EventTag)) event.EventTag ??= data.EventTag;
  moveTags(event, 'EventTag');
  return { ...omit(data, 'Orgc', 'EventTag'), Event: event };
}

/** Turns `EventTag: [{Tag}]` into `Tag`. Tags that are there already stay. */
function moveTags(owner: Record<string, unknown>, links: 'EventTag' | 'AttributeTag'): void {
  const rows = owner[links];
  if (!isList(rows)) return;
  const tags = rows.flatMap((row) => (isRecord(row) && isRecord(row.Tag) ? [tagOf(row)] : []));
  if (!isList(owner.Tag) && tags.length > 0) owner.Tag = tags;
  delete owner[links];
}

/** An event that holds what is given; its event is beside it or in it, or only its id is known. */
function withEvent(
  data: Json,
  part: Json,
  place: (event: MispEvent, part: Json, data: Json) => void,
): MispData {
  const known = isRecord(data.Event) ? data.Event : isRecord(part.Event) ? part.Event : {};
  const event: MispEvent = { ...known };
  if (part.event_id !== undefined) event.id ??= textOf(part.event_id);
  place(event, omit(part, 'Event'), data);
  return complete(takeIn({ ...omit(data, 'Attribute', 'Object'), Event: event }));
}

function placeAttribute(event: MispEvent, attribute: Json, data: Json): void {
  const own = omit(attribute, 'value1', 'value2', 'Object');
  const object = isRecord(data.Object) ? data.Object : attribute.Object;
  if (isRecord(object)) event.Object = [{ ...object, Attribute: [own] }];
  else event.Attribute = [own];
}

function placeObject(event: MispEvent, object: Json): void {
  const attributes = isList(object.Attribute) ? object.Attribute.filter(isRecord) : [];
  event.Object = [
    { ...object, Attribute: attributes.map((attribute) => omit(attribute, 'value1', 'value2')) },
  ];
}

/** A sighting names its event and attribute. */
function fromSighting(sighting: Json): Json {
  const { Event: event, Attribute: attribute } = sighting;
  if (!isRecord(attribute)) return { Event: isRecord(event) ? event : {} };
  return { Event: event, Attribute: { ...attribute, Sighting: [omit(sighting, 'Event', 'Attribute')] } };
}

/** The list without what is no object. */
function recordsOf<T>(list: readonly T[] | undefined): T[] {
  return isList(list) ? list.filter((entry) => isRecord(entry)) : [];
}
