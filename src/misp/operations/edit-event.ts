import { isSame, takeOff } from '../../actions/event-things';
import type { EditEvent, EventFields } from '../../actions/plan';
import { isSet } from '../../event/flags';
import { textOf } from '../../event/values';
import { text, WorkflowError } from '../../text';
import { updateEvent, type EventHead } from '../events';
import { callOptions, done, failed, mispKey, type Context, type Outcome } from '../carry-out/context';
import { TAKEN_OFF } from '../carry-out/edit-items';
import { eventHead } from '../carry-out/lookups';
import { inEach, laneOfEvent, ONE_THING, type OperationEntry } from './entry';

export const editEvent: OperationEntry<EditEvent> = {
  carryOut,
  reflect: inEach((event, { event: ref, fields, freeze }, { state }) => {
    if (!isSame(event, ref)) return;
    Object.assign(event, fields);
    // In part: MISP has saved it, and not published it again.
    if (!freeze || state === 'partial') takeOff(event);
  }),
  lane: laneOfEvent,
  ...ONE_THING,
  permission: 'perm_add',
};

/**
 * Changes fields of an event. MISP takes it off publication by that. With `freeze` a published event stays published:
 * over REST MISP then publishes it again. Its timestamp is renewed in any case: REST offers no way to keep it.
 */
async function carryOut(context: Context, operation: EditEvent): Promise<Outcome> {
  const { event, fields, freeze } = operation;
  const key = mispKey(event);
  if (key === undefined) throw new WorkflowError('carryOut.noEvent');
  const before = freeze ? await eventHead(context, event) : undefined;
  if (before && hasAlready(before, fields)) {
    context.advance(1);
    return { state: 'unchanged' };
  }
  const published = before?.published === true;
  const answer = await updateEvent(
    context.client,
    key,
    { ...fields, ...(published ? { published: true } : {}) },
    // Publishing mails: that is not to happen twice.
    { ...callOptions(context), repeatable: !published },
  );
  context.advance(1);
  context.saved('event', answer, [...Object.keys(fields), ...TAKEN_OFF]);
  if (published && !isSet(answer.published)) {
    return { state: 'partial', failures: [{ problem: text('carryOut.unpublished') }] };
  }
  const left = Object.entries(fields).filter(([name, value]) => !isShown(answer[name], String(value)));
  if (left.length === 0) return done();
  const names = left.map(([name]) => name).join(', ');
  return failed(text('carryOut.fieldsNotChanged', { fields: names }));
}

/** Whether the event in MISP's answer has the value, if it tells. */
function isShown(now: unknown, wanted: string): boolean {
  return (
    now === undefined || now === null || textOf(now).trim().toLowerCase() === wanted.trim().toLowerCase()
  );
}

/** Whether the event has these values; then saving it would do nothing but harm to its published state. */
function hasAlready({ fields: now }: EventHead, fields: EventFields): boolean {
  return Object.entries(fields).every(
    ([name, value]) =>
      textOf(now[name]) === String(value) || (name === 'sharing_group_id' && fields.distribution !== '4'),
  );
}
