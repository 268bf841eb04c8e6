/**
 * What MISP's REST API and ZeroMQ give, as core format. The data is taken over, not copied: it was just parsed
 * and belongs to the run.
 */
import type { MispAttribute, MispData, MispEffectiveTag, MispEvent } from './core';
import { omit } from './edit';
import { isEntries, isList, textOf } from './values';

type Json = Record<string, unknown>;

/**
 * Core format from an event, an attribute, an object or a sighting: whatever `events/view`, `attributes/view`,
 * `objects/view` and the topics of ZeroMQ hold. Data that is none of these is given back as it is.
 *
 * `{Event}` keeps its shape; `{Attribute, Event?, Object?}`, `{Object, Event?}` and `{Sighting}` become an
 * event that holds just these. Tags below `EventTag` and `AttributeTag` move to `Tag`.
 */
export function toCoreFormat(data: unknown): unknown {
  if (!isObject(data)) return data;
  if (isObject(data.Sighting)) return toCoreFormat(fromSighting(data.Sighting));
  if (isObject(data.Attribute)) return withEvent(data, data.Attribute, placeAttribute);
  if (isObject(data.Object)) return withEvent(data, data.Object, placeObject);
  if (!isObject(data.Event)) return data;
  return complete(takeIn({ ...data, Event: data.Event }));
}

/** Fills in `_AttributeFlattened` and every attribute's `_allTags`. The event is changed. */
export function complete<T extends MispData>(data: T): T {
  const event = data.Event;
  event._AttributeFlattened = flatten(event);
  const inherited = listOf(event.Tag).map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
  for (const attribute of event._AttributeFlattened) {
    moveTags(attribute, 'AttributeTag');
    attribute._allTags = effectiveTags(attribute, inherited);
  }
  return data;
}

/** The event's own attributes, then those of its objects. */
export function flatten(event: MispEvent): MispAttribute[] {
  const attributes = [...listOf(event.Attribute)];
  for (const object of listOf(event.Object)) {
    for (const attribute of listOf(object?.Attribute)) attributes.push(attribute);
  }
  return attributes;
}

/** The event's tags, which all attributes share as objects, and the attribute's own. */
function effectiveTags(attribute: MispAttribute, inherited: MispEffectiveTag[]): MispEffectiveTag[] {
  const tags = inherited.slice();
  if (isList(attribute.Tag)) for (const tag of attribute.Tag) tags.push({ ...tag, inherited: false });
  return tags;
}

/** Models that stand beside `Event` in some messages move into it. */
function takeIn(data: MispData): MispData {
  const event = data.Event;
  if (isObject(data.Orgc)) event.Orgc ??= data.Orgc;
  if (isList(data.EventTag)) event.EventTag ??= data.EventTag;
  moveTags(event, 'EventTag');
  return { ...omit(data, 'Orgc', 'EventTag'), Event: event };
}

/** Turns `EventTag: [{Tag}]` into `Tag`. Tags that are there already stay. */
function moveTags(owner: Json, links: 'EventTag' | 'AttributeTag'): void {
  const rows = owner[links];
  if (!isList(rows)) return;
  const tags = rows.flatMap((row) => (isObject(row) && isObject(row.Tag) ? [omit(row.Tag, 'org_id')] : []));
  if (!isList(owner.Tag) && tags.length > 0) owner.Tag = tags;
  delete owner[links];
}

/** An event that holds what is given; its event is beside it or in it, or only its id is known. */
function withEvent(
  data: Json,
  part: Json,
  place: (event: MispEvent, part: Json, data: Json) => void,
): MispData {
  const known = isObject(data.Event) ? data.Event : isObject(part.Event) ? part.Event : {};
  const event: MispEvent = { ...known };
  if (part.event_id !== undefined) event.id ??= textOf(part.event_id);
  place(event, omit(part, 'Event'), data);
  return complete(takeIn({ ...omit(data, 'Attribute', 'Object'), Event: event }));
}

function placeAttribute(event: MispEvent, attribute: Json, data: Json): void {
  const own = omit(attribute, 'value1', 'value2', 'Object');
  const object = isObject(data.Object) ? data.Object : attribute.Object;
  if (isObject(object)) event.Object = [{ ...object, Attribute: [own] }];
  else event.Attribute = [own];
}

function placeObject(event: MispEvent, object: Json): void {
  const attributes = isList(object.Attribute) ? object.Attribute.filter(isObject) : [];
  event.Object = [
    { ...object, Attribute: attributes.map((attribute) => omit(attribute, 'value1', 'value2')) },
  ];
}

/** A sighting names its event and attribute. */
function fromSighting(sighting: Json): Json {
  const { Event: event, Attribute: attribute } = sighting;
  if (!isObject(attribute)) return { Event: isObject(event) ? event : {} };
  return { Event: event, Attribute: { ...attribute, Sighting: [omit(sighting, 'Event', 'Attribute')] } };
}

function isObject(value: unknown): value is Json {
  return isEntries(value) && !isList(value);
}

function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return isList(list) ? list : [];
}
