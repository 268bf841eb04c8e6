import type { DecideProposal } from '../../actions/plan';
import { addProposed, takeDecided } from '../../actions/reflect-proposal';
import { text, WorkflowError } from '../../text';
import { acceptAttributeProposal, discardAttributeProposal, isProposalOpen } from '../proposals';
import {
  callOptions,
  done,
  mispKey,
  nameOf,
  wordsOf,
  type Context,
  type Outcome,
} from '../carry-out/context';
import { inEach, ONE_THING, OTHERS, type OperationEntry } from './entry';

export const discardProposal: OperationEntry<DecideProposal> = {
  carryOut,
  reflect: inEach(takeDecided),
  lane: () => OTHERS,
  ...ONE_THING,
  permission: 'perm_add',
};

export const acceptProposal: OperationEntry<DecideProposal> = {
  ...discardProposal,
  reflect(events, operation) {
    for (const event of events) takeDecided(event, operation);
    addProposed(events, operation);
  },
};

/** Accepts or discards a proposal. MISP says "accepted" even if a workflow has stopped it, so it is looked at again. */
async function carryOut(context: Context, operation: DecideProposal): Promise<Outcome> {
  const { client, signal } = context;
  const key = mispKey(operation.proposal);
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
