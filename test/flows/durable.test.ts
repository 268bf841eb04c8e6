import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AcceptedState, RunList } from '../../nodes/plugin/api';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { call, freePort, listening } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { forkNodeRed } from '../support/node-red-process';
import { smallDisk, type SmallDisk } from '../support/small-disk';
import { bytesIn } from '../support/store';
import { until } from '../support/until';

const MEGABYTE = 1024 * 1024;
const stored = (wires: string[], more: object = {}) =>
  trigger(wires, { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored', ...more });

/** Nodes that write what they get into a file. */
function writing(file: string, name = 'words'): FlowNode[] {
  const template = '{{payload.Event.info}} {{misp.attempt}}';
  return [
    node(name, 'template', [[`${name}-file`]], {
      field: 'payload',
      fieldType: 'msg',
      template,
      output: 'str',
    }),
    node(`${name}-file`, 'file', [[]], {
      ...{ filename: file, filenameType: 'str', appendNewline: true, overwriteFile: 'false' },
    }),
  ];
}

const delay = (name: string, wires: string[], seconds: number) =>
  node(name, 'delay', [wires], { pauseType: 'delay', timeout: String(seconds), timeoutUnits: 'seconds' });

function eventOf(info: string, more: object = {}): object {
  const uuid = `00000000-0000-4000-8000-${Buffer.from(info.padStart(6, ' ').slice(-6)).toString('hex')}`;
  return { Event: { id: '1', uuid, info, ...more } };
}

describe('a trigger that stores its requests first', function () {
  this.timeout(90_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'misp-durable-'));
  const queueFolder = path.join(userDir, 'misp-workflows/queue');
  let file = '';
  let port = 0;
  let disk: SmallDisk | undefined;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;

  before(async () => {
    disk = smallDisk(100, queueFolder);
    port = await freePort();
  });
  beforeEach(() => {
    file = path.join(userDir, `${randomUUID()}.txt`);
  });
  after(async () => {
    await nodeRed.stop();
    disk?.remove();
    rmSync(userDir, { recursive: true, force: true, maxRetries: 10 });
  });

  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
  const ask = async (data: object, module = 'stored') => {
    const { status, json } = await call({ module, data, params: {} }, { port });
    assert.equal(status, 200);
    return json;
  };
  const accepted = async () =>
    (await (await fetch(`${nodeRed.url}/admin/misp-workflows/accepted`)).json()) as AcceptedState;
  const act = async (id: number | 'all', what: 'restart' | 'forget') =>
    (await (
      await fetch(`${nodeRed.url}/admin/misp-workflows/accepted/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ do: what }),
      })
    ).json()) as { count: number };
  async function start(flow: FlowNode[]): Promise<void> {
    await deploy(nodeRed.RED, flow, credentials);
    await listening(port);
  }

  it('starts a run again that was under way when the process died, and says so', async () => {
    const flow = [tab, listener(port), stored(['slow']), delay('slow', ['words'], 2), ...writing(file)];
    const child = await forkNodeRed({ userDir });
    try {
      await child.deploy(flow, credentials);
      await listening(port);
      assert.deepEqual(await ask(eventOf('one')), { data: true });
      assert.deepEqual(await ask(eventOf('two')), { data: true });
    } finally {
      child.kill();
    }
    await child.ended;
    assert.deepEqual(lines(), []);
    nodeRed = await startNodeRed({ userDir });
    await until(() => lines().length === 2);
    assert.deepEqual(lines().sort(), ['one 2', 'two 2']);
  });

  it('runs each once, says that it is the first time, and leaves nothing behind', async () => {
    await start([tab, listener(port), stored(['words']), ...writing(file)]);
    for (const info of ['a', 'b', 'c']) assert.deepEqual(await ask(eventOf(info)), { data: true });
    await until(() => lines().length === 3);
    assert.deepEqual(lines().sort(), ['a 1', 'b 1', 'c 1']);
    await until(async () => (await accepted()).running === 0);
    const state = { waiting: 0, running: 0, aside: [], asideCount: 0, stranded: [] };
    assert.deepEqual(await accepted(), state);
  });

  it('starts runs again that a redeploy broke off, and takes requests in meanwhile', async () => {
    const flow = (name: string) => [
      ...[tab, listener(port), stored(['slow'], { name }), delay('slow', ['words'], 1), ...writing(file)],
    ];
    await start(flow('first'));
    const log = collectLog(nodeRed.RED);
    for (const info of ['a', 'b', 'c']) assert.deepEqual(await ask(eventOf(info)), { data: true });
    const during = ask(eventOf('d'));
    await start(flow('second'));
    assert.deepEqual(await during, { data: true });
    await until(() => lines().length === 4);
    assert.deepEqual(lines().slice(0, 3).sort(), ['a 2', 'b 2', 'c 2']);
    assert.match(lines()[3], /^d [12]$/);
    assert.doesNotMatch(log.text(), /ended \d+ accepted runs/);
    log.stop();
  });

  it('starts runs again that a deploy of a node behind it broke off', async () => {
    const flow = (name: string) => [
      ...[tab, listener(port), stored(['slow']), { ...delay('slow', ['words'], 1), name }, ...writing(file)],
    ];
    await start(flow('first'));
    for (const info of ['a', 'b']) assert.deepEqual(await ask(eventOf(info)), { data: true });
    await deploy(nodeRed.RED, flow('second'), credentials, 'nodes');
    await until(() => lines().length === 2);
    assert.deepEqual(lines().sort(), ['a 2', 'b 2']);
    await until(async () => (await accepted()).running + (await accepted()).waiting === 0);
  });

  it('keeps more than may be under way at a time, where others are refused', async () => {
    await start([
      ...[tab, listener(port, { acceptedRuns: 2 }), stored(['slow']), delay('slow', ['words'], 0.2)],
      ...writing(file),
    ]);
    const asked = Array.from({ length: 20 }, (_, n) => ask(eventOf(`n${n}`)));
    for (const json of await Promise.all(asked)) assert.deepEqual(json, { data: true });
    await until(() => lines().length === 20);
    assert.equal(new Set(lines()).size, 20);
  });

  it('runs one after another for each event where that is asked for', async () => {
    await start([
      ...[tab, listener(port), stored(['random'], { inOrder: true })],
      node('random', 'delay', [['words']], {
        ...{ pauseType: 'random', randomFirst: '0', randomLast: '200', randomUnits: 'milliseconds' },
      }),
      ...writing(file),
    ]);
    const event = (info: string, of: string) => ({ Event: { id: of, uuid: '', info } });
    for (let n = 0; n < 8; n++)
      for (const of of ['1', '2']) assert.deepEqual(await ask(event(`${of}-${n}`, of)), { data: true });
    await until(() => lines().length === 16);
    for (const of of ['1', '2']) {
      const order = lines().filter((line) => line.startsWith(of));
      assert.deepEqual(order, [...order].sort());
    }
  });

  it('says to MISP, in red and in the list that nothing is accepted on a full disk, and drops nothing in silence', async function () {
    if (!disk) return this.skip(); // only root may mount
    const statuses: { id: string; status: { fill?: string; text?: string } }[] = [];
    const onStatus = (status: (typeof statuses)[number]) => statuses.push(status);
    nodeRed.RED.events.on('node-status', onStatus);
    const last = (id: string) => statuses.filter((status) => status.id === id).at(-1)?.status;
    const store = { id: 'store', type: 'misp-store' };
    await start([tab, listener(port, { store: 'store' }), store, stored(['words']), ...writing(file)]);
    assert.deepEqual(await ask(eventOf('first')), { data: true });
    await until(() => lines().length === 1);
    const filler = path.join(disk.folder, 'filler');
    writeFileSync(filler, Buffer.alloc(disk.free() - 8 * MEGABYTE));
    const told = await ask(eventOf('refused'));
    assert.match(
      told.error ?? '',
      /could not keep the request, and did not accept it: The disk with .* is full/,
    );
    for (let n = 0; n < 20; n++) assert.match((await ask(eventOf('refused'))).error ?? '', /is full/);
    const { trouble } = (await (await fetch(`${nodeRed.url}/admin/misp-workflows/runs`)).json()) as RunList;
    assert.match(trouble[0], /is full, so nothing is accepted/);
    for (const id of ['store', idOf('trigger')])
      assert.equal(last(id)?.fill, 'red', JSON.stringify(last(id)));
    rmSync(filler);
    await until(async () => (await ask(eventOf('again'))).error === undefined);
    await until(() => lines().some((line) => line.startsWith('again')));
    assert.ok(!lines().some((line) => line.startsWith('refused')), lines().join());
    await until(() => last(idOf('trigger'))?.fill !== 'red');
    nodeRed.RED.events.off('node-status', onStatus);
  });

  it('writes down no keys and passwords, and in memory only where the flow is to get them', async () => {
    const users = (more: object) =>
      stored(['slow'], { trigger: 'user-after-save', module: 'users', ...more });
    await start([tab, listener(port), users({}), delay('slow', [], 1)]);
    const data = { id: '1', email: 'admin@example.org', authkey: 'SECRETKEY', password: 'SECRETWORD' };
    assert.deepEqual(await ask(data, 'users'), { data: true });
    await until(async () => (await accepted()).running === 1);
    assert.ok(bytesIn(queueFolder).includes('admin@example.org'));
    assert.ok(!/SECRETKEY|SECRETWORD/.test(bytesIn(queueFolder).toString('latin1')));
    await until(async () => (await accepted()).running === 0);
    await start([tab, listener(port), users({ keepSecrets: true }), delay('slow', [], 1)]);
    assert.deepEqual(await ask(data, 'users'), { data: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await accepted()).running, 0);
    assert.ok(!/SECRETKEY|SECRETWORD/.test(bytesIn(queueFolder).toString('latin1')));
  });

  it('keeps what is larger than 5 MB whole', async () => {
    await start([tab, listener(port), stored(['words']), ...writing(file)]);
    const comment = 'x'.repeat(7 * MEGABYTE);
    assert.deepEqual(await ask(eventOf('large', { comment })), { data: true });
    await until(() => lines().length === 1);
    assert.deepEqual(lines(), ['large 1']);
  });

  it('puts aside what was accepted and cannot be read, and says so', async () => {
    await start([tab, listener(port), stored(['words']), ...writing(file)]);
    const log = collectLog(nodeRed.RED);
    const { json } = await call('{"module": "stored", "data": {"Event": {"info": "<img src=x>"', { port });
    assert.deepEqual(json, { data: true });
    await until(async () => (await accepted()).asideCount === 1);
    assert.equal((await accepted()).aside[0].reason, 'unreadable');
    assert.match(log.text(), /cannot be read, and was put aside/);
    assert.doesNotMatch(log.text(), /img src/);
    const [{ id, attempts }] = (await accepted()).aside;
    assert.deepEqual(await act(id, 'restart'), { count: 1 });
    await until(async () => (await accepted()).aside[0]?.attempts === attempts + 1);
    assert.deepEqual(await act('all', 'forget'), { count: 1 });
    assert.equal((await accepted()).asideCount, 0);
    log.stop();
  });

  it('takes what was stored before although it does not store any more, and names what no trigger takes', async () => {
    await start([tab, listener(port), stored(['slow']), delay('slow', [], 60)]);
    assert.deepEqual(await ask(eventOf('one')), { data: true });
    await start([tab, listener(port), stored(['words'], { module: 'other' }), ...writing(file)]);
    await until(async () => (await accepted()).stranded.length > 0);
    assert.deepEqual((await accepted()).stranded, [{ module: 'stored', count: 1 }]);
    await start([tab, listener(port), stored(['words'], { intake: 'now' }), ...writing(file)]);
    await until(() => lines().length > 0);
    assert.deepEqual(lines(), ['one 2']);
  });

  it('is as it was for flows that were saved before', async () => {
    await start([
      tab,
      listener(port),
      stored(['words'], { version: 2, intake: undefined }),
      ...writing(file),
    ]);
    assert.deepEqual(await ask(eventOf('one')), { data: true });
    await until(() => lines().length === 1);
    assert.deepEqual(lines(), ['one ']);
    const { waiting, running } = await accepted();
    assert.deepEqual([waiting, running], [0, 0]);
  });
});
