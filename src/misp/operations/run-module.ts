import type { RunModule } from '../../actions/plan';
import { done, type Context, type Outcome } from '../carry-out/context';
import { runModule as run } from '../workflow-modules';
import { NOT_IN_DATA, ONE_THING, WHOLE_PLAN, type OperationEntry } from './entry';

export const runModule: OperationEntry<RunModule> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => WHOLE_PLAN,
  ...ONE_THING,
  permission: 'perm_site_admin',
};

/** A logic module that says no is no failure; a module that says why not is. */
async function carryOut({ client, signal }: Context, operation: RunModule): Promise<Outcome> {
  const answer = await run(client, operation, signal);
  if (answer.success || answer.errors.length === 0) return done(answer);
  return { state: 'failed', answer, failures: answer.errors.map((problem) => ({ problem })) };
}
