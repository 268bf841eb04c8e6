import type { NodeAPI } from 'node-red';
import { setImmediate as journalHandedOver, setTimeout as after } from 'node:timers/promises';
import type { RunRecord } from '../../src/history/record';
import { isEventKey } from '../../src/misp/event-search';
import { courseOf } from '../../src/replay/course';
import { inputIn, writeTest, type TestInput } from '../../src/replay/test-file';
import { WorkflowError } from '../../src/text';
import { dataOfEvent } from '../../src/triggers/chosen-event';
import type { KeptRequest } from '../../src/triggers/last-request';
import { hideSecretsOf } from '../../src/triggers/secrets';
import type { RehearsalOptions } from '../triggers/trigger-runs';
import { runtimeOf, type KnownTrigger, type Runtime } from '../runtime';
import { deployedMisp } from './ask-misp';
import { textField } from './body';
import { serve } from './route';
import { pageOf } from './runs';

/** A text of 1 MB in the JSON of a request. */
const MOST_BYTES = 3 * 1024 * 1024;

/** How long what goes on behind the answer is waited for, in milliseconds. */
const QUIET_MS = 3000;

/** The routes that run an input again, and make a test of it. */
export function serveReplays(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const { log, inputs } = runtime.history;
  const inputOf = ({ run, replay = '' }: RunRecord) => inputs.get(run) ?? inputs.get(replay);

  serve(RED, 'POST /runs/:id/replay', { permission: 'misp.write' }, async ({ params, body, needsData }) => {
    needsData();
    const record = log.get(params.id);
    if (!record) return undefined;
    const trigger = runtime.trigger(record.node.id);
    const input = inputOf(record);
    if (!trigger || !input) throw new WorkflowError(trigger ? 'runs.noInput' : 'runs.noTrigger');
    const of = inputs.has(record.run) ? record.run : (record.replay ?? '');
    return replay(runtime, trigger, input, { acts: body.acts === true, replay: of });
  });

  const pasting = { permission: 'misp.write', limit: MOST_BYTES } as const;
  serve(RED, 'POST /triggers/:id/replay', pasting, async ({ params, body, needsData }) => {
    needsData();
    const trigger = runtime.trigger(params.id);
    if (!trigger) return undefined;
    const text = textField(body.text);
    const input = text.trim() ? inputIn(text) : await eventInput(RED, trigger, body);
    const bytes = Buffer.from(JSON.stringify({ module: params.id, ...input }));
    const kept = trigger.kept({ bytes, flattenedCut: false });
    if (!kept) throw new WorkflowError('runs.inputTooLarge');
    const page = await replay(runtime, trigger, kept, { acts: body.acts === true, replay: '' });
    runtime.history.keepInput(page.record.run, kept);
    return { ...page, replayable: true };
  });

  serve(RED, 'GET /runs/:id/test', { permission: 'misp.read' }, ({ params, needsData }) => {
    needsData();
    const record = log.get(params.id);
    if (!record) return undefined;
    const input = inputOf(record);
    if (!input) throw new WorkflowError('runs.noInput');
    return { name: record.about?.info ?? record.trigger, text: testOf(record, input) };
  });
}

async function replay(
  runtime: Runtime,
  trigger: KnownTrigger,
  input: KeptRequest,
  options: RehearsalOptions,
) {
  const { run, quiet } = await trigger.rehearse(input.read(), options);
  // What other branches still do is compared too.
  await Promise.race([quiet, after(QUIET_MS, undefined, { ref: false })]);
  await journalHandedOver();
  await journalHandedOver();
  const record = runtime.history.log.get(run);
  if (!record) throw new WorkflowError('runs.notRecorded');
  return pageOf(runtime, record, true);
}

async function eventInput(
  RED: NodeAPI,
  { trigger }: KnownTrigger,
  { server, event }: { server?: unknown; event?: unknown },
): Promise<TestInput> {
  const client = deployedMisp(RED, server);
  if (!client) throw new WorkflowError('editor.mispNotDeployed');
  const key = textField(event).trim();
  if (!isEventKey(key)) throw new WorkflowError('editor.noEventChosen');
  return { data: await dataOfEvent(client, trigger, key), params: {} };
}

function testOf(record: RunRecord, input: KeptRequest): string {
  const { data, params } = input.read();
  // Where the trigger is told to keep secrets for its flow, a file still has none.
  hideSecretsOf(record.trigger, data);
  hideSecretsOf(record.trigger, params);
  return writeTest({
    name: record.about?.info ?? record.trigger,
    trigger: { node: record.node.id, module: record.module, event: record.trigger },
    input: { data, params },
    expected: courseOf(record),
  });
}
