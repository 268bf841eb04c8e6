import type { NodeAPI } from 'node-red';
import { setImmediate as journalHandedOver } from 'node:timers/promises';
import type { RunFilter } from '../../src/history/run-log';
import type { RunRecord, RunRow, Step } from '../../src/history/record';
import { words, WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { textField } from './body';
import { serve } from './route';

/** A list has no more rows than a person looks through; the rest is found by the filters. */
const MOST_ROWS = 500;

/** The routes behind the list of runs. */
export function serveRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const { history } = runtime;
  const write = { permission: 'misp.write' } as const;
  const read = { permission: 'misp.read' } as const;
  const pageOf = async (run: string, seesData: boolean) => {
    const found = await history.find(run);
    if (!found) return undefined;
    const { record, input } = found;
    const replayable = input !== undefined && runtime.trigger(record.node.id) !== undefined;
    return { record: seesData ? record : withoutData(record), replayable };
  };

  serve(RED, 'GET /runs', read, async ({ query, seesData }) => {
    // Who may not see the data cannot find out about it by searching.
    const filter = filterOf(seesData ? query : { ...query, text: '', event: '' });
    const { rows, more, total } = await history.list(filter, MOST_ROWS, textField(query.before) || undefined);
    return {
      rows: seesData ? rows : rows.map((row) => rowWithoutData(row)),
      ...{ more, total },
      counts: history.counters.all,
      trouble: history.troubles.map(words),
    };
  });

  serve(RED, 'GET /runs/:id', read, ({ params, seesData }) => pageOf(params.id, seesData));

  // Who may not see what it is about does not decide that it is forgotten.
  serve(RED, 'DELETE /runs/:id', write, async ({ params, needsData }) => {
    needsData();
    await history.forget(params.id === 'all' ? 'all' : { run: params.id });
    return {};
  });

  serve(RED, 'POST /runs/:id/replay', write, async ({ params, needsData, seesData }) => {
    needsData();
    const found = await history.find(params.id);
    if (!found) return undefined;
    const trigger = runtime.trigger(found.record.node.id);
    if (!trigger || !found.input) throw new WorkflowError(trigger ? 'runs.noInput' : 'runs.noTrigger');
    const { run } = await trigger.rehearse(found.input.read());
    await journalHandedOver();
    return pageOf(run, seesData);
  });
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
