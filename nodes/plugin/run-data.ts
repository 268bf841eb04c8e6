import type { NodeAPI } from 'node-red';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { numberField } from './body';
import { Recording } from './recording';
import { serve } from './route';

/** The data of so many runs is kept at once. */
const MOST_RUNS = 50;

/** The routes behind the data of a run: what it began with, and between its nodes. */
export function serveRunData(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const recording = new Recording(RED);
  const read = { permission: 'misp.read' } as const;
  const inputOf = (id: string) => {
    const { log, inputs } = runtime.history;
    return inputs.get(id) ?? inputs.get(log.get(id)?.replay ?? '');
  };

  serve(RED, 'GET /runs/:id/data', read, ({ params, needsData }) => {
    needsData();
    const between = recording.messages.of(params.id).map(({ json, ...where }) => ({
      ...where,
      kept: json !== undefined,
    }));
    return { entry: inputOf(params.id) !== undefined, between };
  });

  serve(RED, 'GET /runs/:id/data/:part', read, ({ params: { id, part }, needsData }) => {
    needsData();
    if (part === 'entry') {
      const input = inputOf(id);
      if (!input) throw new WorkflowError('runs.noInput');
      return { data: input.read().data };
    }
    const json = recording.messages.of(id)[Number(part)]?.json;
    return json === undefined ? undefined : { data: JSON.parse(json) as unknown };
  });

  serve(RED, 'GET /recording', read, () => recording.state);
  serve(RED, 'POST /recording', { permission: 'misp.write' }, ({ body, needsData }) => {
    needsData();
    recording.record(Math.floor(numberField(body.runs, 0, MOST_RUNS)));
    return recording.state;
  });
}
