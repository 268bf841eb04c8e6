/**
 * What MISP's REST API and ZeroMQ give, as core format. The data is taken over, not copied: it was just parsed
 * and belongs to the run.
 */
import type {
  MispAttribute,
  MispData,
  MispEffectiveTag,
  MispEvent,
  MispObject,
  MispTag,
} from './core';
import { isEntries, isList } from './values';

type Json = Record<string, unknown>;

/** How a tag is attached in MISP's database rows: `EventTag`, `AttributeTag`. */
interface TagLink {
  Tag?: MispTag & { org_id?: unknown };
}

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
  return complete(takeIn(data as unknown as MispData));
}

/** Fills in `_AttributeFlattened` and every attribute's `_allTags`. The event is changed. */
export function complete<T extends MispData>(data: T): T {
  const event = data.Event;
  event._AttributeFlattened = flatten(event);
  const inherited = listOf(event.Tag).map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
  for (const attribute of event._AttributeFlattened) {
    moveTags(attribute as Json, 'AttributeTag');
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
  const { Event: event, Orgc, EventTag, ...rest } = data as MispData & { Orgc?: Json };
  if (Orgc && !event.Orgc) event.Orgc = Orgc;
  if (EventTag && !event.EventTag) event.EventTag = EventTag;
  moveTags(event as Json, 'EventTag');
  return { ...rest, Event: event };
}

/** Turns `EventTag: [{Tag}]` into `Tag`. Tags that are there already stay. */
function moveTags(owner: Json, links: 'EventTag' | 'AttributeTag'): void {
  if (!isList(owner[links])) return;
  const tags = (owner[links] as TagLink[]).flatMap(({ Tag }) => (Tag ? [withoutOwner(Tag)] : []));
  if (!isList(owner.Tag) && tags.length > 0) owner.Tag = tags;
  delete owner[links];
}

function withoutOwner({ org_id: _owner, ...tag }: MispTag & { org_id?: unknown }): MispTag {
  return tag as MispTag;
}

/** An event that holds what is given; its event is beside it or in it, or only its id is known. */
function withEvent(data: Json, part: Json, place: (event: MispEvent, part: Json, data: Json) => void): MispData {
  const { Event: inner, ...own } = part;
  const known = isObject(data.Event) ? data.Event : isObject(inner) ? inner : {};
  const event: MispEvent = { ...known };
  if (event.id === undefined && own.event_id !== undefined) event.id = own.event_id as string;
  const { Event: _event, Attribute: _attribute, Object: _object, ...rest } = data;
  place(event, own, data);
  return complete(takeIn({ ...rest, Event: event }));
}

function placeAttribute(event: MispEvent, { value1: _1, value2: _2, ...attribute }: Json, data: Json): void {
  const object = isObject(data.Object) ? data.Object : isObject(attribute.Object) ? attribute.Object : undefined;
  if (!object) {
    event.Attribute = [attribute];
    return;
  }
  const { Object: _object, ...own } = attribute;
  event.Object = [{ ...object, Attribute: [own] } as MispObject];
}

function placeObject(event: MispEvent, object: Json): void {
  const attributes = listOf(object.Attribute as MispAttribute[] | undefined);
  event.Object = [{ ...object, Attribute: attributes.map(({ value1: _1, value2: _2, ...own }) => own) }];
}

/** A sighting names its event and attribute. */
function fromSighting({ Event: event, Attribute: attribute, ...sighting }: Json): Json {
  if (!isObject(attribute)) return { Event: isObject(event) ? event : {} };
  return { Event: event, Attribute: { ...attribute, Sighting: [sighting] } };
}

function isObject(value: unknown): value is Json {
  return isEntries(value) && !isList(value);
}

function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return isList(list) ? list : [];
}
