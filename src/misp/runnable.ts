import { graphOf } from '../actions/misp-graph';
import type { Runnable } from '../actions/run-workflow';
import { saidBy, WorkflowError } from '../text';
import { allAdHoc, scopeIn, type AdHocView } from './ad-hoc';
import type { MispClient } from './client';
import { listWorkflows, viewTrigger } from './workflows';

/** As MISP's module `run-workflow` writes an ad hoc workflow: `adhoc_7 :: name`. */
const CHOSEN = /^(adhoc_\d+)(?: :: .*)?$/s;

/**
 * Workflows of MISP by their names, ids or triggers.
 * @throws {WorkflowError} for what MISP does not have, or has twice
 */
export async function findRunnable(client: MispClient, names: readonly string[]): Promise<Runnable[]> {
  const adHoc = await allAdHoc(client).catch((error: unknown) => {
    if (!(error instanceof WorkflowError) || error.key !== 'misp.notFound') throw error;
    throw new WorkflowError('runWorkflow.tooOld', { problem: saidBy(error) });
  });
  const found: Runnable[] = [];
  for (const name of names) found.push(adHocOf(adHoc, name) ?? (await ordinary(client, name)));
  return found;
}

function adHocOf(all: readonly AdHocView[], name: string): Runnable | undefined {
  const [, trigger] = CHOSEN.exec(name) ?? [];
  const isMeant = (one: AdHocView) =>
    trigger === undefined ? one.workflow.id === name || one.workflow.name === name : one.trigger === trigger;
  const found = all.filter(isMeant);
  if (found.length > 1) throw new WorkflowError('adHoc.several', { name });
  return found.map(({ on, workflow }): Runnable => {
    const scope = scopeIn(graphOf(workflow.data)) ?? 'none';
    return { id: workflow.id, name: workflow.name, scope, on };
  })[0];
}

/** MISP runs those of its other triggers as well, on given data and without doing the thing itself. */
async function ordinary(client: MispClient, name: string): Promise<Runnable> {
  const rows = (await listWorkflows(client)).filter(
    ({ kind, id, name: own, trigger }) => kind === 'workflow' && [id, own, trigger].includes(name),
  );
  if (rows.length > 1) throw new WorkflowError('adHoc.several', { name });
  const [row] = rows;
  const view = row && (await viewTrigger(client, row.trigger));
  if (!view) throw new WorkflowError('runWorkflow.unknown', { name });
  return { id: row.id, name: row.name, scope: 'passed_roaming_data', on: view.on };
}
