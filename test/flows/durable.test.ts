import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AcceptedState, RunList } from '../../nodes/plugin/api';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { call, freePort, listening } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { smallDisk } from '../support/small-disk';
import { bytesIn, until } from '../support/store';

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
  let userDir = '';
  let file = '';
  let port = 0;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>> | undefined;
  let child: NodeRedProcess | undefined;

  beforeEach(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-durable-'));
    file = path.join(userDir, 'runs.txt');
    port = await freePort();
  });
  afterEach(async () => {
    await nodeRed?.stop();
    child?.kill();
    nodeRed = child = undefined;
    rmSync(userDir, { recursive: true, force: true, maxRetries: 10 });
  });

  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
  const ask = async (data: object, module = 'stored') => {
    const { status, json } = await call({ module, data, params: {} }, { port });
    assert.equal(status, 200);
    return json;
  };
  const queueFolder = () => path.join(userDir, 'misp-workflows/queue');
  const accepted = async () =>
    (await (await fetch(`${nodeRed!.url}/admin/misp-workflows/accepted`)).json()) as AcceptedState;
  const act = async (id: number | 'all', what: 'restart' | 'forget') =>
    (await (
      await fetch(`${nodeRed!.url}/admin/misp-workflows/accepted/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ do: what }),
      })
    ).json()) as { count: number };
  async function start(flow: FlowNode[]): Promise<void> {
    nodeRed = await startNodeRed({ userDir });
    await deploy(nodeRed.RED, flow, credentials);
    await listening(port);
  }

  it('runs each once, says that it is the first time, and leaves nothing behind', async () => {
    await start([tab, listener(port), stored(['words']), ...writing(file)]);
    for (const info of ['a', 'b', 'c']) assert.deepEqual(await ask(eventOf(info)), { data: true });
    await until(() => lines().length === 3);
    assert.deepEqual(lines().sort(), ['a 1', 'b 1', 'c 1']);
    await until(async () => (await accepted()).running === 0);
    const state = { waiting: 0, running: 0, aside: [], asideCount: 0, stranded: [] };
    assert.deepEqual(await accepted(), state);
  });

  it('starts a run again that was under way when the process died, and says so', async () => {
    child = await forkNodeRed({ userDir });
    const flow = [tab, listener(port), stored(['slow']), delay('slow', ['words'], 2), ...writing(file)];
    await child.deploy(flow, credentials);
    await listening(port);
    assert.deepEqual(await ask(eventOf('one')), { data: true });
    assert.deepEqual(await ask(eventOf('two')), { data: true });
    child.kill();
    await child.ended;
    assert.deepEqual(lines(), []);
    child = await forkNodeRed({ userDir });
    await until(() => lines().length === 2);
    assert.deepEqual(lines().sort(), ['one 2', 'two 2']);
    // A clean end is no death, and what was under way goes on behind it.
    assert.deepEqual(await ask(eventOf('three')), { data: true });
    await child.stop();
    child = await forkNodeRed({ userDir });
    await until(() => lines().length === 3);
    assert.equal(lines()[2], 'three 2');
  });

  it('puts aside what the process dies under again and again, runs the others, and starts it again by hand', async () => {
    const flow = (deadly: boolean): FlowNode[] => [
      ...[tab, listener(port), stored(['which'])],
      node('which', 'switch', [['kill'], ['words']], {
        ...{ property: 'payload.Event.info', propertyType: 'msg', outputs: 2, checkall: 'false' },
        rules: [{ t: 'eq', v: 'poison', vt: 'str' }, { t: 'else' }],
      }),
      // Those beside it are under way when the process dies.
      deadly
        ? node('kill', 'exec', [[], [], []], {
            command: 'sleep 0.3; kill -9 $PPID',
            addpay: '',
            useSpawn: 'false',
          })
        : node('kill', 'junction', [['words']]),
      delay('slow', [], 1),
      ...writing(file),
    ];
    child = await forkNodeRed({ userDir });
    await child.deploy(flow(true), credentials);
    await listening(port);
    const asked = ['a', 'poison', 'b', 'c'].map((info) => ask(eventOf(info)));
    for (const json of await Promise.all(asked)) assert.deepEqual(json, { data: true });
    for (let death = 1; death <= 3; death++) {
      await child.ended;
      child = await forkNodeRed({ userDir, atOnce: true });
    }
    await child.ready();
    await listening(port);
    assert.deepEqual(await ask(eventOf('after')), { data: true });
    await until(() => lines().some((line) => line.startsWith('after')));
    assert.deepEqual(new Set(lines().map((line) => line.split(' ')[0])), new Set(['a', 'b', 'c', 'after']));
    await child.stop();
    child = undefined;

    nodeRed = await startNodeRed({ userDir });
    await until(async () => (await accepted()).asideCount === 1);
    const { aside } = await accepted();
    const [{ module, reason, attempts }] = aside;
    assert.deepEqual([module, reason, attempts], ['stored', 'died', 3]);
    await deploy(nodeRed.RED, flow(false), credentials);
    assert.deepEqual(await act(aside[0].id, 'restart'), { count: 1 });
    await until(() => lines().includes('poison 4'));
    await until(async () => (await accepted()).asideCount === 0);
  });

  it('starts runs again that a redeploy broke off, and takes requests in meanwhile', async () => {
    const flow = (name: string) => [
      ...[tab, listener(port), stored(['slow'], { name }), delay('slow', ['words'], 1), ...writing(file)],
    ];
    await start(flow('first'));
    const log = collectLog(nodeRed!.RED);
    for (const info of ['a', 'b', 'c']) assert.deepEqual(await ask(eventOf(info)), { data: true });
    const during = ask(eventOf('d'));
    await deploy(nodeRed!.RED, flow('second'), credentials);
    assert.deepEqual(await during, { data: true });
    await until(() => lines().length === 4);
    assert.deepEqual(lines().slice(0, 3).sort(), ['a 2', 'b 2', 'c 2']);
    assert.match(lines()[3], /^d [12]$/);
    assert.doesNotMatch(log.text(), /ended \d+ accepted runs/);
    log.stop();
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
    const disk = smallDisk(80, queueFolder());
    if (!disk) return this.skip(); // only root may mount
    try {
      nodeRed = await startNodeRed({ userDir });
      const statuses: { id: string; status: { fill?: string; text?: string } }[] = [];
      const onStatus = (status: (typeof statuses)[number]) => statuses.push(status);
      nodeRed.RED.events.on('node-status', onStatus);
      const store = { id: 'store', type: 'misp-store' };
      const flow = [tab, listener(port, { store: 'store' }), store, stored(['words']), ...writing(file)];
      await deploy(nodeRed.RED, flow, credentials);
      await listening(port);
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
      const last = (id: string) => statuses.filter((status) => status.id === id).at(-1)?.status;
      for (const id of ['store', idOf('trigger')])
        assert.equal(last(id)?.fill, 'red', JSON.stringify(last(id)));
      rmSync(filler);
      await until(async () => (await ask(eventOf('again'))).error === undefined);
      await until(() => lines().some((line) => line.startsWith('again')));
      assert.ok(!lines().some((line) => line.startsWith('refused')), lines().join());
      await until(() => last(idOf('trigger'))?.fill !== 'red');
      nodeRed.RED.events.off('node-status', onStatus);
    } finally {
      await nodeRed?.stop();
      nodeRed = undefined;
      disk.remove();
    }
  });

  it('accepts nothing on a disk that is read-only, and runs nothing of it', async function () {
    const disk = smallDisk(80, queueFolder());
    if (!disk) return this.skip(); // only root may mount
    try {
      await start([tab, listener(port), stored(['words']), ...writing(file)]);
      assert.deepEqual(await ask(eventOf('first')), { data: true });
      await until(() => lines().length === 1);
      await until(async () => (await accepted()).running === 0);
      await nodeRed?.stop();
      execFileSync('mount', ['-o', 'remount,ro', disk.folder]);
      nodeRed = await startNodeRed({ userDir });
      await listening(port);
      for (let n = 0; n < 5; n++)
        assert.match(
          (await ask(eventOf('refused'))).error ?? '',
          /cannot be written to .* nothing is accepted/,
        );
      assert.deepEqual(lines(), ['first 1']);
      execFileSync('mount', ['-o', 'remount,rw', disk.folder]);
      await until(async () => (await ask(eventOf('again'))).error === undefined);
      await until(() => lines().includes('again 1'));
      assert.ok(!lines().some((line) => line.startsWith('refused')));
    } finally {
      await nodeRed?.stop();
      nodeRed = undefined;
      disk.remove();
    }
  });

  it('writes down no keys and passwords, and in memory only where the flow is to get them', async () => {
    const users = (more: object) =>
      stored(['slow'], { trigger: 'user-after-save', module: 'users', ...more });
    await start([tab, listener(port), users({}), delay('slow', [], 3)]);
    const data = { id: '1', email: 'admin@example.org', authkey: 'SECRETKEY', password: 'SECRETWORD' };
    assert.deepEqual(await ask(data, 'users'), { data: true });
    await until(async () => (await accepted()).running === 1);
    assert.ok(bytesIn(queueFolder()).includes('admin@example.org'));
    assert.ok(!/SECRETKEY|SECRETWORD/.test(bytesIn(queueFolder()).toString('latin1')));
    await until(async () => (await accepted()).running === 0);
    await deploy(
      nodeRed!.RED,
      [tab, listener(port), users({ keepSecrets: true }), delay('slow', [], 1)],
      credentials,
    );
    await listening(port);
    assert.deepEqual(await ask(data, 'users'), { data: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await accepted()).running, 0);
    assert.ok(!/SECRETKEY|SECRETWORD/.test(bytesIn(queueFolder()).toString('latin1')));
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
    const log = collectLog(nodeRed!.RED);
    const { json } = await call('{"module": "stored", "data": {"Event": {"info": "<img src=x>"', { port });
    assert.deepEqual(json, { data: true });
    await until(async () => (await accepted()).asideCount === 1);
    assert.equal((await accepted()).aside[0].reason, 'unreadable');
    assert.match(log.text(), /cannot be read, and was put aside/);
    assert.doesNotMatch(log.text(), /img src/);
    assert.deepEqual(await act('all', 'forget'), { count: 1 });
    assert.equal((await accepted()).asideCount, 0);
    log.stop();
  });

  it('takes what was stored before although it does not store any more, and names what no trigger takes', async () => {
    child = await forkNodeRed({ userDir });
    await child.deploy([tab, listener(port), stored(['slow']), delay('slow', [], 60)], credentials);
    await listening(port);
    assert.deepEqual(await ask(eventOf('one')), { data: true });
    child.kill();
    await child.ended;
    child = undefined;
    await start([tab, listener(port), stored(['words'], { module: 'other' }), ...writing(file)]);
    await until(async () => (await accepted()).stranded.length > 0);
    assert.deepEqual((await accepted()).stranded, [{ module: 'stored', count: 1 }]);
    await deploy(
      nodeRed!.RED,
      [tab, listener(port), stored(['words'], { intake: 'now' }), ...writing(file)],
      credentials,
    );
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
    assert.ok(!existsSync(queueFolder()));
  });
});
