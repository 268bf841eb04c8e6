/**
 * What was done in MISP, done to the message's data as well, so that the nodes behind an action see it. Things
 * are changed in place: the flattened list and filtered views share them.
 */
import type { OperationResult } from '../actions/plan';
import type { DoneOf } from '../actions/reflect-tags';
import { tagKey } from '../actions/tag-state';
import type { MispEvent } from '../event/core';
import { EventDataError } from '../event/errors';
import { eventHolder } from '../event/event-data';
import { uuidKey } from '../event/same';
import { changesMisp, operationEntry } from './operations';

/**
 * Only what did not fail; a rehearsal counts as done. Other data than an event is left alone.
 * @param whole the data without the flow's filters: what they hide is changed as well
 */
export function reflect(data: unknown, results: readonly OperationResult[], whole: unknown = data): void {
  const events = [...new Set([data, whole].flatMap(eventIn))];
  for (const result of results) {
    const { operation, state } = result;
    if (state === 'failed' || state === 'unknown' || !changesMisp(operation)) continue;
    operationEntry(operation).reflect(events, operation, result, doneBy(result));
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
