/** What an action works on: the event, or the attributes and reports that its filter leaves. */
import type { MispAttribute, MispData, MispEventReport } from '../event/core';
import { eventData } from '../event/event-data';
import { extractData } from '../event/hash';
import { getMatchingItemsForAttributes, filtersEnabled } from '../event/saved-filters';
import { uuidKey } from '../event/same';
import type { SavedFilters } from '../event/saved-filters';
import { hiddenAttributes } from '../event/thin-data';
import { isEntries, isRecord, textOf, valuesOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Ref } from './plan';

/** An item with its event, as the plan names them. */
export interface Target<T> {
  item: T;
  ref: Ref;
  event: Ref;
}

interface Identified {
  id?: unknown;
  uuid?: unknown;
  event_id?: unknown;
}

/** The names MISP knows a thing by. */
export function refOf({ id, uuid }: Identified): Ref {
  const known = { id: textOf(id), uuid: textOf(uuid) };
  return { ...(known.id ? { id: known.id } : {}), ...(known.uuid ? { uuid: known.uuid } : {}) };
}

/**
 * The event of the data, also where it came in a list or as `{"response": [...]}`.
 * @throws {EventDataError} if there is none, or several
 * @throws {WorkflowError} if MISP could not find it
 */
export function eventOf(data: unknown): { event: Readonly<Record<string, unknown>>; ref: Ref } {
  const { Event: event } = eventData(data);
  const ref = refOf(event);
  if (!ref.id && !ref.uuid) throw new WorkflowError('action.noEvent');
  return { event, ref };
}

/**
 * The attributes that a node's filter leaves, all of them without a filter; each once, in the data's order.
 * What the filter leaves besides attributes does not count.
 */
export function attributesOf(filters: Partial<SavedFilters>, data: unknown): Target<MispAttribute>[] {
  return targetsIn(valuesOf(getMatchingItemsForAttributes(filters, data)).filter(isAttribute), data);
}

/** The same for event reports. */
export function reportsOf(filters: Partial<SavedFilters>, data: unknown): Target<MispEventReport>[] {
  const all = extractData(data, 'Event.EventReport.{n}');
  const found = filtersEnabled(filters) ? getMatchingItemsForAttributes(filters, data) : all;
  return targetsIn((isEntries(found) ? valuesOf(found) : []).filter(isReport), data);
}

/**
 * Whether an action on the event is to be done: always without a filter; with one, if the filter leaves
 * anything. MISP then looks for the event among what is left, and finds none.
 */
export function isEventMeant(filters: Partial<SavedFilters>, data: unknown): boolean {
  return !filtersEnabled(filters) || valuesOf(getMatchingItemsForAttributes(filters, data)).length > 0;
}

/**
 * The data in core format, for an action on attributes: the same object if it is that already.
 * @param whole the data without the flow's filters: what they hide is not missing
 * @throws {EventDataError} if there is no event, or several
 * @throws {WorkflowError} if MISP did not send its attributes
 */
export function withAttributes(data: unknown, whole: unknown = data): MispData {
  const core = eventData(data, { attributes: true });
  const all = whole === data ? core : eventData(whole);
  if (core.Event._AttributeFlattened === undefined || hiddenAttributes(all.Event) > 0)
    throw new WorkflowError('action.noAttributes');
  return core;
}

/**
 * @param whole the data without the flow's filters
 * @throws {WorkflowError} if MISP cut the event down, so that it is not known whether it has reports
 */
export function requireReports(data: unknown, whole: unknown = data): void {
  const { Event: event } = eventData(data);
  const all = whole === data ? event : eventData(whole).Event;
  if (event.EventReport === undefined && hiddenAttributes(all) > 0)
    throw new WorkflowError('action.noReports');
}

/** Targets by event, in the order in which the events are met first. */
export function byEvent<T>(targets: readonly Target<T>[]): { event: Ref; targets: Target<T>[] }[] {
  const groups = new Map<string, { event: Ref; targets: Target<T>[] }>();
  for (const target of targets) {
    const key = keyOf(target.event);
    const group = groups.get(key);
    if (group) group.targets.push(target);
    else groups.set(key, { event: target.event, targets: [target] });
  }
  return [...groups.values()];
}

function targetsIn<T extends Identified>(items: readonly T[], data: unknown): Target<T>[] {
  const own = isRecord(data) && isRecord(data.Event) ? refOf(data.Event) : {};
  const seen = new Set<string>();
  const targets: Target<T>[] = [];
  for (const item of items) {
    const ref = refOf(item);
    if (seen.has(keyOf(ref))) continue;
    seen.add(keyOf(ref));
    const eventId = textOf(item.event_id);
    const event = eventId === '' || eventId === own.id ? own : { id: eventId };
    targets.push({ item, ref, event });
  }
  return targets;
}

/** An id is enough to tell things apart; without one the uuid does it. */
function keyOf({ id, uuid }: Ref): string {
  return id ? `#${id}` : uuidKey(uuid);
}

/** What tags, objects, reports, proposals, sightings and events have, and attributes have not. */
const NOT_OF_ATTRIBUTES = ['name', 'old_id', 'attribute_id', 'info'];

/** A filter may also leave tags, objects or the event itself, whose ids are not those of attributes. */
function isAttribute(item: unknown): item is MispAttribute {
  if (!isRecord(item) || !isNamed(item) || !('event_id' in item || 'value' in item)) return false;
  return !NOT_OF_ATTRIBUTES.some((name) => name in item);
}

function isReport(item: unknown): item is MispEventReport {
  return isRecord(item) && 'content' in item && isNamed(item);
}

function isNamed(item: Identified): boolean {
  const { id, uuid } = refOf(item);
  return id !== undefined || uuid !== undefined;
}
