import type { RunWorkflow } from '../../actions/plan';
import { text } from '../../text';
import { done, failed, mispKey, type Context, type Outcome } from '../carry-out/context';
import { executeWorkflow, runOnEvent } from '../ad-hoc';
import { namesOf, NOT_IN_DATA, ONE_THING, WHOLE_PLAN, type OperationEntry } from './entry';

export const runWorkflow: OperationEntry<RunWorkflow> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => WHOLE_PLAN,
  ...ONE_THING,
  items: (operation) => namesOf(operation.on ? [operation.on] : []),
  permission: 'perm_site_admin',
};

/** Never repeated: nobody knows what its blocks have done. */
async function carryOut(context: Context, operation: RunWorkflow): Promise<Outcome> {
  const { workflow, name, input, on, asPage } = operation;
  const { client, signal } = context;
  const event = on && asPage && mispKey(on);
  const answer = event
    ? await runOnEvent(client, workflow, event, asPage, signal)
    : await executeWorkflow(client, workflow, input, signal);
  context.advance(1);
  if (answer.success && answer.outcome === 'success') return done(answer);
  const problem =
    answer.outcome === ''
      ? text('runWorkflow.foundNothing', { name })
      : text('runWorkflow.outcome', { name, outcome: answer.outcome });
  return { ...failed(problem), answer };
}
