import type { CarryOut, Control, MispOperation, OperationResult, Plan } from '../actions/plan';
import { text } from '../text';
import { failed, wordsOf, type Context, type Outcome } from './carry-out/context';
import { awayOf } from './away';
import type { MispClient } from './client';
import { operationEntry } from './operations';
import { WHOLE_PLAN, type Lane } from './operations/entry';

/** Events that are changed at the same time. */
const PARALLEL = 4;

/**
 * Carries out plans on one MISP, with the fewest calls. What concerns one event is done in the plan's order, different
 * events side by side, four at a time. An operation that fails does not keep the others from being done; what has not
 * begun when the flow stops is not begun.
 */
export function carryOutOn(client: MispClient): CarryOut<MispOperation> {
  return async (plan, control) => {
    const results: OperationResult[] = new Array(plan.length) as OperationResult[];
    const lanes = lanesOf(plan);
    const count = counter(plan, control);
    const parallel = lanes.length > 1 ? 1 : PARALLEL;
    const { signal, saved = () => undefined } = control;
    const waiting = lanes.values();
    const worker = async () => {
      for (const lane of waiting) {
        for (const index of lane) {
          const operation = plan[index];
          const advance = count(sizeOf(operation));
          const { permission } = operationEntry(operation);
          const context: Context = { client, signal, parallel, permission, advance, saved };
          results[index] = { operation, ...withAway(await carryOutOne(context, operation)) };
          advance(Infinity);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, lanes.length) }, worker));
    return results;
  };
}

/** Operations that must be done one after the other, by their places in the plan. */
function lanesOf(plan: Plan<MispOperation>): number[][] {
  const keys = plan.map((operation) => operationEntry(operation).lane(operation));
  if (keys.includes(WHOLE_PLAN)) return [[...keys.keys()]];
  const lanes = new Map<Lane, number[]>();
  keys.forEach((key, index) => {
    const lane = lanes.get(key);
    if (lane) lane.push(index);
    else lanes.set(key, [index]);
  });
  return [...lanes.values()];
}

async function carryOutOne(context: Context, operation: MispOperation): Promise<Outcome> {
  if (context.signal.aborted) return failed(text('carryOut.stopped'));
  try {
    return withDone(operation, await operationEntry(operation).carryOut(context, operation));
  } catch (error) {
    return failed(wordsOf(error));
  }
}

/** Says of what failed whether MISP was away. */
function withAway(outcome: Outcome): Outcome {
  if (!outcome.failures) return outcome;
  const failures = outcome.failures.map((failure) => {
    const away = awayOf(failure.problem);
    return away ? { ...failure, away } : failure;
  });
  return { ...outcome, failures };
}

/** Names what was done of an operation that some items failed of. */
function withDone(operation: MispOperation, outcome: Outcome): Outcome {
  const { state, failures = [] } = outcome;
  if (state !== 'partial' || failures.some(({ item }) => item === undefined)) return outcome;
  const failed = new Set(failures.map(({ item }) => item));
  const done = operationEntry(operation)
    .items(operation)
    .filter((item) => !failed.has(item));
  return done.length > 0 ? { ...outcome, done } : outcome;
}

/** Tells of progress in items of the whole plan; each operation counts for as much as its size. */
function counter(plan: Plan<MispOperation>, control: Control): (size: number) => Context['advance'] {
  const total = plan.reduce((sum, operation) => sum + sizeOf(operation), 0);
  let done = 0;
  return (size) => {
    let own = 0;
    return (items) => {
      const more = Math.min(items, size - own);
      if (more <= 0) return;
      own += more;
      done += more;
      control.progress(done, total);
    };
  };
}

function sizeOf(operation: MispOperation): number {
  return operationEntry(operation).size(operation);
}
