import { get } from '../../../../src/event/hash';
import { isRecord, textOf } from '../../../../src/event/values';
import type { Block } from '../../../../src/workflow';
import { runAdHoc } from '../ad-hoc';
import { failed, MispCrash, type Roaming, type Verdict } from './module';

/** Runs workflows one after the other, whatever comes of them, as recorded with MISP 2.4.204; it has no guard. */
export async function runWorkflows({ params }: Block, roaming: Roaming): Promise<Verdict> {
  const names = [params.workflows ?? []].flat().map(textOf).filter(Boolean);
  if (names.length === 0) return failed('No workflow selected');
  const { misp } = roaming;
  let verdict: Verdict = { ok: true };
  for (const name of names) {
    const row = misp.workflowStore.rows.find((one) => `${one.trigger_id} :: ${one.name}` === name);
    if (!row) verdict = failed('Invalid workflow');
    else if (!(await runAdHoc(misp, row, inputOf(params.input_data, roaming)))) {
      throw new MispCrash('a workflow that cannot be run');
    }
  }
  return verdict;
}

function inputOf(input: unknown, { data }: Roaming): Readonly<Record<string, unknown>> {
  if (input === 'roaming_data' && isRecord(data)) return data;
  return input === 'event_ids' ? { eventid: [textOf(get(data, 'Event.uuid'))] } : {};
}
