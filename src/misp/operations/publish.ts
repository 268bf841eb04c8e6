import { isSame } from '../../actions/event-things';
import type { PublishEvent, Ref, UnpublishEvent } from '../../actions/plan';
import type { MispEvent } from '../../event/core';
import { sleep } from '../../http/repeat';
import { text, WorkflowError, type Text } from '../../text';
import { MispValidationError, refuseUnsaved } from '../validation';
import * as events from '../events';
import { searchLogs } from '../logs';
import { callOptions, done, failed, mispKey, type Context, type Outcome } from '../carry-out/context';
import { eventHead } from '../carry-out/lookups';
import { inEach, laneOfEvent, ONE_THING, type OperationEntry } from './entry';

export const publish: OperationEntry<PublishEvent> = {
  carryOut: publishEvent,
  reflect: inEach((event, { event: ref }) => showPublished(event, ref, true)),
  lane: laneOfEvent,
  ...ONE_THING,
  permission: 'perm_publish',
};

export const unpublish: OperationEntry<UnpublishEvent> = {
  carryOut: unpublishEvent,
  reflect: inEach((event, { event: ref }) => showPublished(event, ref, false)),
  lane: laneOfEvent,
  ...ONE_THING,
  permission: 'perm_publish',
};

function showPublished(event: MispEvent, ref: Ref, published: boolean): void {
  if (isSame(event, ref)) event.published = published;
}

/** How long a background job is watched, in milliseconds, and how often. */
const WATCH_MS = [250, 500, 750, 1000, 1500, 2000];
/** Pushing an event to other servers takes its time. */
const EXTRA_MS = 60_000;

/**
 * Publishes an event, and reports what really came of it: MISP's answer and its job row say that all is well even if a
 * workflow has stopped it, so the event is looked at afterwards.
 */
async function publishEvent(context: Context, { event, mail, queued }: PublishEvent): Promise<Outcome> {
  const before = await eventHead(context, event);
  const lastLog = await lastLogOf(context, before.id);
  try {
    const options = { ...callOptions(context), extraMs: queued ? 0 : EXTRA_MS };
    refuseUnsaved(
      await events.publish(context.client, before.id, { mail, inline: !queued }, options),
      'events/publish',
    );
  } catch (error) {
    if (!isBlocked(error)) throw error;
    return failed(await reasonOf(context, before.id, lastLog));
  }
  const after = queued ? await watch(context, before, lastLog) : await eventHead(context, { id: before.id });
  context.advance(1);
  if (after === 'stopped' || (after && !queued && (await isUnchanged(before, after)))) {
    return failed(await reasonOf(context, before.id, lastLog));
  }
  if (after === undefined) return { state: 'unknown', answer: { queued: true, published: 'unknown' } };
  return done({ queued, published: true, publish_timestamp: after.publish_timestamp });

  /** It is not published, or it was before and a workflow has kept it from being published again. */
  async function isUnchanged(was: events.EventHead, now: events.EventHead): Promise<boolean> {
    if (!now.published) return true;
    const isOld = was.published && was.publish_timestamp === now.publish_timestamp;
    return isOld && (await stopRow(context, was.id, lastLog)) !== undefined;
  }
}

/** MISP's "Could not publish Event" with the errors of a module. */
function isBlocked(error: unknown): boolean {
  return error instanceof MispValidationError && error.what === 'Could not publish Event';
}

/** The event once it is published; `stopped` if a workflow has stopped it; nothing if that is not known in time. */
async function watch(
  context: Context,
  before: events.EventHead,
  lastLog: number,
): Promise<events.EventHead | 'stopped' | undefined> {
  for (const pause of WATCH_MS) {
    await sleep(pause, context.signal);
    if (context.signal.aborted) return undefined;
    const now = await eventHead(context, { id: before.id });
    const isNew = !before.published || now.publish_timestamp !== before.publish_timestamp;
    if (now.published && isNew) return now;
    if ((await stopRow(context, before.id, lastLog)) !== undefined) return 'stopped';
  }
  return undefined;
}

const STOPPED = 'Publishing stopped by a blocking workflow.';
/** MISP gives the oldest first. */
const MOST_ROWS = 1000;

/** The row in which MISP says that a workflow stopped it. Who is no admin cannot read it. */
async function stopRow({ client, signal }: Context, id: string, after: number) {
  try {
    const conditions = { model: 'Event', model_id: id, action: 'publish', limit: MOST_ROWS, page: 1 };
    const rows = await searchLogs(client, conditions, signal);
    return rows.find((row) => Number(row.id) > after && row.title === STOPPED);
  } catch {
    return undefined;
  }
}

async function lastLogOf({ client, signal }: Context, id: string): Promise<number> {
  try {
    const conditions = { model: 'Event', model_id: id, action: 'publish', limit: MOST_ROWS, page: 1 };
    return Math.max(0, ...(await searchLogs(client, conditions, signal)).map((row) => Number(row.id)));
  } catch {
    return 0;
  }
}

async function reasonOf(context: Context, id: string, after: number): Promise<Text> {
  const row = await stopRow(context, id, after);
  const reason = row?.change.replace(/^Returned message: /, '');
  return reason ? text('carryOut.publishStopped', { reason }) : text('carryOut.notPublished');
}

/** Takes an event off publication. */
async function unpublishEvent(context: Context, { event }: UnpublishEvent): Promise<Outcome> {
  const key = mispKey(event);
  if (key === undefined) throw new WorkflowError('carryOut.noEvent');
  refuseUnsaved(await events.unpublish(context.client, key, callOptions(context)), 'events/unpublish');
  context.advance(1);
  return done();
}
