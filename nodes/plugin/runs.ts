import type { NodeAPI } from 'node-red';
import type { RunFilter } from '../../src/history/run-log';
import type { RunRecord, RunRow, Step } from '../../src/history/record';
import type { KeptRequest } from '../../src/triggers/last-request';
import { words } from '../../src/text';
import { queueOf } from '../config/queue-keeper';
import { runtimeOf, type Runtime } from '../runtime';
import type { RunPage } from './api';
import { textField } from './body';
import { serve } from './route';

/** The list is read in parts as somebody scrolls. */
const ROWS = 200;

/** The routes behind the list of runs. */
export function serveRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const { history } = runtime;
  const queue = queueOf(RED);
  const write = { permission: 'misp.write' } as const;
  const read = { permission: 'misp.read' } as const;

  serve(RED, 'GET /runs', read, async ({ query, seesData }) => {
    // Who may not see the data cannot find out about it by searching.
    const filter = filterOf(seesData ? query : { ...query, text: '', event: '' });
    const { rows, more, total } = await history.list(filter, ROWS, textField(query.before) || undefined);
    return {
      rows: seesData ? rows : rows.map((row) => rowWithoutData(row)),
      ...{ more, total },
      counts: history.counters.all,
      trouble: [...(queue.trouble === undefined ? [] : [queue.trouble]), ...history.troubles].map(words),
    };
  });

  serve(RED, 'GET /runs/:id', read, async ({ params, seesData }) => {
    const found = await history.find(params.id);
    return found && pageOf(runtime, found.record, seesData);
  });

  // Who may not see what it is about does not decide that it is forgotten.
  serve(RED, 'DELETE /runs/:id', write, async ({ params, needsData }) => {
    needsData();
    await history.forget(params.id === 'all' ? 'all' : { run: params.id });
    return {};
  });
}

/** A run as it is shown. */
export async function pageOf(runtime: Runtime, record: RunRecord, seesData: boolean): Promise<RunPage> {
  const isDeployed = runtime.trigger(record.node.id) !== undefined;
  return {
    record: seesData ? record : withoutData(record),
    replayable: isDeployed && (await inputOf(runtime, record)) !== undefined,
  };
}

/** What a run began with; of a replay that of the run whose data it got. */
export async function inputOf(
  { history }: Runtime,
  { run, replay = '' }: Pick<RunRecord, 'run' | 'replay'>,
): Promise<KeptRequest | undefined> {
  const at = async (id: string) => history.inputs.get(id) ?? (await history.find(id))?.input;
  return (await at(run)) ?? (replay === '' ? undefined : at(replay));
}

function filterOf({ trigger, outcome, text, event }: Partial<Record<keyof RunFilter, unknown>>): RunFilter {
  const known = (['allow', 'block', 'failed', 'open'] as const).find((one) => one === outcome);
  return {
    trigger: textField(trigger),
    outcome: known,
    text: textField(text),
    event: textField(event).trim(),
  };
}

/** What of a run tells nothing of the data of its event. */
function rowWithoutData<T extends RunRow>(whole: T): T {
  const row = { ...whole };
  delete row.about;
  delete row.reason;
  return row;
}

function withoutData(record: RunRecord): RunRecord {
  return { ...rowWithoutData(record), steps: record.steps.map(stepWithoutData) };
}

function stepWithoutData(step: Step): Step {
  if (step.what === 'decided') return { ...step, found: '' };
  if (step.what === 'failed') return { ...step, problem: '' };
  if (step.what === 'executed') return { ...step, errors: [] };
  const operations = step.operations.map(({ do: what, state }) => ({ do: what, with: '', state }));
  return { ...step, operations };
}
