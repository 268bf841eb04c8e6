import type { MispClient } from './client';
import { one, rows, type Json } from './expected';
import { textOf } from '../event/values';
import type { WorkflowEntry, WorkflowKind } from './workflow-entry';

const PLACES = {
  workflow: { path: '/workflows', model: 'Workflow' },
  blueprint: { path: '/workflowBlueprints', model: 'WorkflowBlueprint' },
} as const;

/** The workflows of a MISP, and its blueprints; only site admins may see them. */
export async function listWorkflows(client: MispClient): Promise<WorkflowEntry[]> {
  const list = async (kind: WorkflowKind) => {
    const { path, model } = PLACES[kind];
    const found = await client.get(`${path}/index`, undefined, rows(model, hasId));
    return found.map((row) => entryOf(kind, row));
  };
  // One after the other: MISP loads all modules for each.
  return [...(await list('workflow')), ...(await list('blueprint'))];
}

const hasId = ({ id }: Json) => textOf(id) !== '';

function entryOf(kind: WorkflowKind, { id, name, trigger_id: trigger }: Json): WorkflowEntry {
  return { kind, id: textOf(id), name: textOf(name), trigger: kind === 'workflow' ? textOf(trigger) : '' };
}

/** One of them, as MISP gives it. */
export async function loadWorkflow(client: MispClient, kind: WorkflowKind, id: string): Promise<object> {
  const { path, model } = PLACES[kind];
  const call = `${path}/view/${encodeURIComponent(id)}`;
  return { [model]: await client.get(call, undefined, one(model, id)) };
}

/** Adds a blueprint: `import` answers 500 although it imports, so it is not used. */
export async function addBlueprint(client: MispClient, blueprint: object): Promise<string> {
  const { path, model } = PLACES.blueprint;
  const added = await client.post(`${path}/add`, blueprint, { expect: one(model) });
  return textOf(added.id);
}
