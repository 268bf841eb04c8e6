import type { MispGraph } from '../actions/misp-graph';
import { AD_HOC_SCOPES, type AdHocScope } from '../actions/run-workflow';
import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { fields, one, plainRows, type Json } from './expected';
import { workflowIn, type TriggerView, type WorkflowView } from './workflows';

/** MISP's id of what all ad hoc workflows have in common here; each has a trigger of its own in MISP, such as `adhoc_19`. */
export const AD_HOC = 'ad-hoc';

/** One of them. Its trigger's name says nothing of the workflow's id, and MISP's `enabled` nothing at all. */
export interface AdHocView extends TriggerView {
  trigger: string;
  workflow: WorkflowView;
}

/** All ad hoc workflows (`workflows/adhoc`). */
export async function allAdHoc(client: MispClient, signal?: AbortSignal): Promise<AdHocView[]> {
  const expect = plainRows('Workflow', ({ id, Workflow }) => textOf(id) !== '' && isRecord(Workflow));
  // A graph's blocks have numbers for keys: as lists they could not be saved again.
  const { data } = await client.call('GET', '/workflows/adhoc', undefined, { signal, expect, asSent: true });
  return data.flatMap(({ id, disabled, Workflow }): AdHocView[] => {
    const { workflow } = workflowIn(Workflow);
    return workflow ? [{ trigger: textOf(id), on: !isSet(disabled), workflow }] : [];
  });
}

/** The same; undefined if this MISP has none of the kind. */
export async function listAdHoc(client: MispClient, signal?: AbortSignal): Promise<AdHocView[] | undefined> {
  try {
    return await allAdHoc(client, signal);
  } catch (error) {
    if (error instanceof WorkflowError && error.key === 'misp.notFound') return undefined;
    throw error;
  }
}

/**
 * The one of a name.
 * @throws {WorkflowError} if several have it
 */
export function adHocNamed(all: readonly AdHocView[], name: string): AdHocView | undefined {
  const found = all.filter(({ workflow }) => workflow.name === name);
  if (found.length > 1) throw new WorkflowError('adHoc.several', { name });
  return found.at(0);
}

/** Makes one (`workflows/add`). It cannot be run before its trigger has parameters. */
export async function createAdHoc(client: MispClient, name: string, signal?: AbortSignal): Promise<void> {
  const body = { Workflow: { name, description: '' } };
  await client.post('/workflows/add', body, { signal, expect: one('Workflow') });
}

/** Whether a text is a filter that MISP can use: with another one its whole list of ad hoc workflows fails. */
export function isFilters(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

/** What MISP says of a run. It counts a service that is away as a success. */
export interface RunOutcome {
  success: boolean;
  /** `success`, `failure` or `blocked`; empty if there was nothing to run on. */
  outcome: string;
}

/** MISP answers when the run is over, and every block of it may take its time. */
const EXTRA_MS = 60_000;

/** Runs a workflow (`workflows/executeWorkflow`): MISP wants what it is started with as text. */
export async function executeWorkflow(
  client: MispClient,
  id: string,
  input: object,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const expect = fields<Json>(
    'saved',
    ({ success, outcome }) => success !== undefined && (outcome === null || typeof outcome === 'string'),
  );
  const body = { Workflow: { data: JSON.stringify(input) } };
  const path = `/workflows/executeWorkflow/${encodeURIComponent(id)}`;
  const { success, outcome } = await client.post(path, body, { signal, expect, extraMs: EXTRA_MS });
  return { success: isSet(success), outcome: textOf(outcome) };
}

/**
 * Runs an ad hoc workflow on an event as MISP's page of it does (`events/runWorkflow`): with the variables as a text of
 * their own, as that page's form sends them since 2.5.37. MISP says whether it went wrong, and not how.
 * @param event id or uuid
 */
export async function runOnEvent(
  client: MispClient,
  id: string,
  event: string,
  variables: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const isOf = (of: unknown) => of === undefined || textOf(of) === event;
  const expect = fields<Json>(
    'saved',
    ({ message, id: of }) => /^(?:Successfully ran|Error)/.test(textOf(message)) && isOf(of),
  );
  const env = Object.keys(variables).length > 0 ? { environment_variables: JSON.stringify(variables) } : {};
  const path = `/events/runWorkflow/${encodeURIComponent(event)}`;
  const body = { Event: { [id]: 1, ...env } };
  const { message } = await client.post(path, body, { signal, expect, extraMs: EXTRA_MS });
  const success = textOf(message).startsWith('Successfully');
  return { success, outcome: success ? 'success' : 'failure' };
}

/** What the trigger of an ad hoc workflow says it gets; undefined if it says nothing that MISP can use: then no run works. */
export function paramsIn(graph: MispGraph): { scope: AdHocScope; filters: string } | undefined {
  const trigger = Object.values(graph).find(({ data }) => data.module_type === 'trigger');
  const params = trigger?.data.indexed_params;
  if (!isRecord(params)) return undefined;
  const scope = AD_HOC_SCOPES.find((one) => one === params.scope);
  const filters = textOf(params.filters) || '{}';
  return scope && isFilters(filters) ? { scope, filters } : undefined;
}

/** The scope of it. */
export const scopeIn = (graph: MispGraph): AdHocScope | undefined => paramsIn(graph)?.scope;
