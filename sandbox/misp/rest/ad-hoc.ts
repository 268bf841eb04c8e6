import { isRecord } from '../../../src/event/values';
import type { StandIn } from '../stand-in';
import { isSince } from '../version';
import { adHocParams, isAdHoc, runAdHoc } from '../workflows/ad-hoc';
import { describe } from '../workflows/triggers';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { described } from './described-workflow';
import { NO_PERMISSION } from './permissions';
import type { RestRequest } from './router';
import { BROKEN } from './workflow-pages';

/**
 * Ad hoc workflows over REST, as recorded with MISP 2.4.204, the twin of 2.5.6 (`adhoc` among the recordings). One whose
 * filters are no JSON breaks the whole list.
 */
export function adHocIndex({ url, user }: RestRequest, misp: StandIn): RestAnswer {
  if (user.keyOf) return deny(NO_PERMISSION, url);
  if (!isSince(misp.version, '2.5.2')) return notFound('Not Found', url);
  const rows = misp.workflowStore.rows.filter(isAdHoc);
  if (rows.some((row) => adHocParams(row)?.filters === 'broken')) return problem(500, BROKEN, url);
  const body = rows.map((row) => {
    const disabled = !misp.workflowStore.isTriggerOn(row.trigger_id);
    return { ...describe(row.trigger_id), disabled, Workflow: described(misp, row) };
  });
  return { status: 200, body };
}

/** `workflows/executeWorkflow/<id>`: of several events the answer tells the outcome of the last. */
export async function executeWorkflow(
  { args: [id], body, url, user }: RestRequest,
  misp: StandIn,
): Promise<RestAnswer> {
  if (user.keyOf) return deny(NO_PERMISSION, url);
  if (!isSince(misp.version, '2.5.2')) return notFound('Not Found', url);
  const row = misp.workflowStore.find(id);
  if (!row) return notFound('Invalid workflow', url);
  const given = isRecord(body) && isRecord(body.Workflow) ? body.Workflow.data : undefined;
  if (given !== undefined && typeof given !== 'string') return problem(500, BROKEN, url);
  let data: unknown;
  try {
    data = JSON.parse(given ?? '{}');
  } catch {
    return { status: 200, body: { success: false, outcome: 'Invalid JSON' } };
  }
  if (!isRecord(data) && !Array.isArray(data)) return problem(500, BROKEN, url);
  const outcomes = await runAdHoc(misp, row, isRecord(data) ? data : {});
  if (!outcomes) return problem(500, BROKEN, url);
  const outcome = outcomes.at(-1) ?? null;
  return { status: 200, body: { success: outcome === 'success', outcome } };
}
