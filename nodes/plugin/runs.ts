import type { NodeAPI } from 'node-red';
import { setImmediate as journalHandedOver } from 'node:timers/promises';
import type { RunFilter } from '../../src/history/run-log';
import type { RunRecord, RunRow, Step } from '../../src/history/record';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { textField } from './body';
import { serve } from './route';

/** A list has no more rows than a person looks through; the rest is found by the filters. */
const MOST_ROWS = 500;

/** The routes behind the list of runs. */
export function serveRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const { log, counters, inputs } = runtime.history;
  const read = { permission: 'misp.read' } as const;
  const pageOf = (record: RunRecord, seesData: boolean) => ({
    record: seesData ? record : withoutData(record),
    replayable: inputs.has(record.run) && runtime.trigger(record.node.id) !== undefined,
  });

  serve(RED, 'GET /runs', read, ({ query, seesData }) => {
    // Who may not see the data cannot find out about it by searching.
    const filter = filterOf({ ...query, text: seesData ? query.text : '' });
    const rows = log.rows(filter, MOST_ROWS);
    return {
      rows: seesData ? rows : rows.map((row) => rowWithoutData(row)),
      total: log.size,
      counts: counters.all,
    };
  });

  serve(RED, 'GET /runs/:id', read, ({ params, seesData }) => {
    const record = log.get(params.id);
    return record && pageOf(record, seesData);
  });

  serve(
    RED,
    'POST /runs/:id/replay',
    { permission: 'misp.write' },
    async ({ params, needsData, seesData }) => {
      needsData();
      const record = log.get(params.id);
      if (!record) return undefined;
      const trigger = runtime.trigger(record.node.id);
      const input = inputs.get(record.run);
      if (!trigger || !input) throw new WorkflowError(trigger ? 'runs.noInput' : 'runs.noTrigger');
      const { run } = await trigger.rehearse(input.read());
      await journalHandedOver();
      const now = log.get(run);
      return now && pageOf(now, seesData);
    },
  );
}

function filterOf({ trigger, outcome, text }: Partial<Record<keyof RunFilter, unknown>>): RunFilter {
  const known = (['allow', 'block', 'failed', 'open'] as const).find((one) => one === outcome);
  return { trigger: textField(trigger), outcome: known, text: textField(text) };
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
