import { isRecord } from '../../../src/event/values';
import { WorkflowError } from '../../../src/text';
import { asPhp, graphOf, type GraphData } from '../workflows/graph';
import { triggersOf } from '../workflows/triggers';
import type { StandIn } from '../stand-in';
import { isSince } from '../version';
import { described } from './described-workflow';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { execute, moduleIndex, moduleView, triggers } from './workflow-modules';
import { NO_PERMISSION } from './permissions';
import { adHocIndex, executeWorkflow } from './ad-hoc';
import { checkGraph, faultOf } from './workflow-checks';
import { massToggleField, rebuildRedis, toggleModule } from './workflow-toggles';
import { BROKEN, pages } from './workflow-pages';
import type { Resource, RestRequest } from './router';
import { textOf, without } from './values';

/** `workflows/...` (recordings: test/fixtures/rest/workflows-*.json and provision-*.json). */
export const workflows: Resource = {
  ...pages({
    index: {
      run: (_, misp) => ({
        status: 200,
        body: misp.workflowStore.rows.map((row) => ({ Workflow: described(misp, row) })),
      }),
    },
    view: { run: view },
    edit: { post: true, run: edit },
    editor: { run: editor },
    add: { run: add },
    adhoc: { run: adHocIndex },
    executeWorkflow: { post: true, run: executeWorkflow },
    delete: {
      post: true,
      run: ({ args: [id], url }, misp) => {
        const row = misp.workflowStore.find(id);
        if (!row) return notFound('Invalid Workflow.', url);
        misp.workflowStore.remove(row);
        const message = 'Workflow deleted.';
        const body = { saved: true, success: true, name: message, message, url, id: Number(row.id) };
        return { status: 200, body };
      },
    },
    triggers: { run: triggers },
    moduleIndex: { run: moduleIndex },
    moduleView: { run: moduleView },
    toggleModule: { post: true, run: toggleModule },
    massToggleField: { post: true, run: massToggleField },
    checkGraph: { post: true, run: checkGraph },
    rebuildRedis: { run: rebuildRedis },
    debugToggleField: {
      run: ({ url }) => problem(405, 'This action is available via AJAX only.', url),
    },
  }),
  moduleStatelessExecution: { run: execute },
};

function view({ args: [id], url }: RestRequest, misp: StandIn): RestAnswer {
  const row = misp.workflowStore.find(id);
  if (!row) return notFound('Invalid Workflow.', url);
  return { status: 200, body: { Workflow: described(misp, row) } };
}

/** Wants the wrapper, and the graph as text. That its modules exist, or its trigger fits, is not checked. */
function edit({ args: [id], body, url }: RestRequest, misp: StandIn): RestAnswer {
  const row = misp.workflowStore.find(id);
  if (!row) return notFound('Invalid Workflow.', url);
  const { Workflow: given } = (body ?? {}) as { Workflow?: Record<string, unknown> };
  const data = isRecord(given) ? parsed(given.data) : undefined;
  if (!given || !data) return problem(500, BROKEN, url);
  const fault = faultOf(data);
  if (fault !== undefined) {
    return problem(
      403,
      'Could not edit Workflow',
      `/workflows/edit/${row.id}`,
      { errors: fault, id: row.id },
      true,
    );
  }
  const { name = row.name, description = row.description, debug_enabled = row.debug_enabled } = given;
  const now = Math.floor(Date.now() / 1000);
  Object.assign(row, { name, description, data, timestamp: String(now) });
  row.debug_enabled = Boolean(Number(debug_enabled));
  const saved = without(described(misp, row), 'timestamp');
  return { status: 200, body: { Workflow: { ...saved, debug_enabled, timestamp: now } } };
}

/** The graph of a text, as MISP stores it. */
function parsed(text: unknown): GraphData | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const data = asPhp(JSON.parse(text));
    graphOf(data);
    return data as GraphData;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof WorkflowError) return undefined;
    throw error;
  }
}

/** MISP's editor: makes the workflow of a trigger if there is none, and has no view for a JSON client. */
function editor({ args: [trigger = ''], url, user }: RestRequest, misp: StandIn): RestAnswer {
  if (!triggersOf(misp.version).some(({ id }) => id === trigger)) {
    const errors = `Unkown trigger ${trigger}`;
    return problem(403, 'Could not add Workflow', `/workflows/add/${trigger}`, { errors, id: trigger }, true);
  }
  if (user.keyOf && !misp.workflowStore.byTrigger(trigger)) return deny(NO_PERMISSION, url);
  if (!misp.workflowStore.byTrigger(trigger)) misp.workflowStore.create(trigger);
  return problem(500, BROKEN, url);
}

/** For workflows that users start, which came with 2.5.2. */
function add({ body, url }: RestRequest, misp: StandIn): RestAnswer {
  if (!isSince(misp.version, '2.5.2')) return notFound('Not Found', url);
  const { Workflow: given } = (body ?? {}) as { Workflow?: { name?: unknown; description?: unknown } };
  if (typeof given?.name !== 'string') return problem(500, BROKEN, url);
  const row = misp.workflowStore.create(freeTrigger(misp));
  Object.assign(row, { name: given.name, description: textOf(given.description) });
  return { status: 200, body: { Workflow: described(misp, row) } };
}

/** One more than the highest id, and so not always the id that the workflow gets. */
function freeTrigger({ workflowStore }: StandIn): string {
  return `adhoc_${Math.max(0, ...workflowStore.rows.map(({ id }) => Number(id))) + 1}`;
}
