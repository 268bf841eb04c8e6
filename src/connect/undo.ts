import type { SetUpOperation } from '../actions/set-up';

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

/** Which workflow a step is about. */
const workflowOf = ({ trigger, adHoc }: { trigger: string; adHoc?: string }): string => adHoc ?? trigger;

function drawnIn(done: readonly SetUpOperation[], workflow: string) {
  const drawn = done.find((step) => step.do === 'draw-workflow' && workflowOf(step) === workflow);
  return drawn?.do === 'draw-workflow' ? drawn.graph : {};
}
