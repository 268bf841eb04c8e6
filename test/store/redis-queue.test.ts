import { strict as assert } from 'node:assert';
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { RequestQueue, TakenRequest } from '../../src/queue/queue';
import { loadRedis } from '../../src/store/redis/packages';
import { words } from '../../src/text';
import { DEFAULT_QUEUE, Entrance, request, settled } from '../support/queue';
import { hasRedis, HASTE, openedRedisQueue, RedisQueue, RedisServer } from '../support/redis';
import { until } from '../support/until';

const textOf = ({ body }: TakenRequest) => Buffer.from(body).toString();
const eventOf = (uuid: string, info: string) =>
  request(JSON.stringify({ data: { Event: { uuid, info } } }), { inOrder: true });
const infoOf = (taken: TakenRequest) =>
  (JSON.parse(textOf(taken)) as { data: { Event: { info: string } } }).data.Event.info;

describe('accepted requests in Redis', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  const queues: RequestQueue[] = [];

  before(async function () {
    if (!hasRedis()) return this.skip();
    redis = await new RedisServer().start();
  });
  afterEach(async () => {
    for (const queue of queues.splice(0)) queue.close();
    await redis?.say('FLUSHALL').catch(() => undefined);
  });
  after(() => redis?.remove());

  async function opened(...[limits, server = redis, more = {}]: [object?, RedisServer?, object?]) {
    const found = await openedRedisQueue({ ...server.settings, ...more }, limits);
    queues.push(found.queue);
    return found;
  }
  const put = async (entrance: Entrance, ...bodies: ReturnType<typeof request>[]) => {
    for (const body of bodies) entrance.confirm(await entrance.put(body));
  };
  const state = async (queue: RequestQueue) => {
    const { waiting, running, asideCount } = await queue.overview();
    return { waiting, running, asideCount };
  };
  const NOTHING = { waiting: 0, running: 0, asideCount: 0 };

  it('are taken once they are confirmed and their module is open, and are gone when they are done', async () => {
    const { queue, taken, notices } = await opened();
    const entrance = new Entrance(queue, 'listener');
    const bytes = Buffer.from([0, 255, 254, 10, 13, 128]);
    const key = await entrance.put(request(bytes, { receivedAt: 1234, caller: 'misp' }));
    queue.open('listener', 'module');
    await settled();
    assert.equal(taken.length, 0);
    entrance.confirm(key);
    await until(() => taken.length === 1);
    const { body, id, ...rest } = taken[0];
    assert.deepEqual(Buffer.from(body), bytes);
    const notes = { flattenedCut: true, suspicious: false, keyed: undefined };
    assert.deepEqual(rest, {
      ...{ source: 'listener', module: 'module', caller: 'misp', receivedAt: 1234, attempt: 1, notes },
    });
    assert.deepEqual(await state(queue), { ...NOTHING, running: 1 });
    queue.done(id);
    await until(async () => (await state(queue)).running === 0);
    assert.deepEqual(await state(queue), NOTHING);
    assert.deepEqual(notices, []);
    assert.match(await redis.say('KEYS', 'test:request:*'), /^\*0/);
  });

  it('are taken by any of the processes, each once', async () => {
    const [a, b] = [await opened(), await opened()];
    for (const { queue } of [a, b]) {
      queue.on('taken', ({ id }) => setTimeout(() => queue.done(id), 20));
      queue.open('listener', 'module');
    }
    const entrance = new Entrance(a.queue, 'listener');
    const all = Array.from({ length: 60 }, (_, index) => `n${index}`);
    await Promise.all(all.map((info) => put(entrance, request(info))));
    await until(() => a.taken.length + b.taken.length >= 60);
    await settled();
    assert.deepEqual([...a.taken, ...b.taken].map(textOf).sort(), [...all].sort());
    assert.ok(a.taken.length > 5 && b.taken.length > 5, `${a.taken.length} and ${b.taken.length}`);
  });

  it('that MISP was refused never run, and those whose process died before it was told run, marked', async () => {
    const a = await opened();
    const entrance = new Entrance(a.queue, 'listener');
    entrance.withdraw(await entrance.put(request('refused')));
    await entrance.put(request('nobody knows'));
    await settled();
    a.queue.close();
    const b = await opened();
    b.queue.open('listener', 'module');
    await until(() => b.taken.length > 0);
    await settled(500);
    assert.deepEqual(b.taken.map(textOf), ['nobody knows']);
    assert.equal(b.taken[0].attempt, 2);
  });

  it('are taken again, marked, after a clean end and where a deploy breaks them off', async () => {
    const a = await opened();
    a.queue.open('listener', 'module');
    await put(new Entrance(a.queue, 'listener'), request('one'), request('quiet'));
    await until(() => a.taken.length === 2);
    a.queue.again(a.taken.find((one) => textOf(one) === 'one')!.id);
    a.queue.quiet(a.taken.find((one) => textOf(one) === 'quiet')!.id);
    await until(() => a.taken.length === 3);
    assert.deepEqual([textOf(a.taken[2]), a.taken[2].attempt], ['one', 2]);
    a.queue.close();
    const b = await opened();
    b.queue.open('listener', 'module');
    await until(() => b.taken.length === 1);
    assert.deepEqual([textOf(b.taken[0]), b.taken[0].attempt], ['one', 3]);
    await settled();
    assert.equal(b.taken.length, 1);
  });

  it('of one event run one after the other, whichever process has them, those of others beside', async () => {
    const [a, b] = [await opened(), await opened()];
    const begun: string[] = [];
    const atOnce = new Set<string>();
    for (const { queue } of [a, b]) {
      queue.on('taken', (taken) => {
        const info = infoOf(taken);
        const event = info.split(' ')[0];
        assert.ok(!atOnce.has(event), `${info} beside another one of its event`);
        atOnce.add(event);
        begun.push(info);
        setTimeout(() => (atOnce.delete(event), queue.done(taken.id)), Math.random() * 20);
      });
      queue.open('listener', 'module');
    }
    const entrances = [new Entrance(a.queue, 'listener'), new Entrance(b.queue, 'listener')];
    for (let index = 0; index < 25; index++) {
      // As MISP does it: the next one after the answer.
      for (const event of ['x', 'y', 'z'])
        await put(entrances[index % 2], eventOf(event, `${event} ${index}`));
    }
    await until(() => begun.length === 75);
    for (const event of ['x', 'y', 'z']) {
      const own = begun.filter((info) => info.startsWith(event));
      assert.deepEqual(
        own,
        Array.from({ length: 25 }, (_, index) => `${event} ${index}`),
      );
    }
    await until(async () => (await state(a.queue)).waiting + (await state(a.queue)).running === 0);
    assert.match(await redis.say('KEYS', 'test:line:*'), /^\*0/);
  });

  it('that nobody can read, or under which processes die, are put aside; they go on, or are deleted, by hand', async () => {
    const { queue, taken } = await opened();
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    await put(entrance, eventOf('x', 'bad'), eventOf('x', 'good'));
    await until(() => taken.length === 1);
    queue.unreadable(taken[0].id);
    // The next one of its event does not wait for it.
    await until(() => taken.length === 2);
    queue.done(taken[1].id);
    await until(async () => (await state(queue)).running === 0);
    const { aside } = await queue.overview();
    assert.deepEqual([aside.length, aside[0].reason, aside[0].module], [1, 'unreadable', 'module']);
    assert.equal(await queue.restart({ id: aside[0].id }), 1);
    await until(() => taken.length === 3);
    assert.deepEqual([infoOf(taken[2]), taken[2].attempt], ['bad', 2]);
    queue.unreadable(taken[2].id);
    await until(async () => (await state(queue)).asideCount === 1);
    assert.equal(await queue.forget('all'), 1);
    assert.deepEqual(await state(queue), NOTHING);
    assert.match(await redis.say('KEYS', 'test:request:*'), /^\*0/);
  });

  it('under which processes die are put aside after four deaths, and none that was beside them', async () => {
    const { queue } = await opened();
    const others = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const entrance = new Entrance(queue, 'listener');
    await Promise.all(['poison', ...others].map((text) => put(entrance, request(text))));
    const ended: { text: string; attempt: number }[] = [];
    let deaths = 0;
    let child: ChildProcess | undefined;
    const start = () => {
      const args = [JSON.stringify(redis.settings), JSON.stringify({ ...HASTE, lockMs: 500 })];
      child = fork(path.join(__dirname, '../support/redis-child.mjs'), args, { execArgv: [] });
      child.on('message', (one: { text: string; attempt: number }) => ended.push(one));
      child.once('exit', () => (deaths++, start()));
    };
    start();
    try {
      await until(async () => (await state(queue)).asideCount === 1);
      await until(() => new Set(ended.map(({ text }) => text)).size === others.length);
      await until(async () => (await state(queue)).waiting + (await state(queue)).running === 0);
    } finally {
      child?.removeAllListeners('exit').kill('SIGKILL');
    }
    const [{ reason, attempts }] = (await queue.overview()).aside;
    assert.deepEqual([reason, deaths], ['died', 4]);
    assert.ok(attempts >= 4, String(attempts));
    for (const text of others) {
      const first = ended.filter((one) => one.text === text && one.attempt === 1);
      assert.ok(first.length <= 1, text);
    }
  });

  it('are refused beyond the bounds, in words', async () => {
    const { queue } = await opened({ requests: 2, bytes: 1000 });
    const entrance = new Entrance(queue, 'listener');
    await entrance.put(request('1'));
    await assert.rejects(entrance.put(request('x'.repeat(1000))), /wait for their flows already/);
    await entrance.put(request('2'));
    await assert.rejects(entrance.put(request('3')), /2 requests .* wait for their flows already/);
  });

  it('are kept although they come in before it is known whether Redis is there', async () => {
    const queue = new RedisQueue(redis.settings, DEFAULT_QUEUE, HASTE);
    queues.push(queue);
    // The entrance is there as soon as the thread is.
    const kept = new Entrance(queue, 'listener').put(request('early'));
    assert.equal(queue.current.state, 'opening');
    await kept;
  });

  it('may be large', async () => {
    const { queue, taken } = await opened();
    queue.open('listener', 'module');
    const text = 'x'.repeat(12 * 1024 * 1024);
    await put(new Entrance(queue, 'listener'), request(text));
    await until(() => taken.length === 1);
    assert.equal(taken[0].body.byteLength, text.length);
  });

  it('are refused while Redis is away; it goes on by itself, with what it had', async () => {
    const server = await new RedisServer().start();
    try {
      const { queue, taken } = await opened({}, server);
      const entrance = new Entrance(queue, 'listener');
      await put(entrance, eventOf('x', 'before'), eventOf('x', 'after'));
      await server.stop();
      await until(() => queue.current.state === 'failed');
      await assert.rejects(entrance.put(request('meanwhile')), /Redis at 127\.0\.0\.1:\d+ cannot be used/);
      queue.open('listener', 'module');
      await server.start();
      await until(() => queue.current.state === 'open');
      await until(() => taken.length === 1);
      assert.equal(infoOf(taken[0]), 'before');
      // What ends while Redis is away has ended.
      await server.stop();
      queue.done(taken[0].id);
      await settled();
      await server.start();
      await until(() => taken.length === 2);
      assert.equal(infoOf(taken[1]), 'after');
      queue.done(taken[1].id);
      await until(async () => (await state(queue).catch(() => undefined))?.running === 0);
      await settled(1500);
      assert.equal(taken.length, 2);
    } finally {
      for (const queue of queues.splice(0)) queue.close();
      await server.remove();
    }
  });

  it('are refused by a Redis that does not answer in time, and do not run then', async () => {
    const server = await new RedisServer().start();
    try {
      const { queue, taken } = await opened({}, server);
      queue.open('listener', 'module');
      const entrance = new Entrance(queue, 'listener');
      await settled();
      server.halt(true);
      await assert.rejects(entrance.put(request('too late')), /Redis at/);
      server.halt(false);
      await until(() => queue.current.state === 'open');
      await put(entrance, request('in time'));
      await until(() => taken.length > 0);
      await settled(HASTE.enteringMs * 2);
      assert.deepEqual(taken.map(textOf), ['in time']);
    } finally {
      for (const queue of queues.splice(0)) queue.close();
      await server.remove();
    }
  });

  it('are refused by a Redis without memory, while what waits is run; warned is of one that throws away', async () => {
    const server = await new RedisServer(['--maxmemory', '16mb']).start();
    try {
      const { queue, taken, notices } = await opened({}, server);
      const entrance = new Entrance(queue, 'listener');
      let kept = 0;
      const fill = async () => {
        for (;;) {
          await put(entrance, request('x'.repeat(100_000)));
          kept++;
        }
      };
      await assert.rejects(fill(), /nearly no memory left/);
      assert.ok(kept > 30, String(kept));
      assert.deepEqual(notices, []);
      queue.on('taken', ({ id }) => queue.done(id));
      queue.open('listener', 'module');
      await until(() => taken.length === kept);
      await until(async () => {
        const again = entrance.put(request('again'));
        return again.then(() => true).catch(() => false);
      });
      await server.say('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
      await server.say('CONFIG', 'SET', 'appendonly', 'no');
      await until(() => notices.length === 2);
      assert.match(notices.join(), /maxmemory-policy to noeviction.*appendonly to yes/);
    } finally {
      for (const queue of queues.splice(0)) queue.close();
      await server.remove();
    }
  });

  it('are not accepted with a wrong password, which is told nowhere; they are with the right one', async () => {
    const server = await new RedisServer(['--requirepass', 'right-one']).start();
    try {
      const wrong = await opened({}, server, { password: 'wrong-sentinel' });
      assert.equal(wrong.queue.current.state, 'failed');
      const said = wrong.queue.current.state === 'failed' ? words(wrong.queue.current.problem) : '';
      assert.match(said, /WRONGPASS|NOAUTH/);
      const entrance = new Entrance(wrong.queue, 'listener');
      await assert.rejects(entrance.put(request('x')), /nothing is accepted/);
      assert.doesNotMatch(said + wrong.notices.join(), /sentinel/);
      const right = await opened({}, server, { password: 'right-one' });
      await new Entrance(right.queue, 'listener').put(request('x'));
    } finally {
      for (const queue of queues.splice(0)) queue.close();
      await server.remove();
    }
  });

  it("stand another one's data under their keys: refused or put aside, in words", async () => {
    await redis.say('SET', 'test:entering', 'not ours');
    const { queue, taken, notices } = await opened();
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    await assert.rejects(entrance.put(request('x')), /did not do what it was asked for: .*WRONGTYPE/);
    await redis.say('DEL', 'test:entering');
    for (const name of ['%', 'a:b.c', '', 'x'.repeat(10_000), 'gone.module'])
      await redis.say('SADD', 'test:lanes', name);
    await put(entrance, request('y'));
    await until(() => taken.length === 1);
    queue.done(taken[0].id);
    await until(async () => (await state(queue)).running === 0);
    assert.ok(notices.length < 20, String(notices.length));
  });

  it('come with what the others tell, also to one that has just started, and never with what it tells itself', async () => {
    const [a, b] = [await opened(), await opened()];
    a.queue.share?.('one');
    a.queue.share?.('two');
    await until(() => b.heard.length === 2);
    await settled(300);
    const c = await opened();
    await until(() => c.heard.length === 2);
    const told = [b, c].map(({ heard }) => heard.map(({ news }) => news));
    assert.deepEqual(told, [
      ['one', 'two'],
      ['one', 'two'],
    ]);
    assert.ok(b.heard[0].ageMs < 300 && c.heard[0].ageMs >= 300);
    assert.deepEqual(a.heard, []);
  });

  it('need the packages, and say so', () => {
    const missing = Object.assign(new Error("Cannot find module 'bullmq'"), { code: 'MODULE_NOT_FOUND' });
    const lacking = () => {
      throw missing;
    };
    assert.throws(() => loadRedis(lacking), /npm install bullmq ioredis/);
    missing.code = 'ERR_DLOPEN_FAILED';
    assert.throws(() => loadRedis(lacking), /cannot be loaded on this machine/);
  });
});
