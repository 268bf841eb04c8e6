/**
 * What was done in MISP, done to the message's data as well, so that the nodes behind an action see it. Things
 * are changed in place: the flattened list and filtered views share them.
 */
import type { MispEvent } from '../event/core';
import { EventDataError } from '../event/errors';
import { eventHolder } from '../event/event-data';
import { uuidKey } from '../event/same';
import { attributesIn, find, isSame, takeOff } from './event-things';
import type { AttributeFields, EditAttributes, EditEvent, OperationResult, Ref } from './plan';
import { addProposed, takeDecided } from './reflect-proposal';
import { changeTags, type DoneOf } from './reflect-tags';
import { tagKey } from './tag-state';

/**
 * Only what did not fail; a rehearsal counts as done. Other data than an event is left alone.
 * @param whole the data without the flow's filters: what they hide is changed as well
 */
export function reflect(data: unknown, results: readonly OperationResult[], whole: unknown = data): void {
  const events = [...new Set([data, whole].flatMap(eventIn))];
  for (const result of results) {
    const { operation, state } = result;
    if (state === 'failed' || state === 'unknown') continue;
    const done = doneBy(result);
    for (const event of events) reflectOne(event, result, done);
    if (operation.do === 'accept-proposal') addProposed(events, operation);
  }
}

function eventIn(data: unknown): MispEvent[] {
  try {
    return [eventHolder(data).Event];
  } catch (error) {
    if (error instanceof EventDataError) return [];
    throw error;
  }
}

/** Which of some names have not failed for a thing, or for all. */
function doneBy({ failures = [] }: OperationResult): DoneOf {
  const byItem = new Map<string, OperationFailure[]>();
  for (const failure of failures) {
    const key = failure.item === undefined ? ALL : uuidKey(failure.item);
    byItem.set(key, [...(byItem.get(key) ?? []), failure]);
  }
  return ({ id = '', uuid = '' }, names) => {
    const own = [ALL, id, uuidKey(uuid)].flatMap((key) => byItem.get(key) ?? []);
    if (own.some(({ tags }) => tags === undefined)) return [];
    const failed = new Set(own.flatMap(({ tags = [] }) => tags.map(tagKey)));
    return names.filter((name) => !failed.has(tagKey(name)));
  };
}

const ALL = '*';
type OperationFailure = NonNullable<OperationResult['failures']>[number];

function reflectOne(event: MispEvent, result: OperationResult, done: DoneOf): void {
  const { operation } = result;
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags':
      return changeTags(event, operation, result, done);
    case 'edit-attributes':
      return editAttributes(event, operation, done);
    case 'edit-event':
      return editEvent(event, operation, result);
    case 'accept-proposal':
    case 'discard-proposal':
      return takeDecided(event, operation);
    case 'publish':
    case 'unpublish':
      if (isSame(event, operation.event)) event.published = operation.do === 'publish';
      return;
    default:
  }
}

/** All that an operation does with a thing. */
const WHOLE = ['all'];

function editAttributes(event: MispEvent, { changes }: EditAttributes, done: DoneOf): void {
  const fields = new Map<Ref, AttributeFields>(changes.map(({ item, fields: own }) => [item, own]));
  for (const [attribute, ref] of find(attributesIn(event), [...fields.keys()])) {
    if (done(ref, WHOLE).length === 0) continue;
    Object.assign(attribute, fields.get(ref));
    // MISP sets a new one, which is not known here; its own modules take it out as well.
    delete attribute.timestamp;
    takeOff(event);
  }
}

function editEvent(
  event: MispEvent,
  { event: ref, fields, freeze }: EditEvent,
  { state }: OperationResult,
): void {
  if (!isSame(event, ref)) return;
  Object.assign(event, fields);
  // In part: MISP has saved it, and not published it again.
  if (!freeze || state === 'partial') takeOff(event);
}
