import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { action, type ActionModule } from '../../src/listener/kinds/action';
import { DEFAULT_LIMITS, type FromWorker } from '../../src/listener/protocol';
import type { Keep } from '../../src/listener/thread/hand-over';
import { ListenerServer } from '../../src/listener/thread/server';
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

/** The server of the thread with a real socket; this thread takes the place of the main one. */
describe('a step before a flow gets a request', () => {
  const told: FromWorker[] = [];
  const news = new EventEmitter<{ message: [FromWorker] }>();
  let server: ListenerServer | undefined;

  async function start(keep: Keep): Promise<() => Promise<unknown>> {
    told.length = 0;
    const port = await freePort();
    const limits = { ...DEFAULT_LIMITS, handedBytes: 1e6, openRuns: 1 };
    const post = (message: FromWorker) => {
      told.push(message);
      news.emit('message', message);
      if (message.type === 'query') server?.answer(message.head.id, accepted, true);
    };
    server = new ListenerServer({ host: '127.0.0.1', port, access: 'open', limits }, undefined, post, keep);
    server.setModule(log, 'live');
    await once(news, 'message');
    return async () => {
      const body = JSON.stringify({ module: 'log', data: { text: 'kept' } });
      const answer = await fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', body });
      assert.equal(answer.status, 200);
      return (await answer.json()) as unknown;
    };
  }

  const handed = () => told.filter(({ type }) => type === 'query').length;
  afterEach(async () => {
    server?.close();
    while (!told.some(({ type }) => type === 'closed')) await once(news, 'message');
  });

  it('comes to its end before MISP is told that it was accepted', async () => {
    const steps: string[] = [];
    const ask = await start(async (query, body) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(handed(), 0);
      steps.push(`${query.module?.name}: ${Buffer.from(body).toString()}`);
    });
    assert.deepEqual(await ask(), { data: true });
    assert.deepEqual(steps, ['log: {"module":"log","data":{"text":"kept"}}']);
    assert.equal(handed(), 1);
  });

  it('refuses the request when it fails, tells the trigger, and gives the place back', async () => {
    const ask = await start(() => Promise.reject(new Error('disk full')));
    for (let round = 0; round < 3; round++) {
      assert.match(((await ask()) as { error: string }).error, /disk full/);
    }
    assert.equal(handed(), 0);
    const answered = told.filter((message) => message.type === 'answered');
    assert.deepEqual(
      answered.map(({ by, module, blocked }) => ({ by, module, blocked })),
      Array(3).fill({ by: 'failed', module: 'log', blocked: true }),
    );
  });

  it('that takes too long is answered at the deadline, and the flow never gets the request', async () => {
    let done = () => undefined as void;
    const ask = await start(() => new Promise((resolve) => (done = resolve)));
    for (let round = 0; round < 3; round++) {
      assert.match(((await ask()) as { error: string }).error, /in time/);
      done();
    }
    assert.equal(handed(), 0);
  });

  it('costs nothing where there is nothing to wait for', async () => {
    const ask = await start(() => undefined);
    assert.deepEqual(await ask(), { data: true });
    assert.equal(handed(), 1);
  });
});
