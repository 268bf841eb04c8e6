/** The things of an event that operations name, wherever they stand in it. */
import type { MispAttribute, MispEvent, MispEventReport } from '../event/core';
import { uuidKey } from '../event/same';
import { isList, isRecord, textOf } from '../event/values';
import type { Ref } from './plan';

/** The things that have one of the names. */
export function find<T extends { id?: unknown; uuid?: unknown }>(
  things: Iterable<T>,
  refs: readonly Ref[],
): [T, Ref][] {
  const byId = new Map(refs.flatMap((ref) => (ref.id ? [[ref.id, ref] as const] : [])));
  const byUuid = new Map(refs.flatMap((ref) => (ref.uuid ? [[uuidKey(ref.uuid), ref] as const] : [])));
  const found: [T, Ref][] = [];
  for (const item of things) {
    const ref = byUuid.get(uuidKey(item.uuid)) ?? byId.get(textOf(item.id));
    if (ref) found.push([item, ref]);
  }
  return found;
}

/** Attributes wherever they stand, each once. */
export function attributesIn(event: MispEvent): Set<MispAttribute> {
  const ofObjects = recordsOf(event.Object).map(({ Attribute }) => Attribute);
  return new Set([event._AttributeFlattened, event.Attribute, ...ofObjects].flatMap(recordsOf));
}

/** The event's reports. */
export function reportsIn(event: MispEvent): MispEventReport[] {
  return recordsOf(event.EventReport);
}

function recordsOf<T>(list: readonly T[] | undefined): T[] {
  return isList(list) ? list.filter((entry) => isRecord(entry)) : [];
}

/** Whether a thing is the one of that name. */
export function isSame({ id, uuid }: { id?: unknown; uuid?: unknown }, ref: Ref): boolean {
  return ref.uuid !== undefined && uuid !== undefined
    ? uuidKey(uuid) === uuidKey(ref.uuid)
    : textOf(id) === (ref.id ?? '');
}

/** MISP takes an event off publication when what travels with it changes. */
export function takeOff(event: MispEvent): void {
  if (event.published !== undefined) event.published = false;
}
