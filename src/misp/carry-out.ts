import type { CarryOut, Control, MispOperation, OperationResult, Plan, Ref } from '../actions/plan';
import { text } from '../text';
import { attachTags } from './carry-out/attach-tags';
import { failed, keyOf, nameOf, wordsOf, type Context, type Outcome } from './carry-out/context';
import { detachTags } from './carry-out/detach-tags';
import { editAttributes } from './carry-out/edit-attributes';
import { editEvent } from './carry-out/edit-event';
import { blockEvent, decideProposal, restCall } from './carry-out/others';
import { publishEvent, unpublishEvent } from './carry-out/publish';
import { addSightings } from './carry-out/sightings';
import { extendWarninglist } from './carry-out/warninglist';
import type { MispClient } from './client';

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
    const waiting = lanes.values();
    const worker = async () => {
      for (const lane of waiting) {
        for (const index of lane) {
          const advance = count(sizeOf(plan[index]));
          const context: Context = { client, signal: control.signal, parallel, advance };
          results[index] = { operation: plan[index], ...(await carryOutOne(context, plan[index])) };
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
  // What a call of the user's own does is not known: then all is done in order.
  const inOrder = plan.some((operation) => operation.do === 'rest-call');
  const lanes = new Map<string, number[]>();
  plan.forEach((operation, index) => {
    const key = inOrder ? '' : laneOf(operation);
    const lane = lanes.get(key);
    if (lane) lane.push(index);
    else lanes.set(key, [index]);
  });
  return [...lanes.values()];
}

function laneOf(operation: MispOperation): string {
  return 'event' in operation ? `event ${keyOf(operation.event) ?? ''}` : 'others';
}

async function carryOutOne(context: Context, operation: MispOperation): Promise<Outcome> {
  if (context.signal.aborted) return failed(text('carryOut.stopped'));
  try {
    return withDone(operation, await perform(context, operation));
  } catch (error) {
    return failed(wordsOf(error));
  }
}

/** Names what was done of an operation that some items failed of. */
function withDone(operation: MispOperation, outcome: Outcome): Outcome {
  const { state, failures = [] } = outcome;
  if (state !== 'partial' || failures.some(({ item }) => item === undefined)) return outcome;
  const failed = new Set(failures.map(({ item }) => item));
  const done = itemsOf(operation).filter((item) => !failed.has(item));
  return done.length > 0 ? { ...outcome, done } : outcome;
}

function itemsOf(operation: MispOperation): string[] {
  const items: readonly Ref[] =
    operation.do === 'edit-attributes'
      ? operation.changes.map(({ item }) => item)
      : 'items' in operation
        ? (operation.items ?? [])
        : [];
  if (operation.do === 'add-sightings' && operation.values) return [...new Set(operation.values)];
  return items.flatMap((item) => nameOf(item) ?? []);
}

function perform(context: Context, operation: MispOperation): Promise<Outcome> {
  switch (operation.do) {
    case 'attach-tags':
      return attachTags(context, operation);
    case 'detach-tags':
      return detachTags(context, operation);
    case 'edit-attributes':
      return editAttributes(context, operation);
    case 'edit-event':
      return editEvent(context, operation);
    case 'publish':
      return publishEvent(context, operation);
    case 'unpublish':
      return unpublishEvent(context, operation);
    case 'accept-proposal':
    case 'discard-proposal':
      return decideProposal(context, operation);
    case 'add-sightings':
      return addSightings(context, operation);
    case 'block-event':
      return blockEvent(context, operation);
    case 'extend-warninglist':
      return extendWarninglist(context, operation);
    case 'rest-call':
      return restCall(context, operation);
  }
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
  if (operation.do === 'edit-attributes') return operation.changes.length;
  if (operation.do === 'add-sightings') return (operation.items?.length ?? 0) + (operation.values ? 1 : 0);
  return 'items' in operation ? Math.max(1, operation.items.length) : 1;
}
