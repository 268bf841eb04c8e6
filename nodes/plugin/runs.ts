import type { NodeAPI } from 'node-red';
import type { RunFilter } from '../../src/history/run-log';
import type { RunRecord, RunRow, Step } from '../../src/history/record';
import { runtimeOf, type Runtime } from '../runtime';
import type { RunPage } from './api';
import { textField } from './body';
import { serve } from './route';

/** The list is read in parts as somebody scrolls. */
const ROWS = 200;

/** The routes behind the list of runs. */
export function serveRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const { log, counters } = runtime.history;
  const read = { permission: 'misp.read' } as const;

  serve(RED, 'GET /runs', read, ({ query, seesData }) => {
    // Who may not see the data cannot find out about it by searching.
    const filter = filterOf(seesData ? query : { ...query, text: '', event: '' });
    const rows = log.rows(filter, ROWS, textField(query.before) || undefined);
    return {
      rows: seesData ? rows : rows.map((row) => rowWithoutData(row)),
      more: rows.length === ROWS,
      total: log.size,
      counts: counters.all,
    };
  });

  serve(RED, 'GET /runs/:id', read, ({ params, seesData }) => {
    const record = log.get(params.id);
    return record && pageOf(runtime, record, seesData);
  });
}

/** A run as it is shown. */
export function pageOf(runtime: Runtime, record: RunRecord, seesData: boolean): RunPage {
  const { inputs } = runtime.history;
  const isDeployed = runtime.trigger(record.node.id) !== undefined;
  return {
    record: seesData ? record : withoutData(record),
    replayable: isDeployed && [record.run, record.replay ?? ''].some((run) => inputs.has(run)),
  };
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
  const operations = step.operations.map(({ do: what, state }) => ({ do: what, with: '', state }));
  return { ...step, operations };
}
