import type { EnrichInMisp } from '../../actions/enrich-in-misp';
import type { Ref } from '../../actions/plan';
import { WorkflowError } from '../../text';
import { attributeHeads } from '../attributes';
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
import { saved } from '../expected';
import { ITEMS, laneOfEvent, NOT_IN_DATA, type OperationEntry } from './entry';

export const enrichInMisp: OperationEntry<EnrichInMisp> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: laneOfEvent,
  ...ITEMS,
  permission: 'perm_add',
};

/**
 * Puts a job into MISP's queue for each attribute (`attributes/enrich`): what comes of it cannot be told here. Before
 * 2.4.193 MISP does not know that call, and enriches whole events only (`events/enrichEvent`).
 */
async function carryOut(context: Context, operation: EnrichInMisp): Promise<Outcome> {
  const { items, modules } = operation;
  const chosen = Object.fromEntries(modules.map((name) => [name, true]));
  let isOld = false;
  const failures = await forEach(context, items, nameOf, async (item) => {
    if (isOld) return;
    const path = `/attributes/enrich/${encodeURIComponent(mispKey(item) ?? '')}`;
    try {
      const answer = await context.client.post(path, chosen, { ...callOptions(context), expect: saved() });
      if (!answer.saved) throw new WorkflowError('enrich.notTaken');
    } catch (error) {
      if (!isNoCall(error)) throw error;
      isOld = true;
    }
  });
  if (isOld) {
    await enrichEvent(context, operation, chosen);
    return { state: 'unknown' };
  }
  const outcome = outcomeOf(items.length, items.length, failures);
  return outcome.state === 'done' ? { state: 'unknown' } : outcome;
}

/** Its answer is a failure although it has worked: MISP has no view for it. */
async function enrichEvent(context: Context, { event, items }: EnrichInMisp, chosen: object): Promise<void> {
  const key = await eventKey(context, event, items);
  await refuseOthers(context, key, items);
  try {
    await context.client.post(`/events/enrichEvent/${encodeURIComponent(key)}`, chosen, callOptions(context));
  } catch (error) {
    const isDone =
      error instanceof WorkflowError && error.key === 'misp.refused' && error.params.status === 500;
    if (!isDone) throw error;
  }
}

/** What was left out, by a filter for example, must not get to the modules on that way. */
async function refuseOthers(context: Context, key: string, items: readonly Ref[]): Promise<void> {
  const { client, signal } = context;
  const meant = new Set(items.flatMap(({ id, uuid = '' }) => [id, uuid.toLowerCase()]));
  for await (const { id, uuid } of attributeHeads(client, { eventid: key }, signal)) {
    if (!meant.has(id) && !meant.has(uuid.toLowerCase())) throw new WorkflowError('enrich.wholeOnly');
  }
}

/** MISP says that there is no such action, not that there is no such attribute. */
function isNoCall(error: unknown): boolean {
  return (
    error instanceof WorkflowError && error.key === 'misp.notFound' && error.params.message === 'Not Found'
  );
}
