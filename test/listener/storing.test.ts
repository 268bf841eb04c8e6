import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { action, type ActionModule } from '../../src/listener/kinds/action';
import { DEFAULT_LIMITS, type FromWorker } from '../../src/listener/protocol';
import { ListenerServer } from '../../src/listener/thread/server';
import type { EntryAnswer, QueueEntry } from '../../src/queue/queue';
import { freePort } from '../support/misp';

const log: ActionModule = {
  kind: 'action',
  name: 'log',
  description: 'Nobody waits for it',
  deadlineMs: 300,
  blocking: false,
  stallsSaving: false,
  onDeadline: 'block',
  supportFilters: false,
  params: {},
};
const accepted = action.reply({ outcome: 'allow', cause: 'accepted' });
type Put = QueueEntry & { enter: 'put' };

/** The server of the thread with a real socket; this thread takes the place of the main one and of the queue. */
describe('keeping a request before it is accepted', () => {
  const told: FromWorker[] = [];
  const news = new EventEmitter<{ message: [FromWorker]; entry: [QueueEntry] }>();
  let server: ListenerServer | undefined;
  let queue: MessagePort;
  let entries: QueueEntry[] = [];

  /** @param onPut what the queue does with a request; without it there is none yet */
  async function start(onPut?: (put: Put) => void, module = { ...log, kept: { inOrder: false } }) {
    told.length = 0;
    entries = [];
    const port = await freePort();
    const limits = { ...DEFAULT_LIMITS, handedBytes: 1e6, openRuns: 1 };
    const post = (message: FromWorker) => {
      told.push(message);
      news.emit('message', message);
      if (message.type === 'query') server?.answer(message.head.id, accepted, true);
    };
    server = new ListenerServer({ host: '127.0.0.1', port, access: 'open', limits }, undefined, post);
    server.setModule(module, 'live');
    await once(news, 'message');
    if (onPut) connect(onPut);
    return async (signal?: AbortSignal) => {
      const body = JSON.stringify({ module: 'log', data: { text: 'kept' } });
      const answer = await fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', body, signal });
      assert.equal(answer.status, 200);
      return (await answer.json()) as unknown;
    };
  }

  function connect(onPut: (put: Put) => void): void {
    const { port1, port2 } = new MessageChannel();
    queue = port1;
    queue.on('message', (entry: QueueEntry) => {
      entries.push(entry);
      news.emit('entry', entry);
      if (entry.enter === 'put') onPut(entry);
    });
    server?.keepIn(port2);
  }

  const answer = (message: EntryAnswer) => queue.postMessage(message);
  const kept = ({ key }: { key: string }) => answer({ entry: 'kept', keys: [key] });
  const handed = () => told.filter(({ type }) => type === 'query').length;
  const entered = (enter: QueueEntry['enter']) => entries.filter((entry) => entry.enter === enter);
  const until = async (enter: QueueEntry['enter']) => {
    while (entered(enter).length === 0) await once(news, 'entry');
  };
  afterEach(async () => {
    server?.close();
    queue?.close();
    while (!told.some(({ type }) => type === 'closed')) await once(news, 'message');
  });

  it('comes to its end before MISP is told that it was accepted', async () => {
    const steps: string[] = [];
    const ask = await start((put) => {
      steps.push(`${put.module}: ${Buffer.from(put.body).toString()}`);
      setTimeout(() => {
        steps.push('kept');
        kept(put);
      }, 100);
    });
    assert.deepEqual(await ask(), { data: true });
    assert.deepEqual(steps, ['log: {"module":"log","data":{"text":"kept"}}', 'kept']);
    assert.equal(handed(), 0);
    await until('confirm');
    const [{ key }] = entered('put') as Put[];
    assert.deepEqual(entered('confirm'), [{ enter: 'confirm', keys: [key] }]);
  });

  it('refuses the request when it fails, tells the trigger, and gives the place back', async () => {
    const ask = await start(({ key }) => answer({ entry: 'refused', keys: [key], problem: 'disk full' }));
    for (let round = 0; round < 3; round++) {
      assert.match(((await ask()) as { error: string }).error, /did not accept it: disk full/);
    }
    assert.equal(handed() + entered('confirm').length, 0);
    const answered = told.filter((message) => message.type === 'answered');
    assert.deepEqual(
      answered.map(({ by, module, blocked }) => ({ by, module, blocked })),
      Array(3).fill({ by: 'unkept', module: 'log', blocked: true }),
    );
  });

  it('that takes too long is answered at the deadline, and the request is withdrawn', async () => {
    let put: Put | undefined;
    const ask = await start((one) => (put = one));
    for (let round = 0; round < 3; round++) {
      entries = [];
      assert.match(((await ask()) as { error: string }).error, /in time/);
      kept(put!);
      await until('withdraw');
      assert.deepEqual(entered('withdraw'), [{ enter: 'withdraw', key: put!.key }]);
    }
    assert.equal(handed() + entered('confirm').length, 0);
  });

  it('waits for a queue that is not there yet, until the deadline', async () => {
    const ask = await start();
    assert.match(((await ask()) as { error: string }).error, /in time/);
    const asked = ask();
    await new Promise((resolve) => setTimeout(resolve, 50));
    connect(kept);
    assert.deepEqual(await asked, { data: true });
    assert.equal(entered('put').length, 1);
  });

  it('asks a queue that begins anew what it has', async () => {
    const ask = await start(() => queue.close());
    for (const has of [true, false]) {
      const asked = ask();
      while (entered('put').length === 0) await once(news, 'entry');
      entries = [];
      connect(() => queue.close());
      await until('recall');
      const { keys } = entered('recall')[0] as QueueEntry & { enter: 'recall' };
      assert.equal(keys.length, 1);
      answer(has ? { entry: 'kept', keys } : { entry: 'refused', keys, problem: 'it failed' });
      if (has) assert.deepEqual(await asked, { data: true });
      else assert.match(((await asked) as { error: string }).error, /it failed/);
      entries = [];
    }
  });

  it('keeps a request although MISP hangs up meanwhile: MISP handed all of it over', async () => {
    const gone = new AbortController();
    let put: Put | undefined;
    const ask = await start((one) => (put = one));
    const asked = assert.rejects(ask(gone.signal));
    await until('put');
    gone.abort();
    await asked;
    while (!told.some(({ type }) => type === 'lost')) await once(news, 'message');
    kept(put!);
    await until('confirm');
  });

  it('costs nothing where there is nothing to wait for', async () => {
    const ask = await start(undefined, log as never);
    assert.deepEqual(await ask(), { data: true });
    assert.equal(handed(), 1);
  });
});
