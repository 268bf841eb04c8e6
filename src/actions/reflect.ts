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
import { changeTags } from './reflect-tags';

/**
 * Only what did not fail; a rehearsal counts as done. Other data than an event is left alone.
 * @param whole the data without the flow's filters: what they hide is changed as well
 */
export function reflect(data: unknown, results: readonly OperationResult[], whole: unknown = data): void {
  const events = [...new Set([data, whole].flatMap(eventIn))];
  for (const result of results) {
    const { operation, state, failures = [] } = result;
    if (state === 'failed' || state === 'unknown') continue;
    // Which of several tags is not there cannot be told: none is shown, then.
    const isUnclear = operation.do.endsWith('-tags') && failures.some(({ item }) => item === undefined);
    if (isUnclear) continue;
    const failed = new Set(failures.flatMap(({ item }) => (item === undefined ? [] : uuidKey(item))));
    const isDone: IsDone = ({ id = '', uuid = '' }) => !failed.has(id) && !failed.has(uuidKey(uuid));
    for (const event of events) reflectOne(event, result, isDone);
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

type IsDone = (ref: Ref) => boolean;

function reflectOne(event: MispEvent, result: OperationResult, isDone: IsDone): void {
  const { operation } = result;
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags':
      return changeTags(event, operation, result, isDone);
    case 'edit-attributes':
      return editAttributes(event, operation, isDone);
    case 'edit-event':
      return editEvent(event, operation);
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

function editAttributes(event: MispEvent, { changes }: EditAttributes, isDone: IsDone): void {
  const fields = new Map<Ref, AttributeFields>(changes.map(({ item, fields: own }) => [item, own]));
  for (const [attribute, ref] of find(attributesIn(event), [...fields.keys()])) {
    if (!isDone(ref)) continue;
    Object.assign(attribute, fields.get(ref));
    // MISP sets a new one, which is not known here; its own modules take it out as well.
    delete attribute.timestamp;
    takeOff(event);
  }
}

function editEvent(event: MispEvent, { event: ref, fields, freeze }: EditEvent): void {
  if (!isSame(event, ref)) return;
  Object.assign(event, fields);
  if (!freeze) takeOff(event);
}
