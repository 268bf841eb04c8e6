import type { NodeAPI } from 'node-red';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { numberField } from './body';
import { Recording } from './recording';
import { serve } from './route';
import { inputOf } from './runs';

/** The data of so many runs is kept at once. */
const MOST_RUNS = 50;

/** The routes behind the data of a run: what it began with, and between its nodes. */
export function serveRunData(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const recording = new Recording(RED);
  const read = { permission: 'misp.read' } as const;
  const { history } = runtime;
  const inputAt = async (id: string) => {
    const record = (await history.find(id))?.record;
    return inputOf(runtime, record ?? { run: id });
  };

  serve(RED, 'GET /runs/:id/data', read, async ({ params, needsData }) => {
    needsData();
    const between = recording.messages.of(params.id).map(({ json, ...where }) => ({
      ...where,
      kept: json !== undefined,
    }));
    return { entry: (await inputAt(params.id)) !== undefined, between };
  });

  serve(RED, 'GET /runs/:id/data/:part', read, async ({ params: { id, part }, needsData }) => {
    needsData();
    if (part === 'entry') {
      const input = await inputAt(id);
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
