import type { SetUpOperation } from '../actions/set-up';
import { carryOutOn } from '../misp/carry-out';
import type { MispClient } from '../misp/client';
import type { Said } from '../text';

/** What became of a step. */
export interface StepOutcome {
  step: SetUpOperation;
  /** `unchanged`: MISP was so already. `left`: one before it failed, or it was stopped. */
  state: 'done' | 'unchanged' | 'failed' | 'left';
  problem?: Said;
}

/**
 * Carries out the steps one after the other, and ends with the first that fails: what follows relies on it.
 * @param told how many steps have ended
 */
export async function carryOutSteps(
  client: MispClient,
  steps: readonly SetUpOperation[],
  { signal, told = () => undefined }: { signal: AbortSignal; told?: (outcomes: StepOutcome[]) => void },
): Promise<StepOutcome[]> {
  const carryOut = carryOutOn(client);
  const outcomes = steps.map((step): StepOutcome => ({ step, state: 'left' }));
  for (const [index, step] of steps.entries()) {
    if (signal.aborted) break;
    const [result] = await carryOut([step], { signal, progress: () => undefined });
    const isDone = result.state === 'done' || result.state === 'unchanged';
    const problem = result.failures?.[0]?.problem;
    const state = isDone ? (result.state as 'done' | 'unchanged') : 'failed';
    outcomes[index] = { step, state, ...(problem === undefined ? {} : { problem }) };
    told(outcomes);
    if (!isDone) break;
  }
  return outcomes;
}

/** The steps that changed something, for the way back. One of which it is not known may have. */
export function changedBy(outcomes: readonly StepOutcome[]): SetUpOperation[] {
  return outcomes.filter(({ state }) => state === 'done' || state === 'failed').map(({ step }) => step);
}
