import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { fields, one, rows, saved, type Json } from './expected';
import { invalid } from './validation';
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

/** A trigger of a MISP, with its workflow if it has one. */
export interface TriggerView {
  on: boolean;
  workflow?: WorkflowView;
}

export interface WorkflowView {
  id: string;
  name: string;
  description: string;
  /** What is drawn, as MISP gives it. */
  data: Json;
}

/** A trigger and its workflow (`workflows/moduleView`); undefined if this MISP does not have the trigger. */
export async function viewTrigger(
  client: MispClient,
  trigger: string,
  signal?: AbortSignal,
): Promise<TriggerView | undefined> {
  const expect = fields<Json>('trigger', ({ id }) => textOf(id) === trigger);
  try {
    const path = `/workflows/moduleView/${encodeURIComponent(trigger)}`;
    // A graph's blocks have numbers for keys: as lists they could not be saved again.
    const { data: found } = await client.call('GET', path, undefined, { signal, expect, asSent: true });
    return { on: !isSet(found.disabled), ...workflowIn(found.Workflow) };
  } catch (error) {
    if (error instanceof WorkflowError && error.key === 'misp.notFound') return undefined;
    throw error;
  }
}

/** The workflow of a row, if it has one. */
export function workflowIn(row: unknown): Pick<TriggerView, 'workflow'> {
  if (!isRecord(row) || textOf(row.id) === '') return {};
  const { id, name, description, data } = row;
  return {
    workflow: {
      ...{ id: textOf(id), name: textOf(name), description: textOf(description) },
      data: isRecord(data) ? data : {},
    },
  };
}

/** Makes the workflow of a trigger: MISP's editor does when it is opened, and has no answer for a program then. */
export async function createWorkflow(
  client: MispClient,
  trigger: string,
  signal?: AbortSignal,
): Promise<void> {
  const hasOne = async () => (await viewTrigger(client, trigger, signal))?.workflow !== undefined;
  try {
    await client.get(`/workflows/editor/${encodeURIComponent(trigger)}`, signal);
  } catch (error) {
    if (await hasOne()) return;
    throw error;
  }
  if (!(await hasOne())) throw new WorkflowError('connect.notCreated', { trigger });
}

/** Draws a workflow (`workflows/edit`): MISP wants the graph as text. */
export async function saveWorkflow(
  client: MispClient,
  { id, name, description }: WorkflowView,
  data: object,
  signal?: AbortSignal,
): Promise<void> {
  const body = { Workflow: { name, description, data: JSON.stringify(data) } };
  const options = { signal, repeatable: true, expect: one('Workflow', id) };
  await client.post(`/workflows/edit/${encodeURIComponent(id)}`, body, options);
}

export async function deleteWorkflow(client: MispClient, id: string, signal?: AbortSignal): Promise<void> {
  const path = `/workflows/delete/${encodeURIComponent(id)}`;
  refuseUnsaved(await client.post(path, undefined, { signal, expect: saved(id) }));
}

/** Turns a module on or off; of a trigger, its workflow. MISP takes any name, also of what it does not have. */
export async function switchModule(
  client: MispClient,
  { module, on, isTrigger }: { module: string; on: boolean; isTrigger: boolean },
  signal?: AbortSignal,
): Promise<void> {
  const path = `/workflows/toggleModule/${encodeURIComponent(module)}/${on ? 1 : 0}${isTrigger ? '/1' : ''}`;
  refuseUnsaved(await client.post(path, undefined, { signal, repeatable: true, expect: saved() }));
}

function refuseUnsaved({
  saved: isSaved,
  message,
  errors,
}: {
  saved: boolean;
  message: string;
  errors?: unknown;
}): void {
  if (!isSaved) throw invalid(message, errors);
}
