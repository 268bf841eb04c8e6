import type { BlockEvent, DecideProposal, RestCall } from '../../actions/plan';
import { isEntries, isRecord } from '../../event/values';
import { text, WorkflowError } from '../../text';
import { invalid } from '../validation';
import type { Expected } from '../expected';
import { addEventBlocklist, eventBlocklists } from '../event-blocklists';
import { acceptAttributeProposal, discardAttributeProposal, isProposalOpen } from '../proposals';
import { callOptions, done, failed, keyOf, nameOf, wordsOf, type Context, type Outcome } from './context';

/** Accepts or discards a proposal. MISP says "accepted" even if a workflow has stopped it, so it is looked at again. */
export async function decideProposal(context: Context, operation: DecideProposal): Promise<Outcome> {
  const { client, signal } = context;
  const key = keyOf(operation.proposal);
  if (key === undefined) throw new WorkflowError('carryOut.noProposal');
  const options = callOptions(context);
  if (operation.do === 'discard-proposal') await discardAttributeProposal(client, key, options);
  else await acceptAttributeProposal(client, key, options);
  context.advance(1);
  if (operation.do === 'discard-proposal' || !(await stillOpen())) return done();
  const problem = text('carryOut.proposalStays');
  return { state: 'failed', failures: [{ item: nameOf(operation.proposal), problem }] };

  async function stillOpen(): Promise<boolean> {
    try {
      return await isProposalOpen(client, key ?? '', signal);
    } catch (error) {
      if (error instanceof WorkflowError && error.key === 'misp.notFound') return false;
      throw new WorkflowError('misp.unknownOutcome', { problem: wordsOf(error) });
    }
  }
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Puts an event on the blocklist. One that is there already is unchanged. */
export async function blockEvent(context: Context, operation: BlockEvent): Promise<Outcome> {
  const { uuid, info, org, comment } = operation;
  if (!UUID.test(uuid)) return failed(text('carryOut.noUuid', { uuid }));
  const words = { comment, event_info: info, event_orgc: org };
  const { successes } = await addEventBlocklist(context.client, [uuid], words, callOptions(context));
  context.advance(1);
  if (successes.length > 0) return done();
  const there = (await eventBlocklists(context.client, context.signal)).has(uuid.toLowerCase());
  return there ? { state: 'unchanged' } : failed(text('carryOut.notBlocked', { uuid }));
}

/** What any change is answered with: nothing and `false` do not say that it was done. */
const ANY_WORD: Expected<unknown> = {
  what: text('expected.saved'),
  read: (data) => (isEntries(data) && Object.keys(data).length > 0 ? data : undefined),
};

/** Any other call. It is never repeated: nobody knows what it does. */
export async function restCall(context: Context, operation: RestCall): Promise<Outcome> {
  const { method, path, body } = operation;
  const options = { signal: context.signal, expect: ANY_WORD };
  const { data } = await context.client.call<unknown>(method, path, body, options);
  context.advance(1);
  if (isRecord(data) && data.saved === false) {
    const { message, errors = 'saved: false' } = data;
    const problem = invalid(typeof message === 'string' ? message : path, errors).said;
    return { ...failed(problem), answer: data };
  }
  return done(data);
}
