import { ActionService } from '../service/action-service';
import { describeModule } from '../service/modules';
import { underscore } from '../service/php';
import type { StandIn } from '../stand-in';
import own from '../data/workflow-modules.json';
import { deny, problem, type RestAnswer } from './answers';
import { NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { runOnce } from './stateless';
import { stored } from './workflow-files';

interface Row {
  id: string;
  module_type: string;
  blocking: boolean;
  is_misp_module: boolean;
  disabled: boolean;
}

/** `workflows/...` (recordings: test/fixtures/rest/workflows-moduleIndex*.json and -moduleStatelessExecution*.json). */
export const workflows: Resource = {
  ...stored('Workflow', (misp) => misp.collections.workflows),
  /** MISP's own modules and those of the Action service. What is left out leaves a gap: then it is no list. */
  moduleIndex: {
    run: async ({ named, url, user }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      const { type = 'action', actiontype = 'all', enabled } = named;
      const rows = (await allModules(misp)).filter(
        ({ module_type }) => type === 'all' || module_type === type,
      );
      const kept = rows
        .map((row, index): [string, Row] => [String(index), row])
        .filter(([, row]) => actiontype !== 'blocking' || row.blocking)
        .filter(([, row]) => actiontype !== 'mispmodule' || row.is_misp_module)
        .filter(([, row]) => enabled === undefined || row.disabled !== (enabled === '1'));
      const isList = kept.length === rows.length;
      return { status: 200, body: isList ? rows : Object.fromEntries(kept) };
    },
  },
  moduleStatelessExecution: { run: execute },
};

async function allModules(misp: StandIn): Promise<Row[]> {
  const { list } = await new ActionService(misp.actionService).modules();
  const enabled = new Set(
    Object.values(misp.workflows)
      .filter((workflow) => workflow.moduleEnabled !== false)
      .map((workflow) => underscore(workflow.module)),
  );
  list.sort((a, b) => (a.name < b.name ? -1 : 1));
  const served = list.map((module) => describeModule(module, !enabled.has(module.id)) as unknown as Row);
  const isAction = ({ module_type }: Row) => module_type === 'action';
  return [...own.filter(isAction), ...served, ...own.filter((row) => !isAction(row))];
}

async function execute(
  { args: [id = ''], method, url, user, body }: RestRequest,
  misp: StandIn,
): Promise<RestAnswer> {
  if (method !== 'POST') return problem(405, 'Method Not Allowed', url);
  if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
  const known = (await allModules(misp)).some((row) => row.id === id);
  if (!known) return problem(500, 'An Internal Error Has Occurred.', url);
  return { status: 200, body: await runOnce(misp, id, body as Record<string, unknown>) };
}
