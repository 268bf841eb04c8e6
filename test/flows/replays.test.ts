import { strict as assert } from 'node:assert';
import type { Problem, RecordingState, RunList, RunPage, Routes } from '../../nodes/plugin/api';
import { readTest } from '../../src/replay/test-file';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const UUID = '5e4d3c2b-1a09-4f8e-8d7c-6b5a49382716';

describe('replays', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    port = await freePort();
  });
  after(async () => {
    await nodeRed.stop();
    await misp.close();
  });

  async function deployed(...flow: FlowNode[]): Promise<void> {
    const server = { id: 'misp', type: 'misp-server', url: misp.url };
    const secrets = { ...credentials, misp: { apiKey: API_KEY } };
    await deploy(nodeRed.RED, [tab, listener(port), server, ...flow], secrets);
    await listening(port);
  }
  const admin = async <T>(path: string, body?: object) => {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as T;
  };
  const latest = async () => (await admin<RunList>('runs')).rows[0];
  const ask = (tags: string[], more: object = {}) => query(port, 'test_module', event(tags, more));
  const counted = async () =>
    (await admin<RunList>('runs')).counts.find(({ node: one }) => one.id === idOf('trigger'))?.runs ?? 0;
  const tags = (wires: string[][] = [['go']]) =>
    node('tag', 'misp-tag', wires, { server: 'misp', scope: 'event', tags: ['tlp:amber'], version: 1 });
  const knownEvent = () => [...misp.events.values()][0];

  it('for real act, as MISP is not waiting, and MISP is not answered', async () => {
    await deployed(trigger(['tag']), tags(), allow());
    const { uuid } = knownEvent();
    await ask(['tlp:green'], { uuid });
    const before = await latest();
    const [runs, calls] = [await counted(), misp.calls.writing.length];
    const dry = await admin<RunPage>(`runs/${before.run}/replay`, { acts: false });
    assert.deepEqual([dry.record.test, dry.record.replay], [true, before.run]);
    assert.equal(misp.calls.writing.length, calls);
    const { record, replayable } = await admin<RunPage>(`runs/${before.run}/replay`, { acts: true });
    assert.ok(misp.calls.writing.length > calls, 'it wrote');
    assert.deepEqual(
      [record.test, record.replay, record.outcome, replayable],
      [false, before.run, 'allow', true],
    );
    assert.ok(record.steps.some(({ what }) => what === 'did'));
    // Neither is one that MISP asked for.
    assert.equal(await counted(), runs);
    // And a replay of the replay is one of the same data.
    const again = await admin<RunPage>(`runs/${record.run}/replay`, {});
    assert.deepEqual([again.record.test, again.record.replay], [true, before.run]);
  });

  it('act only when told so in as many words', async () => {
    await deployed(trigger(['tag']), tags(), allow());
    await ask(['tlp:green'], { uuid: knownEvent().uuid });
    const { run } = await latest();
    const calls = misp.calls.writing.length;
    for (const acts of ['true', 1, {}, null]) await admin(`runs/${run}/replay`, { acts });
    assert.equal(misp.calls.writing.length, calls);
  });

  it('for real of a trigger before a save write too: MISP is not in the middle of it', async () => {
    await deployed(trigger(['tag'], { trigger: 'event-before-save' }), tags(), allow());
    await ask(['tlp:green'], { uuid: knownEvent().uuid });
    const row = await latest();
    assert.equal(row.outcome, 'block');
    const calls = misp.calls.writing.length;
    const { record } = await admin<RunPage>(`runs/${row.run}/replay`, { acts: true });
    assert.equal(record.outcome, 'allow');
    assert.ok(misp.calls.writing.length > calls);
  });

  it('take what was pasted, in each of its forms, and what was replayed so can be replayed again', async () => {
    await deployed(trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow());
    const data = event(['tlp:red'], { info: 'Pasted' });
    const paste = (text: string) => admin<RunPage & Problem>(`triggers/${idOf('trigger')}/replay`, { text });
    for (const text of [JSON.stringify(data), JSON.stringify({ module: 'test_module', data })]) {
      const { record, replayable } = await paste(text);
      assert.deepEqual(
        [record.outcome, record.test, record.replay, record.about?.info, replayable],
        ['block', true, '', 'Pasted', true],
      );
      const again = await admin<RunPage>(`runs/${record.run}/replay`, {});
      assert.equal(again.record.outcome, 'block');
    }
    for (const text of ['{', '[]', '['.repeat(100_000)])
      assert.ok((await paste(text)).problem, text.slice(0, 9));
    assert.match((await paste(JSON.stringify({ Event: { info: 'x'.repeat(1_100_000) } }))).problem, /1 MB/);
  });

  it('take an event of MISP by its id', async () => {
    await deployed(trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow());
    const { id, info } = knownEvent();
    const calls = misp.calls.writing.length;
    const load = (key: string) =>
      admin<RunPage & Problem>(`triggers/${idOf('trigger')}/replay`, { server: 'misp', event: key });
    assert.equal((await load(id)).record.about?.info, info);
    assert.match((await load('9999999')).problem, /./);
    assert.match((await load('../users')).problem, /./);
    assert.equal(misp.calls.writing.length, calls);
  });

  it('show the nodes of others by time, and wait for what goes on behind the answer', async () => {
    const changes = {
      property: 'payload.Event.Tag',
      propertyType: 'msg',
      rules: [{ t: 'nnull' }],
      checkall: 'true',
    };
    await deployed(
      trigger(['switch', 'stop']),
      node('switch', 'switch', [['wait']], { ...changes, outputs: 1 }),
      node('wait', 'delay', [['late']], { pauseType: 'delay', timeout: '200', timeoutUnits: 'milliseconds' }),
      ifTag('late', 'tlp:red', []),
      block(),
    );
    await ask(['tlp:red']);
    const { run } = await latest();
    const { record } = await admin<RunPage>(`runs/${run}/replay`, {});
    assert.deepEqual(
      [...record.way!.nodes].sort(),
      ['late', 'stop', 'switch', 'trigger', 'wait'].map(idOf).sort(),
    );
    assert.equal(record.times?.length, record.way?.nodes.length);
    assert.deepEqual([...record.times!].sort(), record.times);
    assert.ok(record.steps.some(({ node: one, what }) => what === 'decided' && one?.id === idOf('late')));
  });

  it('show the data on entry, and between nodes for as many runs as was asked for', async () => {
    const func = 'msg.payload.Event.info = "changed"; return msg;';
    await deployed(
      trigger(['change']),
      node('change', 'function', [['if']], { func, outputs: 1 }),
      ifTag('if', 'tlp:red', ['stop'], ['go']),
      ...[block(), allow()],
    );
    type Data = Routes['GET /runs/:id/data']['answer'];
    await ask(['tlp:red'], { info: 'before' });
    const first = await latest();
    assert.deepEqual((await admin<Data>(`runs/${first.run}/data`)).between, []);
    assert.deepEqual((await admin<RecordingState>('recording', { runs: 1 })).runs, 1);
    await ask(['tlp:red'], { info: 'before' });
    const { run } = await latest();
    await ask(['tlp:red'], { info: 'before' });
    const last = await latest();
    assert.equal((await admin<RecordingState>('recording')).runs, 0);
    assert.deepEqual((await admin<Data>(`runs/${last.run}/data`)).between, []);
    const { entry, between } = await admin<Data>(`runs/${run}/data`);
    assert.equal(entry, true);
    assert.deepEqual(
      between.map(({ from, to, kept }) => [from, to, kept]),
      [
        [idOf('trigger'), idOf('change'), true],
        [idOf('change'), idOf('if'), true],
        [idOf('if'), idOf('stop'), true],
      ],
    );
    const infoAt = async (part: string) =>
      (await admin<{ data: { Event: { info: string } } }>(`runs/${run}/data/${part}`)).data.Event.info;
    assert.deepEqual(
      [await infoAt('entry'), await infoAt('0'), await infoAt('1'), await infoAt('2')],
      ['before', 'before', 'changed', 'changed'],
    );
  });

  it('become files with tests, which have no secrets', async () => {
    const user = { trigger: 'user-after-save', module: 'test_module', keepSecrets: true };
    await deployed(trigger(['go'], user), allow());
    const secret = 'SENTINEL'.repeat(5);
    await query(port, 'test_module', { User: { email: 'a@b.c', authkey: secret, password: secret } });
    const { text } = await admin<{ text: string }>(`runs/${(await latest()).run}/test`);
    assert.doesNotMatch(text, /SENTINEL/);
    await deployed(trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow());
    await ask(['tlp:red'], { uuid: UUID, info: 'Saved' });
    const saved = await admin<{ name: string; text: string }>(`runs/${(await latest()).run}/test`);
    const test = readTest(saved.text);
    assert.deepEqual(
      [test.name, test.trigger.module, test.expected.outcome, test.expected.reason],
      ['Saved', 'test_module', 'block', 'blocked by the flow'],
    );
    assert.deepEqual(test.expected.nodes?.[0], {
      ...{ node: idOf('if'), label: 'misp-if-tag', what: 'decided', is: 'then' },
    });
    const { record } = await admin<RunPage>(`triggers/${idOf('trigger')}/replay`, { text: saved.text });
    assert.equal(record.outcome, 'block');
  });

  it('are listed part by part, and found by the event', async () => {
    await deployed(trigger(['go'], { goOn: 'watch' }), allow());
    for (let i = 0; i < 210; i++) await ask([], { id: String(5000 + i), info: `number ${i}` });
    const { rows, more } = await admin<RunList>('runs');
    assert.deepEqual([rows.length, more], [200, true]);
    const earlier = await admin<RunList>(`runs?before=${rows[199].run}`);
    assert.equal(earlier.rows[0].about?.info, 'number 9');
    assert.equal((await admin<RunList>('runs?before=unknown')).rows.length, 0);
    const found = await admin<RunList>('runs?event=5007');
    assert.deepEqual(
      found.rows.map(({ about }) => about?.info),
      ['number 7'],
    );
  });
});
