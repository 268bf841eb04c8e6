import type { AttachTags, OperationResult, Plan } from '../actions/plan';
import { uuidKey } from '../event/same';
import { isRecord, textOf } from '../event/values';
import { text, WorkflowError } from '../text';
import type { MispClient } from './client';
import { eventHeads } from './events';
import type { Json } from './expected';

/** The event that MISP asks about, by what it said of it. */
export interface AskedEvent {
  id: string;
  uuid: string;
}

/** What clearing an event takes. */
export interface Clearance {
  plan: Plan<AttachTags>;
  /** The event as MISP has it now, without its contents. */
  data: { Event: Json };
}

/** The event that MISP asks about. To be read before a flow has the data: that may put another event there. */
export function askedEvent(data: unknown): AskedEvent {
  const event = isRecord(data) && isRecord(data.Event) ? data.Event : {};
  return { id: textOf(event.id), uuid: textOf(event.uuid) };
}

/**
 * Looks at an event afresh, and plans the local tag that clears it. One that carries the tag gets it all the same: who
 * has set it may take it away.
 * @throws {WorkflowError} if MISP does not have the event any more, or has another one by that name
 */
export async function planClearance(
  client: MispClient,
  { id, uuid }: AskedEvent,
  tag: string,
  signal: AbortSignal,
): Promise<Clearance> {
  if (id === '' || uuid === '') throw new WorkflowError('clearance.noEvent');
  const head = (await eventHeads(client, [uuid], signal)).get(uuidKey(uuid));
  if (!head) throw new WorkflowError('misp.notFound', { message: text('misp.noEvent', { key: uuid }) });
  if (head.id !== id) {
    throw new WorkflowError('clearance.otherEvent', { url: client.url, uuid, id, found: head.id });
  }
  const event = { id, uuid: head.uuid };
  return {
    data: { Event: head.fields },
    plan: [{ do: 'attach-tags', scope: 'event', event, items: [], tags: [tag], local: true, create: true }],
  };
}

/** @throws {WorkflowError} if the tag is not known to be there */
export function refuseUncleared(tag: string, [{ state, failures }]: readonly OperationResult[]): void {
  if (state === 'done' || state === 'unchanged') return;
  throw new WorkflowError('clearance.notTagged', { tag, problem: failures?.[0]?.problem ?? state });
}
