import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import type { MispClient } from '../../src/misp/client';
import { workflowModules } from '../../src/misp/workflow-modules';
import { addBlueprint, listWorkflows, loadWorkflow } from '../../src/misp/workflows';
import { text, words, WorkflowError } from '../../src/text';
import {
  readWorkflow,
  toFlow,
  toGraph,
  writeBlueprint,
  type Catalogue,
  type FlowNode,
  type MispModules,
  type Note,
} from '../../src/workflow';
import type { ServerNode } from '../config/misp-server';
import type { BlueprintWish, WorkflowNote } from './api';
import { textField } from './body';
import { recordOf, serve } from './route';

/** As much as Node-RED takes unless told otherwise: a workflow may be large. */
const WHOLE = Infinity;

/** The routes behind the import and export of MISP's workflows and blueprints. */
export function serveWorkflows(RED: NodeAPI): void {
  const read = { permission: 'misp.read' } as const;
  serve(RED, 'GET /workflows', read, async ({ query }) => {
    const client = clientOf(RED, query.server);
    return client && { workflows: await listWorkflows(client) };
  });
  serve(RED, 'GET /workflows/:kind/:id', read, async ({ params: { kind, id }, query }) => {
    const client = clientOf(RED, query.server);
    if (!client || (kind !== 'workflow' && kind !== 'blueprint')) return undefined;
    return { text: JSON.stringify(await loadWorkflow(client, kind, id)) };
  });
  serve(RED, 'POST /workflows/read', { ...read, limit: WHOLE }, async ({ body }) => {
    const { graph, notes } = readWorkflow(textField(body.text));
    const { modules, problems } = await modulesOf(clientOf(RED, body.server));
    const announced = Array.isArray(body.announced) ? (body.announced as unknown[]).map(textField) : [];
    const made = toFlow(graph, catalogue(), { announced, modules });
    const { name, description } = graph;
    const all = [...inWords([...notes, ...made.notes]), ...problems];
    return { name, description, nodes: made.nodes, notes: all };
  });
  serve(RED, 'POST /workflows/write', { ...read, limit: WHOLE }, ({ body }) => {
    const { blueprint, notes } = blueprintOf(body);
    return { text: written(blueprint), notes };
  });
  serve(RED, 'POST /workflows/save', { permission: 'misp.write', limit: WHOLE }, async ({ body }) => {
    const client = clientOf(RED, body.server);
    if (!client) return { problem: 'notDeployed' };
    const { blueprint, notes } = blueprintOf(body);
    await addBlueprint(client, blueprint);
    return { notes };
  });
}

function blueprintOf(wish: Partial<Record<keyof BlueprintWish, unknown>>) {
  const nodes: unknown[] = Array.isArray(wish.nodes) ? wish.nodes : [];
  const flow = nodes.map(recordOf).filter(({ id, type }) => textField(id) !== '' && textField(type) !== '');
  const name = textField(wish.name).trim();
  if (name === '') throw new WorkflowError('workflow.noName');
  const { graph, notes } = toGraph(flow as FlowNode[], catalogue(), {
    name,
    description: textField(wish.description),
  });
  return { blueprint: writeBlueprint(graph), notes: inWords(notes) };
}

function inWords(notes: readonly Note[]): WorkflowNote[] {
  return notes.map(({ level, key, params }) => ({ level, words: words({ key, params: params ?? {} }) }));
}

interface Modules {
  modules?: MispModules;
  /** Why it is not known what MISP has. */
  problems: WorkflowNote[];
}

/** The modules of a MISP. One that cannot be asked keeps nobody from an import. */
async function modulesOf(client: MispClient | undefined): Promise<Modules> {
  if (!client) return { problems: [] };
  try {
    const rows = await workflowModules(client);
    return { modules: Object.fromEntries(rows.map(({ id, disabled }) => [id, { disabled }])), problems: [] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problems: [{ level: 'warning', words: words(text('workflow.modulesUnknown', { problem })) }] };
  }
}

/** The client of a MISP that is deployed. */
function clientOf(RED: NodeAPI, id: unknown): MispClient | undefined {
  const node = textField(id) === '' ? null : (RED.nodes.getNode(textField(id)) as ServerNode | null);
  return node?.type === 'misp-server' ? node.client : undefined;
}

let known: Catalogue | undefined;

/** All definitions; the build writes them beside the nodes. */
function catalogue(): Catalogue {
  const file = path.join(__dirname, '../../catalogue.json');
  return (known ??= JSON.parse(readFileSync(file, 'utf8')) as Catalogue);
}

const written = (blueprint: unknown) => `${JSON.stringify(blueprint, null, 2)}\n`;
