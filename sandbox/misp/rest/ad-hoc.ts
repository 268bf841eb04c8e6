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

/**
 * `events/runWorkflow/<event>`, what MISP's page of an event calls: it says whether a workflow failed, and that all is saved.
 * Variables are as in the page's form of MISP 2.5.37 and newer; what MISP does with them was not measured.
 */
export async function runOnEvent(
  { args: [id = ''], method, body, url, user }: RestRequest,
  misp: StandIn,
): Promise<RestAnswer> {
  if (user.keyOf) return deny(NO_PERMISSION, url);
  if (!isSince(misp.version, '2.5.2')) return notFound('Not Found', url);
  if (method !== 'POST') return problem(500, BROKEN, url);
  if (!misp.event(id)) return notFound('Invalid event', url);
  const { environment_variables: given, ...chosen } =
    isRecord(body) && isRecord(body.Event) ? body.Event : {};
  const rows = Object.keys(chosen).map((key) => misp.workflowStore.find(key));
  if (rows.some((row) => !row || !isAdHoc(row))) return problem(405, 'Can only run a Ad-Hoc Workflow', url);
  const env = typeof given === 'string' ? { _env: JSON.parse(given) as unknown } : {};
  let ran = 0;
  for (const row of rows) {
    const outcomes = row && (await runAdHoc(misp, row, { eventid: [id], ...env }));
    if (outcomes?.at(-1) === 'success') ran += 1;
  }
  const isWell = ran > 0 && ran === rows.length;
  const message = isWell
    ? `Successfully ran ${ran} Workflows on Event ${id}`
    : 'Error(s) while running Workflow(s): ';
  return { status: 200, body: { saved: true, success: true, name: message, message, url, id } };
}
