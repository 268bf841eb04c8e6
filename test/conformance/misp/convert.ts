/**
 * From the form MISP has inside (rows of its models) to core format. This form never leaves MISP: only the
 * vectors have it.
 */
import type { MispData, MispEvent } from '../../../src/event/core';
import { omit } from '../../../src/event/edit';
import { textOf } from '../../../src/event/values';
import { complete } from '../../../src/event/to-core';
import type { Json, JsonObject } from '../vectors';

/** What stands for MISP's database. */
export interface Database {
  events_in_db?: JsonObject;
  objects_in_db?: JsonObject;
}

/** Models that stand beside the event and belong into it. */
const PARTS = [
  'Org',
  'Orgc',
  'SharingGroup',
  'Attribute',
  'ShadowAttribute',
  'RelatedEvent',
  'Galaxy',
  'Object',
  'EventReport',
  'CryptographicKey',
];
const ANALYST_DATA = ['Note', 'Opinion', 'Relationship'];

/** MISP's conversion. Where an attribute's or object's event is unknown, the result holds an empty event. */
export function convert(data: JsonObject, database: Database, scope = guessScope(data)): unknown {
  const kept = Object.entries(data).filter(
    ([name]) => name.startsWith('_') || (scope === 'event' && name === 'errors'),
  );
  const core = { Event: eventFor(data, database, scope) as MispEvent } satisfies MispData;
  return { ...Object.fromEntries(kept), ...complete(core) };
}

function eventFor(data: JsonObject, database: Database, scope: string): JsonObject {
  if (scope === 'event') return fromEvent(data);
  if (scope === 'attribute') return fromAttribute(data, database);
  return scope === 'object' ? fromObject(asObject(data.Object), database) : {};
}

function guessScope(data: JsonObject): string {
  const isEvent = isObject(data.Event) && (data.Attribute === undefined || Array.isArray(data.Attribute));
  if (isEvent) return isObject(data.Event) && data.Event.Attribute && data.Attribute ? 'none' : 'event';
  if (data.Attribute !== undefined) return 'attribute';
  return data.Object === undefined ? 'event' : 'object';
}

/** A part of an event, in the event that the database has for it; what the database says goes first. */
export function partOf(
  eventId: Json | undefined,
  part: JsonObject,
  { events_in_db: events }: Database,
): JsonObject {
  const row = asObject(asObject(events)[textOf(eventId)]);
  return isObject(row.Event) ? fromEvent({ ...row, Event: { ...row.Event, ...part } }) : {};
}

function fromAttribute(data: JsonObject, database: Database): JsonObject {
  const { Attribute, AttributeTag, Object: ownObject } = data;
  const attribute: JsonObject = { ...asObject(Attribute), ...(AttributeTag ? { AttributeTag } : {}) };
  const objectId = textOf(attribute.object_id ?? 0);
  if (objectId === '0') return partOf(attribute.event_id, { Attribute: [attribute] }, database);
  const object = asObject(asObject(database.objects_in_db)[objectId] ?? ownObject);
  return partOf(attribute.event_id, { Object: [{ ...object, Attribute: [attribute] }] }, database);
}

function fromObject(object: JsonObject, database: Database): JsonObject {
  return partOf(object.event_id, { Object: [object] }, database);
}

/** The event with all that belongs to it. */
export function fromEvent(data: JsonObject): JsonObject {
  const event = omit(asObject(data.Event), 'user_id') as JsonObject;
  for (const part of PARTS) if (data[part] !== undefined) event[part] = data[part];
  if (isEmptyList(event.SharingGroup)) delete event.SharingGroup;
  for (const kind of ANALYST_DATA) if (event[kind]) event[kind] = rows(event[kind]).map(withoutEmptyGroup);
  const tags = tagsOf(data.EventTag);
  if (tags.length > 0) event.Tag = tags;
  if (event.Attribute) event.Attribute = rows(event.Attribute).map((attribute) => fromRow(attribute, data));
  if (event.Object) {
    const objects = rows(event.Object).filter(({ Attribute }) => Attribute && !isEmptyList(Attribute));
    event.Object = objects.map((object) => ({
      ...object,
      Attribute: rows(object.Attribute).map((attribute) => fromRow(attribute, data)),
    }));
  }
  return event;
}

function fromRow(row: JsonObject, data: JsonObject): JsonObject {
  const attribute = omit(row, 'value1', 'value2', 'AttributeTag') as JsonObject;
  const tags = tagsOf(row.AttributeTag);
  if (tags.length > 0) attribute.Tag = tags;
  const sightings = rows(data.Sighting ?? []).filter((sighting) => sighting.attribute_id === attribute.id);
  if (sightings.length > 0) attribute.Sighting = sightings;
  const related = asObject(data.RelatedAttribute)[textOf(attribute.id)];
  if (related) attribute.RelatedAttribute = rows(related).map(fromRelated);
  return attribute;
}

/** In a correlation's row `id` is the event. */
function fromRelated({ id, attribute_id, ...related }: JsonObject): JsonObject {
  return { ...related, id: attribute_id ?? null, event_id: id ?? null };
}

function tagsOf(links: Json | undefined): JsonObject[] {
  return rows(links ?? []).map(({ Tag }) => omit(asObject(Tag), 'org_id') as JsonObject);
}

function withoutEmptyGroup({ SharingGroup, ...row }: JsonObject): JsonObject {
  return SharingGroup === undefined || isEmptyList(SharingGroup) ? row : { ...row, SharingGroup };
}

/** @throws where MISP stumbles over a row that is none */
function rows(list: Json | undefined): JsonObject[] {
  return Object.values(list ?? []).map((row) => {
    if (typeof row !== 'object' || row === null) throw new TypeError('not a row');
    return { ...(row as JsonObject) };
  });
}

function isEmptyList(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
