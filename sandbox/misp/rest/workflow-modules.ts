import { ActionService } from '../service/action-service';
import { describeModule } from '../service/modules';
import type { StandIn } from '../stand-in';
import { ownModules } from '../workflows/newer-modules';
import { triggersOf } from '../workflows/triggers';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { described } from './described-workflow';
import { NO_PERMISSION } from './permissions';
import type { RestRequest } from './router';
import { runOnce } from './stateless';
import type { Answer } from './workflow-pages';

interface Row {
  id: string;
  name: string;
  module_type: string;
  blocking: boolean;
  is_misp_module: boolean;
  disabled: boolean;
}

/** MISP's own modules and those of the Action service. What is left out leaves a gap: then it is no list. */
export const moduleIndex: Answer = async ({ named }, misp) => {
  const { type = 'action', actiontype = 'all', enabled } = named;
  const rows = (await allModules(misp)).filter(({ module_type }) => type === 'all' || module_type === type);
  const kept = rows
    .map((row, index): [string, Row] => [String(index), row])
    .filter(([, row]) => actiontype !== 'blocking' || row.blocking)
    .filter(([, row]) => actiontype !== 'mispmodule' || row.is_misp_module)
    .filter(([, row]) => enabled === undefined || row.disabled !== (enabled === '1'));
  const isList = kept.every(([index], at) => index === String(at));
  return { status: 200, body: isList ? kept.map(([, row]) => row) : Object.fromEntries(kept) };
};

/** A module or a trigger; a module that cannot be loaded is none. */
export const moduleView: Answer = async ({ args: [id], url }, misp) => {
  const trigger = triggerRows(misp).find((one) => one.id === id);
  const listening_workflows = trigger?.Workflow ? [Number(trigger.Workflow.id)] : [];
  const row = trigger
    ? { ...trigger, listening_workflows }
    : (await allModules(misp)).find((one) => one.id === id);
  return row ? { status: 200, body: row } : notFound('Invalid trigger ID', url);
};

export const triggers: Answer = ({ named }, misp) => {
  const { blocking, enabled } = named;
  const kept = triggerRows(misp)
    .filter((row) => blocking === undefined || row.blocking === (blocking === '1'))
    .filter((row) => enabled === undefined || row.disabled !== (enabled === '1'));
  return { status: 200, body: kept };
};

/** Each with its workflow. */
function triggerRows(misp: StandIn) {
  return triggersOf(misp.version).map((trigger) => {
    const row = misp.workflowStore.byTrigger(trigger.id);
    const disabled = !misp.workflowStore.isTriggerOn(trigger.id);
    return { ...trigger, disabled, ...(row ? { Workflow: described(misp, row) } : {}) };
  });
}

async function allModules(misp: StandIn): Promise<Row[]> {
  const { list } = await new ActionService(misp.actionService).modules();
  const isOff = ({ id }: { id: string }) => !misp.workflowStore.enabled.has(id);
  const served = list.map((module) => describeModule(module, isOff(module)) as unknown as Row);
  const rows: Row[] = ownModules(misp.version).map((row) => ({ ...row, disabled: isOff(row) }));
  const isAction = ({ module_type }: Row) => module_type === 'action';
  const actions = [...rows.filter(isAction), ...served].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...actions, ...rows.filter((row) => !isAction(row))];
}

export async function execute(
  { args: [id = ''], method, url, user, body }: RestRequest,
  misp: StandIn,
): Promise<RestAnswer> {
  if (method !== 'POST') return problem(405, 'Method Not Allowed', url);
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  const known = (await allModules(misp)).some((row) => row.id === id);
  if (!known) return problem(500, 'An Internal Error Has Occurred.', url);
  return { status: 200, body: await runOnce(misp, id, body as Record<string, unknown>) };
}
