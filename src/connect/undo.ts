import type { SetUpOperation } from '../actions/set-up';

/**
 * The plan that takes back what was done, the last step first. A tag that was made stays: it may be on events.
 * @param done the steps that changed something
 */
export function undoOf(done: readonly SetUpOperation[]): SetUpOperation[] {
  const created = new Set(done.flatMap((step) => (step.do === 'create-workflow' ? [step.trigger] : [])));
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
      if (created.has(step.trigger) || !step.was) return [];
      return [{ ...step, graph: step.was, was: step.graph }];
    case 'create-workflow':
      return [{ do: 'delete-workflow', trigger: step.trigger, graph: drawnIn(done, step.trigger) }];
    default:
      return [];
  }
}

function drawnIn(done: readonly SetUpOperation[], trigger: string) {
  const drawn = done.find((step) => step.do === 'draw-workflow' && step.trigger === trigger);
  return drawn?.do === 'draw-workflow' ? drawn.graph : {};
}
