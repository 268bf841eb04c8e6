import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { one, plainRows } from './expected';
import { workflowIn, type TriggerView, type WorkflowView } from './workflows';

/** MISP's id of what all ad hoc workflows have in common here; each has a trigger of its own in MISP, such as `adhoc_19`. */
export const AD_HOC = 'ad-hoc';

/** What an ad hoc workflow gets: what whoever starts it hands over, or events that MISP looks for. */
export const AD_HOC_SCOPES = ['passed_event_ids', 'passed_roaming_data', 'events'] as const;
export type AdHocScope = (typeof AD_HOC_SCOPES)[number];

/** One of them. Its trigger's name says nothing of the workflow's id, and MISP's `enabled` nothing at all. */
export interface AdHocView extends TriggerView {
  trigger: string;
  workflow: WorkflowView;
}

/** All ad hoc workflows (`workflows/adhoc`); undefined if this MISP has none of the kind. */
export async function listAdHoc(client: MispClient, signal?: AbortSignal): Promise<AdHocView[] | undefined> {
  const expect = plainRows('Workflow', ({ id, Workflow }) => textOf(id) !== '' && isRecord(Workflow));
  try {
    // A graph's blocks have numbers for keys: as lists they could not be saved again.
    const { data } = await client.call('GET', '/workflows/adhoc', undefined, { signal, expect, asSent: true });
    return data.flatMap(({ id, disabled, Workflow }): AdHocView[] => {
      const { workflow } = workflowIn(Workflow);
      return workflow ? [{ trigger: textOf(id), on: !isSet(disabled), workflow }] : [];
    });
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
