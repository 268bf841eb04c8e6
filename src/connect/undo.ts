import type { SetUpOperation } from '../actions/set-up';
import { drawnIn, workflowOf } from './kept-steps';

/**
 * The plan that takes back what was done, the last step first. A tag that was made stays: it may be on events.
 * @param done the steps that changed something
 */
export function undoOf(done: readonly SetUpOperation[]): SetUpOperation[] {
  const created = new Set(done.flatMap((step) => (step.do === 'create-workflow' ? [workflowOf(step)] : [])));
  return done.toReversed().flatMap((step) => inverseOf(step, created, done));
}

function inverseOf(
  step: SetUpOperation,
  created: ReadonlySet<string>,
  done: readonly SetUpOperation[],
): SetUpOperation[] {
  switch (step.do) {
    case 'set-setting':
      return [{ ...step, value: step.was, was: step.value }];
    case 'switch-module':
      return [{ ...step, on: !step.on }];
    case 'draw-workflow':
      // One that was made for it is taken away as a whole.
      if (created.has(workflowOf(step)) || !step.was) return [];
      return [{ ...step, graph: step.was, was: step.graph }];
    case 'create-workflow':
      return [{ ...step, do: 'delete-workflow', graph: drawnIn(done, workflowOf(step)) }];
    default:
      return [];
  }
}
