import { strict as assert } from 'node:assert';
import type { RecordSet } from '../../src/records/records';
import { loadRedis } from '../../src/store/redis/packages';
import { RedisRecords } from '../../src/store/redis/records';
import { scripted } from '../../src/store/redis/scripts';
import { words } from '../../src/text';
import { settled } from '../support/queue';
import { hasRedis, openedRedisQueue, RedisServer } from '../support/redis';
import { until } from '../support/until';

const SET = 'numbers';
const KEY = `test:records:${SET}`;

/** A process that shares them. */
interface Sharer {
  set: RecordSet;
  queue: Awaited<ReturnType<typeof openedRedisQueue>>['queue'];
}

describe('records in Redis', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  const sharers: Sharer[] = [];
  let a: RecordSet;
  let b: RecordSet;

  before(async function () {
    if (!hasRedis()) return this.skip();
    redis = await new RedisServer().start();
    [a, b] = (await Promise.all([shared(), shared()])).map(({ set }) => set);
  });
  afterEach(async () => {
    await redis?.say('FLUSHALL');
  });
  after(async () => {
    for (const { queue } of sharers) queue.close();
    await redis?.remove();
  });

  async function shared(server = redis, port = server.port): Promise<Sharer> {
    const { queue } = await openedRedisQueue({ ...server.settings, port });
    sharers.push({ queue, set: queue.records(SET) });
    return sharers.at(-1)!;
  }
  const all = (set: RecordSet) => set.transaction((found) => Object.fromEntries(found));
  const put = (set: RecordSet, id: string, text: string) =>
    set.transaction((found) => void found.set(id, text));
  const problem = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('are the same for all who share them, whatever their names and texts are', async () => {
    assert.deepEqual(await all(a), {});
    const texts: [string, string][] = [
      ...(['__proto__', 'constructor', 'version', '', ':', 'ä'] as const).map((id): [string, string] => [
        id,
        `of ${id}`,
      ]),
      ['empty', ''],
      ['markup', '<img src=x onerror=alert(1)>\0\r\n{{ 7 * 7 }} 🦝'],
      ['large', 'x'.repeat(1024 * 1024)],
    ];
    await a.transaction((found) => texts.forEach(([id, text]) => found.set(id, text)));
    assert.deepEqual(new Map(await b.transaction((found) => [...found])), new Map(texts));
    await b.transaction((found) => ['version', '__proto__', 'large'].forEach((id) => found.delete(id)));
    assert.deepEqual(await a.transaction((found) => found.size), texts.length - 3);
    assert.deepEqual(await all(sharers[0].queue.records('others')), {});
  });

  it('are changed by one after the other: nobody overwrites what he has not seen', async () => {
    const sets = [a, b, (await shared()).set];
    const add = (set: RecordSet) =>
      set.transaction((found) => {
        const number = Number(found.get('n') ?? 0) + 1;
        found.set('n', String(number));
        return number;
      });
    const numbers = await Promise.all(
      Array.from({ length: 150 }, (_, index) => add(sets[index % sets.length])),
    );
    assert.deepEqual(
      numbers.sort((x, y) => x - y),
      Array.from({ length: 150 }, (_, index) => index + 1),
    );
  });

  it('stay as they are when the work fails, and are not known by a version that is used again', async () => {
    await put(a, 'x', '1');
    const failing = a.transaction((found) => {
      found.set('x', '2');
      throw new Error('no');
    });
    assert.equal(await problem(failing), 'no');
    assert.deepEqual([await all(a), await all(b)], [{ x: '1' }, { x: '1' }]);
    // Redis has lost its latest, or was emptied.
    await redis.say('DEL', KEY);
    await put(b, 'y', '3');
    assert.deepEqual(await all(a), { y: '3' });
  });

  it('tell those who watch of changes by others, also after Redis was away', async () => {
    const server = await new RedisServer().start();
    try {
      const [one, other] = await Promise.all([shared(server), shared(server)]);
      const [a, b] = [one.set, other.set];
      await all(a);
      await settled(150);
      let changes = 0;
      const end = a.watch(() => changes++);
      await put(a, 'x', '1');
      await settled(150);
      assert.equal(changes, 0, 'its own change');
      await put(b, 'x', '2');
      await until(() => changes === 1);
      await server.stop();
      await until(async () => (await problem(all(b))) !== '');
      await server.start();
      await until(async () => (await problem(all(b))) === '');
      await put(b, 'x', '3');
      await until(() => changes === 2);
      assert.deepEqual(await all(a), { x: '3' });
      end();
      await put(b, 'x', '4');
      await settled(150);
      assert.equal(changes, 2);
    } finally {
      await server.remove();
    }
  });

  it('are not changed, with the reason, while Redis is away, silent or full', async () => {
    const server = await new RedisServer(['--maxmemory', '4mb']).start();
    try {
      const { set } = await shared(server);
      await put(set, 'x', '1');
      server.halt(true);
      const began = performance.now();
      assert.match(await problem(put(set, 'x', '2')), /Redis at 127\.0\.0\.1:\d+/);
      assert.ok(performance.now() - began < 2500, 'no longer than an answer is waited for');
      server.halt(false);
      await until(async () => (await problem(put(set, 'x', '3'))) === '');
      for (let index = 0; index < 20; index++) await problem(put(set, `more ${index}`, 'y'.repeat(400_000)));
      assert.match(await problem(put(set, 'more', 'y'.repeat(400_000))), /has nearly no memory left/);
      await server.stop();
      await until(async () => / cannot be used/.test(await problem(put(set, 'x', '4'))));
      await server.start();
      await until(async () => (await problem(all(set))) === '');
      assert.equal((await all(set)).x, '3');
    } finally {
      await server.remove();
    }
  });

  it('are not read where another program has written what is none, or without end', async () => {
    const set = a;
    await redis.say('SET', KEY, 'text');
    assert.match(await problem(all(set)), /did not do what it was asked for: WRONGTYPE/);
    await redis.say('DEL', KEY);
    await redis.say('HSET', KEY, 'foreign', 'x', ':own', 'y', 'version', 'z');
    assert.deepEqual(await all(set), { own: 'y' });
    const lua =
      "for i = 1, 11000 do redis.call('HSET', KEYS[1], ':' .. i, 'x') end redis.call('HSET', KEYS[1], 'version', 'w')";
    await redis.say('EVAL', lua, '1', KEY);
    assert.match(await problem(all(set)), /holds more than is ever written there.*Delete that key/);
    await redis.say('DEL', KEY);
    assert.deepEqual(await all(set), {});
  });

  it('are bounded in bytes, too', async () => {
    const { host, port, prefix } = redis.settings;
    const options = {
      ...{ host, port, connectionName: 'test', connectTimeout: 1000 },
      maxRetriesPerRequest: 0,
    };
    const { Redis } = loadRedis();
    const client = scripted(
      new Redis({
        ...options,
        enableOfflineQueue: true,
        autoResendUnfulfilledCommands: false,
        retryStrategy: () => 100,
      }),
    );
    const small = new RedisRecords(client, prefix, { records: 10, bytes: 100 });
    await put(a, 'x', 'y'.repeat(40));
    assert.equal((await small.load(SET)).records?.length, 1);
    await put(a, 'x', 'y'.repeat(100));
    assert.match(await problem(small.load(SET)), /holds more than is ever written there/);
    client.disconnect();
  });

  it('say in words why there are none', async () => {
    const { queue, set } = await shared(redis, 1);
    assert.ok(queue.current.state === 'failed');
    assert.equal(await problem(all(set)), words(queue.current.problem));
    queue.close();
    assert.match(await problem(all(set)), /not open/);
  });
});
