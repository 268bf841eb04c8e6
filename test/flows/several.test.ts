import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, startStandInMisp } from '../../sandbox/misp/server';
import { triggerData } from '../../sandbox/misp/trigger-data';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort, listening, query } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { hasRedis, RedisServer } from '../support/redis';
import { fireAtSeveral, inRedis } from '../support/redis-kills';
import { until } from '../support/until';

/** The small sister of `npm run kills:redis`. */
describe('three Node-REDs on one Redis', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasRedis()) this.skip();
  });

  it('lose nothing that was accepted while they and it are killed, and keep the order of each event', async () => {
    const { accepted, unanswered, duplicates, seconds, perSecond, ...result } = await fireAtSeveral({
      ...{ processes: 3, kills: 1, redisKills: 1, deadAfter: 2 },
      ...{ requests: 240, atOnce: 30, sizes: [1024, 60 * 1024], events: 4 },
    });
    console.log(
      `        ${accepted} accepted, ${unanswered} unanswered, ${result.refused} refused, ${duplicates} duplicates, ${perSecond}/s, ${seconds.toFixed(1)} s`,
    );
    assert.deepEqual([result.lost, result.runAllTheSame], [[], []]);
    const { unmarked, outOfOrder, left } = result;
    assert.deepEqual({ unmarked, outOfOrder, left }, { unmarked: 0, outOfOrder: 0, left: 0 });
    assert.ok(accepted >= 120, String(accepted));
    assert.equal(accepted + unanswered + result.refused, 240);
  });

  it('know what another one has written; without Redis they say what is wrong, and MISP is refused', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'misp-echoes-'));
    const file = path.join(folder, 'seen.txt');
    const redis = await new RedisServer().start();
    const ports = [await freePort(), await freePort()];
    const [first, second] = ports;
    // MISP asks the second one; the first one writes. Requests are not stored: each runs where it comes in.
    const misp = await startStandInMisp({
      ...{ port: 0, firesTriggers: true },
      actionService: { url: 'http://misp:secret@127.0.0.1', port: second },
    });
    const several: NodeRedProcess[] = [];
    const name = 'attribute-after-save';
    const flow = (port: number) => [
      ...[tab, listener(port), inRedis(redis)],
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
      trigger(['seen', 'toggle'], { version: 3, trigger: name, module: 'saved', intake: 'now' }),
      node('seen', 'file', [[]], {
        ...{ filename: file, filenameType: 'str', appendNewline: true, overwriteFile: 'false' },
      }),
      node('toggle', 'misp-attribute', [[]], { server: 'misp', change: 'toggle' }),
      trigger([], { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' }, 'stored'),
    ];
    try {
      for (const port of ports) {
        const nodeRed = await forkNodeRed();
        several.push(nodeRed);
        await nodeRed.deploy(flow(port), { ...credentials, misp: { apiKey: API_KEY } });
        await listening(port);
      }
      await until(async () => (await redis.say('KEYS', 'misp-workflows:alive:*')).startsWith('*2'));
      misp.workflows[name] = { module: 'saved' };
      const { Attribute, ...event } = misp.events.get('2')!;
      const before = Attribute[0].to_ids;
      const data = triggerData({ ...event, Attribute: [Attribute[0]], Object: [] });
      assert.deepEqual((await query(first, 'saved', data)).json, { data: true });
      const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
      await until(() => misp.outcomes.some((one) => one.trigger === name));
      await misp.worker.idle();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(lines(), 1);
      assert.equal(misp.outcomes.filter((one) => one.trigger === name).length, 1);
      assert.notEqual(misp.events.get('2')!.Attribute[0].to_ids, before);
      await tellsOfRedis(several[0], first, redis);
    } finally {
      for (const nodeRed of several) nodeRed.kill();
      await misp.close();
      await redis.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  /** Redis goes, and comes back. */
  async function tellsOfRedis(nodeRed: NodeRedProcess, port: number, redis: RedisServer): Promise<void> {
    const isRed = async (name: string) => (await nodeRed.statuses())[name]?.fill === 'red';
    const ask = async () => (await query(port, 'stored', { Event: { id: '1' } })).json;
    assert.deepEqual(await ask(), { data: true });
    await redis.stop();
    await until(async () => (await isRed('store')) && (await isRed(idOf('stored'))));
    assert.match((await ask()).error ?? '', /did not accept it: Redis at 127.0.0.1:\d+ cannot be used/);
    await redis.start();
    await until(async () => !(await isRed('store')));
    // What MISP was told last stands there until this one runs a request again: any of them may take one.
    await until(async () => {
      assert.deepEqual(await ask(), { data: true });
      return !(await isRed(idOf('stored')));
    });
  }
});
