import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import type { AdHocForm, AdHocView } from '../../nodes/plugin/api';
import type { Report } from '../../src/adhoc/report';
import { idOf, node, tab } from '../support/flows';
import { until } from '../support/log';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { recordCalls, type Recorder } from '../support/recorder';

const COUNT = 20;
const TAG = 'lab:checked';
const PARAMETERS = [
  { name: 'team', type: 'choice', value: 'soc', label: 'Which team', choices: 'soc, cert' },
  { name: 'reason', type: 'text', value: '', required: true },
  { name: 'limit', type: 'number', value: '5' },
  { name: 'loud', type: 'checkbox', value: 'true' },
];

/** A thousand small events, as MISP has them. */
function manyEvents() {
  const [small] = sampleEvents().slice(1);
  return Array.from({ length: COUNT }, (_, index) => ({
    ...structuredClone(small),
    ...{ id: String(index + 1), uuid: randomUUID(), info: `Incident ${index + 1}` },
    ...{ Attribute: [], Object: [], Tag: [] },
  }));
}

describe('misp-adhoc-run', function () {
  this.timeout(60000);
  let misp: StandInMisp;
  let recorder: Recorder;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  /** What came to the end of the flow, and out of the second output. */
  const events: { id: string; test: boolean; params: unknown }[] = [];
  const reports: Report[] = [];
  const errors: string[] = [];
  /** Called for each event at the end of the flow. */
  let onEvent: (id: string) => void = () => undefined;

  before(async () => {
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      events: manyEvents(),
    });
    recorder = await recordCalls(misp.url);
    await boot();
  });
  after(async () => {
    await nodeRed.stop();
    recorder.close();
    await misp.close();
  });
  beforeEach(() => {
    for (const list of [events, reports, errors]) list.length = 0;
    for (const event of misp.events.values()) event.Tag.length = 0;
    onEvent = () => undefined;
  });

  async function boot(userDir?: string): Promise<void> {
    const event = (message: { payload: { Event: { id: string } }; misp: { test: boolean; params: unknown } }) => {
      const { id } = message.payload.Event;
      events.push({ id, test: message.misp.test, params: message.misp.params });
      onEvent(id);
    };
    const report = ({ payload }: { payload: Report }) => reports.push(payload);
    const caught = ({ error }: { error: { message: string } }) => errors.push(error.message);
    const functionGlobalContext = { event, report, caught };
    nodeRed = await startNodeRed({ settings: { functionGlobalContext }, ...(userDir ? { userDir } : {}) });
  }

  const end = (name: string, call = name) =>
    node(name, 'function', [[]], { func: `global.get('${call}')(msg);`, outputs: 1 });

  async function open(settings: object = {}, between: FlowNode[] = [], type = 'full'): Promise<void> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 5, verify: true },
      node('tested', 'misp-adhoc-run', [[between.length > 0 ? 'between' : 'tag'], ['report']], {
        ...{ server: 'misp', name: 'Review', description: 'Marks what was looked at', parameters: [] },
        ...{ most: 2000, concurrency: 4, timeout: 5, version: 1, ...settings },
      }),
      ...between,
      node('tag', 'misp-tag', [['event']], {
        ...{ server: 'misp', action: 'add', scope: 'event', locality: 'local', tags: [TAG], create: true },
        version: 1,
      }),
      end('event'),
      end('report'),
      node('catch', 'catch', [['caught']], { scope: ['tested'] }),
      end('caught'),
    ];
    await deploy(nodeRed.RED, flow, { misp: { apiKey: API_KEY } }, type);
    recorder.calls.length = 0;
    recorder.answer = undefined;
  }

  const tested = () => nodeRed.RED.nodes.getNode(idOf('tested'));
  const send = (payload: unknown, more: object = {}) => tested()?.receive({ payload, ...more });

  async function ask<T>(method: string, where: string, body?: object, type = 'application/json') {
    const url = `${nodeRed.url}/admin/misp-workflows/ad-hoc-runs/flows${where}`;
    const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': type } } : {};
    const response = await fetch(url, { method, ...sent });
    const text = await response.text();
    return { status: response.status, answer: (text ? JSON.parse(text) : undefined) as T & { problem?: string } };
  }
  const at = `/${idOf('tested')}`;
  const dry = async (body: object) => {
    const { answer } = await ask<{ run: string }>('POST', `${at}/dry-runs`, body);
    assert.equal(answer.problem, undefined);
    return over(answer.run);
  };
  const carryOut = (of: string, leaveOut: string[] = []) =>
    ask<{ run: string }>('POST', `${at}/runs`, { of, leaveOut });
  const view = async (run: string, since = 0) =>
    (await ask<AdHocView>('GET', `${at}/runs/${run}?since=${since}`)).answer;
  async function over(run: string): Promise<AdHocView> {
    for (;;) {
      const found = await view(run);
      if (found.state !== 'running') return found;
      console.log(Date.now(), JSON.stringify(found.counts), JSON.stringify(found.rows[0]), JSON.stringify(found.rows.find(({row})=>row.state!=='waiting'))); await new Promise((resolve) => setTimeout(resolve, 1500));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const tagged = () =>
    [...misp.events.values()].filter(({ Tag }) => Tag.some(({ name }) => name === TAG)).map(({ id }) => id);
  const writes = () => recorder.calls.filter(({ path: where }) => /\/(?:tags|events)\/(?:attach|addTag)/.test(where));

  it('shows the plan of 1,000 events, carries it out, and begins no event twice', async () => {
    await open();
    const shown = await dry({ search: { info: 'Incident' } });
    assert.deepEqual([shown.state, shown.total, shown.counts], ['finished', COUNT, { planned: COUNT }]);
    for (const { row } of shown.rows) assert.match(row.lines.join(), /lab:checked/, row.id);
    assert.deepEqual(tagged(), []);
    assert.ok(events.every(({ test }) => test));
    assert.equal(new Set(events.map(({ id }) => id)).size, COUNT);
    events.length = 0;
    // Pressed twice.
    const [first, second] = await Promise.all([carryOut(shown.run), carryOut(shown.run)]);
    const refused = [first, second].filter(({ answer }) => answer.problem);
    assert.equal(refused.length, 1);
    const { answer } = first.answer.problem ? second : first;
    const done = await over(answer.run);
    assert.deepEqual([done.state, done.counts], ['finished', { done: COUNT }]);
    assert.equal(tagged().length, COUNT);
    assert.equal(events.length, COUNT);
    assert.equal(new Set(events.map(({ id }) => id)).size, COUNT);
    assert.ok(events.every(({ test }) => !test));
    assert.match((await carryOut(shown.run)).answer.problem ?? '', /new dry run/);
    await until(() => reports.length > 0);
    assert.deepEqual(reports[0].counts, { done: COUNT });
    assert.match(reports[0].events[7].lines.join(), /tag: .*lab:checked/);
  });

  it('stopped halfway, it says exactly what was done', async () => {
    await open({ concurrency: 2 });
    const shown = await dry({ search: { info: 'Incident' } });
    events.length = 0;
    let stopped: Promise<unknown> | undefined;
    const { answer } = await carryOut(shown.run);
    onEvent = () => {
      if (events.length === COUNT / 2) stopped = ask('POST', `${at}/runs/${answer.run}/stop`, {});
    };
    const { state, counts, rows } = await over(answer.run);
    await stopped;
    assert.equal(state, 'stopped');
    assert.ok((counts.waiting ?? 0) > 0 && (counts.done ?? 0) >= COUNT / 2, JSON.stringify(counts));
    assert.equal((counts.waiting ?? 0) + (counts.done ?? 0), COUNT);
    const done = rows.filter(({ row }) => row.state === 'done').map(({ row }) => row.id);
    assert.deepEqual(tagged().sort(), done.sort());
    assert.equal(events.length, done.length);
    assert.match((await ask('POST', `${at}/runs/${answer.run}/stop`, {})).answer.problem ?? '', /not under way/);
  });
});
