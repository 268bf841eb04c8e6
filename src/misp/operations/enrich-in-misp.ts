import type { EnrichInMisp } from '../../actions/enrich-in-misp';
import { WorkflowError } from '../../text';
import {
  callOptions,
  forEach,
  mispKey,
  nameOf,
  outcomeOf,
  type Context,
  type Outcome,
} from '../carry-out/context';
import { eventKey } from '../carry-out/lookups';
import { ITEMS, laneOfEvent, NOT_IN_DATA, type OperationEntry } from './entry';

export const enrichInMisp: OperationEntry<EnrichInMisp> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: laneOfEvent,
  ...ITEMS,
  permission: 'perm_add',
};

/**
 * Puts a job into MISP's queue for each attribute (`attributes/enrich`): what comes of it cannot be told here. Where MISP
 * does not know that call, it enriches the whole event (`events/enrichEvent`).
 */
async function carryOut(context: Context, operation: EnrichInMisp): Promise<Outcome> {
  const { items, modules } = operation;
  const chosen = Object.fromEntries(modules.map((name) => [name, true]));
  let unknownCall = false;
  const failures = await forEach(context, items, nameOf, async (item) => {
    if (unknownCall) return;
    const path = `/attributes/enrich/${encodeURIComponent(mispKey(item) ?? '')}`;
    try {
      await context.client.post(path, chosen, callOptions(context));
    } catch (error) {
      if (!isNoCall(error)) throw error;
      unknownCall = true;
    }
  });
  if (unknownCall) {
    await enrichEvent(context, await eventKey(context, operation.event, items), chosen);
    return { state: 'unknown' };
  }
  const outcome = outcomeOf(items.length, items.length, failures);
  return outcome.state === 'done' ? { state: 'unknown' } : outcome;
}

/** Its answer is a failure although it has worked: MISP has no view for it. */
async function enrichEvent(context: Context, key: string, chosen: object): Promise<void> {
  try {
    await context.client.post(`/events/enrichEvent/${encodeURIComponent(key)}`, chosen, callOptions(context));
  } catch (error) {
    if (!(error instanceof WorkflowError) || !/\b500\b/.test(error.message)) throw error;
  }
}

/** MISP says that there is no such action, not that there is no such attribute. */
function isNoCall(error: unknown): boolean {
  return error instanceof WorkflowError && /Action .*not|not.* action|Missing ?Action/i.test(error.message);
}
