import type { BlockEvent } from '../../actions/plan';
import { text } from '../../text';
import { callOptions, done, failed, type Context, type Outcome } from '../carry-out/context';
import { addEventBlocklist, eventBlocklists } from '../event-blocklists';
import { NOT_IN_DATA, ONE_THING, OTHERS, type OperationEntry } from './entry';

export const blockEvent: OperationEntry<BlockEvent> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => OTHERS,
  ...ONE_THING,
  permission: 'perm_add',
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Puts an event on the blocklist. One that is there already is unchanged. */
async function carryOut(context: Context, operation: BlockEvent): Promise<Outcome> {
  const { uuid, info, org, comment } = operation;
  if (!UUID.test(uuid)) return failed(text('carryOut.noUuid', { uuid }));
  const words = { comment, event_info: info, event_orgc: org };
  const { successes } = await addEventBlocklist(context.client, [uuid], words, callOptions(context));
  context.advance(1);
  if (successes.length > 0) return done();
  const there = (await eventBlocklists(context.client, context.signal)).has(uuid.toLowerCase());
  return there ? { state: 'unchanged' } : failed(text('carryOut.notBlocked', { uuid }));
}
