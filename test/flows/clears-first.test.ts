import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  API_KEY,
  PUBLISHER_KEY,
  READER_KEY,
  startStandInMisp,
  type StandInMisp,
} from '../../sandbox/misp/server';
import type { RunRecord } from '../../src/history/record';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { example } from '../support/examples';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening, query, type Reply } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { recordCalls, sendJson, type Recorder } from '../support/recorder';

const TAG = 'node-red:cleared';
const ATTACH = '/tags/attachTagToObject';

/** MISP may publish only what the flow has cleared: the tag is there before the answer, or the answer is a block. */
describe('a trigger that clears', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let recorder: Recorder;
  let port = 0;
  let log: ReturnType<typeof collectLog>;
  const seen: Record<string, unknown>[] = [];

  before(async () => {
    const saw = (message: Record<string, unknown>) => seen.push(message);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { saw } } });
    port = await freePort();
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    seen.length = 0;
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://misp:secret@127.0.0.1', port } });
    recorder = await recordCalls(misp.url);
    log = collectLog(nodeRed.RED);
  });
  afterEach(async () => {
    log.stop();
    await deploy(nodeRed.RED, [tab], {});
    recorder.close();
    await misp.close();
  });

  const clears = (wires: string[], more: object = {}) =>
    trigger(wires, { clears: true, clearServer: 'misp', ...more });
  const gate = (more: object = {}) => [
    clears(['if'], more),
    ifTag('if', 'tlp:red', ['stop'], ['go']),
    block(),
    allow(),
  ];
  interface Set {
    key?: string;
    timeout?: number;
    version?: number;
  }
  const withServers = (flow: FlowNode[], { timeout = 30, version = 0 }: Set = {}) => [
    { ...tab, info: String(version) },
    listener(port),
    { id: 'misp', type: 'misp-server', url: recorder.url, timeout, verify: true },
    ...flow,
  ];
  async function start(flow: FlowNode[], set: Set = {}): Promise<void> {
    const secrets = { ...credentials, misp: { apiKey: set.key ?? API_KEY } };
    await deploy(nodeRed.RED, withServers(flow, set), secrets);
    await listening(port);
  }
  const dataOf = (id = '2', tags: string[] = []) => {
    const event = structuredClone(misp.events.get(id)!);
    event.Tag = tags.map((name) => ({ id: '1', name, local: false })) as never;
    return { Event: event };
  };
  const ask = (tags: string[] = [], id = '2'): Promise<Reply> => query(port, 'test_module', dataOf(id, tags));
  const tagged = (id = '2') => misp.events.get(id)?.Tag?.find(({ name }) => name === TAG);
  const attached = () => recorder.calls.filter((call) => call.path === ATTACH).length;
  const refused = async (reply: Promise<Reply>, why: RegExp) => {
    const { json } = await reply;
    assert.match(json.error ?? '', why);
    assert.match(json.error ?? '', /^MISP could go on, but the event could not be cleared for it: /);
    assert.ok(!json.error?.includes(API_KEY));
  };
  /** MISP does not answer calls to a path. */
  const silent = (wanted = ATTACH) => {
    recorder.answer = (call) => call.path === wanted;
  };
  const admin = (path: string, body?: object) =>
    fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const lastRun = async () => {
    const { rows } = (await (await admin('runs')).json()) as { rows: { run: string }[] };
    return rows[0].run;
  };
  const happenings = async () => {
    const answer = await admin(`runs/${await lastRun()}`);
    return ((await answer.json()) as { record: RunRecord }).record.steps;
  };

  it('tags the event before MISP may go on, makes the tag, and tells the journal and the audit', async () => {
    await start(gate());
    let isAnswered = false;
    recorder.answer = (call) => {
      if (call.path === ATTACH) assert.equal(isAnswered, false);
      return false;
    };
    const reply = await ask();
    isAnswered = true;
    assert.deepEqual(reply.json, { data: true });
    assert.equal(tagged()?.local, true, 'it does not travel, and does not touch the event');
    assert.equal(attached(), 1);
    const audit = path.join(nodeRed.userDir, 'misp-workflows/audit.jsonl');
    await until(() => existsSync(audit) && readFileSync(audit, 'utf8').includes('attach-tags'));
    const list = await happenings();
    const [trigger] = list.filter(({ what }) => what === 'did');
    assert.equal(trigger.node?.id, idOf('trigger'));
  });

  it('never tags what is blocked, and does not keep MISP waiting for it', async () => {
    await start(gate());
    silent('/events/restSearch');
    const reply = await ask(['tlp:red']);
    assert.equal(reply.json.error, 'blocked by the flow');
    assert.deepEqual(recorder.calls, []);
  });

  it('makes sure of a clearance that is there', async () => {
    await start(gate());
    await ask();
    recorder.calls.length = 0;
    assert.deepEqual((await ask()).json, { data: true });
    assert.equal(attached(), 1);
  });

  it('clears the event that MISP asked about, whatever the flow makes of the message', async () => {
    const spoil = `msg.payload.Event.id = '1'; msg.payload.Event.uuid = '${misp.events.get('1')!.uuid}';
      msg.misp.test = true; msg.misp.server = 'x'; delete msg.misp.run; return msg;`;
    await start([
      clears(['spoil']),
      node('spoil', 'function', [['go']], { func: spoil, outputs: 1 }),
      allow(),
    ]);
    assert.deepEqual((await ask()).json, { data: true });
    assert.ok(tagged('2'));
    assert.equal(tagged('1'), undefined);
  });

  it('clears where all paths have ended, and after a policy that allows', async () => {
    const fail = node('fail', 'function', [[]], { func: 'throw new Error("broken")', outputs: 1 });
    await start([clears([], { goOn: 'ended' })]);
    assert.deepEqual((await ask()).json, { data: true });
    assert.ok(tagged());
    misp.events.get('2')!.Tag = [];
    await start([clears(['fail'], { onError: 'allow' }), fail, allow()]);
    assert.deepEqual((await ask()).json, { data: true });
    assert.ok(tagged());
    misp.events.get('2')!.Tag = [];
    const slow = node('slow', 'delay', [['go']], {
      pauseType: 'delay',
      timeout: '9',
      timeoutUnits: 'seconds',
    });
    await start([clears(['slow'], { onDeadline: 'allow', deadline: 1 }), slow, allow()]);
    const late = await ask();
    assert.deepEqual(late.json, { data: true });
    assert.ok(late.ms < 1000 && tagged());
  });

  const FAILS: [name: string, why: RegExp, set: Set, prepare?: () => void][] = [
    ['the key is of another organisation', /Local tags can only be added by/, { key: PUBLISHER_KEY }],
    ['the key may only read', /permission/i, { key: READER_KEY }],
    [
      'MISP fails',
      /An Internal Error/,
      {},
      () => (misp.faults.settings = { every: 1, fault: '500', only: /attach/ }),
    ],
    [
      'MISP says that it did not save',
      /no reason given/,
      {},
      () => {
        recorder.answer = (call, response) =>
          call.path === ATTACH && sendJson(response, { saved: false, errors: 'no reason given' });
      },
    ],
    [
      'MISP takes no more calls',
      /asks to wait 60 s/,
      {},
      () => (misp.faults.settings = { every: 1, fault: '429', retryAfter: 60 }),
    ],
    ['the event is gone', /does not have that/, {}, () => misp.events.delete('2')],
    [
      'the answer is a login page',
      /login|html/i,
      {},
      () => (misp.faults.settings = { every: 1, fault: 'login' }),
    ],
  ];
  for (const [name, why, set, prepare] of FAILS) {
    it(`blocks with the reason if ${name}`, async () => {
      misp.tags.make(TAG);
      await start(gate({ deadline: 3 }), set);
      const data = dataOf();
      prepare?.();
      await refused(query(port, 'test_module', data), why);
      assert.equal(tagged(), undefined);
      assert.match(log.text(), /MISP was told to stop: MISP could go on, but/);
    });
  }

  it('blocks if the MISP has another event by that name: it is not the one that asked', async () => {
    await start(gate());
    const { Event } = dataOf();
    await refused(query(port, 'test_module', { Event: { ...Event, id: '77' } }), /not the MISP that asked/);
    assert.equal(attached(), 0);
  });

  it('blocks if MISP said neither id nor uuid', async () => {
    await start(gate());
    await refused(query(port, 'test_module', { Event: { info: 'x', Tag: [] } }), /did not say which event/);
    await refused(query(port, 'test_module', { Event: { id: '2', Tag: [] } }), /did not say which event/);
    assert.equal(attached(), 0);
  });

  it('blocks before the deadline if MISP hangs, and asks a MISP that is away no more', async () => {
    await start(gate({ deadline: 1 }));
    silent();
    const hangs = await ask();
    assert.match(hangs.json.error ?? '', /no time left before the deadline/);
    assert.ok(hangs.ms < 1000, String(hangs.ms));
    assert.match(log.text(), /no time left/);
    recorder.close();
    for (let count = 0; count < 3; count++) await ask();
    const away = await ask();
    await refused(Promise.resolve(away), /has not answered since/);
    assert.ok(away.ms < 500, 'it costs milliseconds then');
  });

  it('lets a block win that comes while it clears, and does not tag after it', async () => {
    const slow = node('slow', 'delay', [['stop']], {
      pauseType: 'delay',
      timeout: '200',
      timeoutUnits: 'milliseconds',
    });
    await start([clears(['go', 'slow']), slow, allow('go', 'allow-at-once'), block()]);
    silent('/events/restSearch');
    const reply = await ask();
    assert.equal(reply.json.error, 'blocked by the flow');
    assert.ok(reply.ms < 1000);
    assert.equal(attached(), 0);
  });

  it('does not clear after a redeploy has ended the run', async () => {
    const acts = node('acts', 'function', [['go']], { func: 'return msg;', outputs: 1 });
    await start([clears(['acts']), acts, allow()]);
    silent('/events/restSearch');
    const reply = ask();
    await until(() => recorder.calls.length > 0);
    recorder.answer = undefined;
    await start([clears(['acts'], { name: 'other' }), acts, allow()]);
    assert.match((await reply).json.error ?? '', /was stopped/);
    assert.equal(attached(), 0);
  });

  it('asks the flow anew after a redeploy if it only decided, and clears once', async () => {
    await start(gate());
    silent('/events/restSearch');
    const reply = ask();
    await until(() => recorder.calls.length > 0);
    recorder.answer = undefined;
    await start(gate({ name: 'other' }));
    assert.deepEqual((await reply).json, { data: true });
    assert.equal(attached(), 1);
  });

  it('blocks when Node-RED is too busy to clear, although the policy allows', async () => {
    const spin = node('spin', 'function', [['go']], {
      func: 'const end = Date.now() + 2500; while (Date.now() < end); return msg;',
      outputs: 1,
    });
    await start([clears(['spin'], { onDeadline: 'allow', deadline: 1 }), spin, allow()]);
    const spun = await ask();
    assert.match(spun.json.error ?? '', /in time/);
    await happenings();
    assert.deepEqual(recorder.calls, [], 'it is not cleared afterwards');
  });

  it('clears two runs at once', async () => {
    await start(gate());
    const replies = await Promise.all([ask(), ask(), ask(['tlp:red'])]);
    assert.deepEqual(
      replies.map(({ json }) => json.error ?? ''),
      ['', '', 'blocked by the flow'],
    );
    assert.equal(misp.events.get('2')!.Tag?.filter(({ name }) => name === TAG).length, 1);
  });

  it('does not clear in test runs', async () => {
    await start(gate());
    await ask();
    recorder.calls.length = 0;
    const run = await admin(`triggers/${idOf('trigger')}/test`, { use: 'received' });
    assert.equal(((await run.json()) as { outcome: string }).outcome, 'allow');
    const replay = await admin(`runs/${await lastRun()}/replay`, { acts: true });
    assert.equal(replay.status, 200);
    assert.deepEqual(recorder.calls, []);
  });

  /** MISP sends the event alone, with its tags. */
  const attachedData = () => ({
    Event: { ...structuredClone(misp.events.get('2')!), Attribute: [], Object: [] },
  });

  it('runs no trigger of ours with its own tag', async () => {
    const watch = node('watch', 'function', [[]], { func: "global.get('saw')(msg);", outputs: 1 });
    const told = trigger(
      ['watch'],
      { trigger: 'tag-attached-after-save', module: 'told', locality: 'any' },
      'told',
    );
    misp.workflows['tag-attached-after-save'] = { module: 'told' };
    await start([...gate(), told, watch]);
    await ask();
    await query(port, 'told', attachedData());
    misp.tags.make('by a person');
    misp.events.get('2')!.Tag.push({ id: '9', name: 'by a person', local: true } as never);
    await query(port, 'told', attachedData());
    await until(() => seen.length > 0);
    assert.equal(seen.length, 1, 'only that of the person');
  });

  it('is what its example shows', async () => {
    const changes = { 'misp-listener': { port }, 'misp-server': { url: recorder.url } };
    const flow = example('Fail closed - only what is cleared is published', changes);
    const idOfType = (type: string) => flow.find((one) => one.type === type)!.id;
    const secrets = { [idOfType('misp-listener')]: credentials.listener };
    await deploy(nodeRed.RED, flow, { ...secrets, [idOfType('misp-server')]: { apiKey: API_KEY } });
    await listening(port);
    assert.deepEqual((await query(port, 'nodered_fail_closed', dataOf())).json, { data: true });
    assert.ok(tagged());
    const red = await query(port, 'nodered_fail_closed', dataOf('2', ['tlp:red']));
    assert.match(red.json.error ?? '', /must not leave this MISP/);
  });

  it('is broken, and blocks, without a MISP; and is off where it has no meaning', async () => {
    await start([clears(['go'], { clearServer: '' }), allow()]);
    assert.match(log.text(), /MISP is to publish only what this flow has cleared, but no working MISP/);
    await start([clears(['go'], { trigger: 'event-before-save' }), allow()]);
    assert.deepEqual((await ask()).json, { data: true });
    await start([clears(['go'], { goOn: 'watch' }), allow()]);
    assert.deepEqual((await ask()).json, { data: true });
    assert.equal(attached(), 0);
  });
});
