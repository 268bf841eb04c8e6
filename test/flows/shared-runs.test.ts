import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunList, RunPage } from '../../nodes/plugin/api';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { hasRedis, RedisServer } from '../support/redis';
import { bytesIn, LIMITS, opened, Store, storedRun } from '../support/store';
import { until } from '../support/until';

const PASSWORD = 'hidden-word';

describe('two Node-REDs that keep their runs in one Redis', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasRedis()) this.skip();
  });

  interface One {
    nodeRed: NodeRedProcess;
    port: number;
    list(filter?: string): Promise<RunList>;
    ask<T>(route: string, method?: string): Promise<T>;
  }
  async function started(userDir: string, store: FlowNode): Promise<One> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const nodeRed = await forkNodeRed({ userDir, port: adminPort });
    const flow = [
      ...[tab, listener(port), store, trigger(['if'])],
      ...[ifTag('if', 'tlp:red', ['stop'], ['wait']), block(), allow()],
      node('wait', 'misp-delay', [['go']], { delay: 0.01 }),
    ];
    await nodeRed.deploy(flow, { ...credentials, store: { redisPassword: PASSWORD } });
    await listening(port);
    const ask = async <T>(route: string, method = 'GET') => {
      const response = await fetch(`http://127.0.0.1:${adminPort}/admin/misp-workflows/${route}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      return JSON.parse((await response.text()) || '{}') as T;
    };
    return { nodeRed, port, ask, list: (filter = '') => ask<RunList>(`runs?${filter}`) };
  }

  it('find, show, replay and forget what the other one has run; without Redis both go on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'misp-shared-'));
    const redis = await new RedisServer(['--requirepass', PASSWORD], PASSWORD).start();
    const store = {
      ...{ id: 'store', type: 'misp-store', keep: 'redis', data: true, redisPort: redis.port, deadAfter: 2 },
    };
    const several: One[] = [];
    try {
      // What was kept on disk before stays there.
      const onDisk = path.join(folder, '0', 'misp-workflows/history');
      const before = await opened(new Store(onDisk, LIMITS));
      await before.record([storedRun('old', { at: 1 + Date.now() - 89 * 86_400_000, text: 'sentinel-old' })]);
      before.close();
      several.push(...(await Promise.all(['0', '1'].map((name) => started(path.join(folder, name), store)))));
      const [first, second] = several;
      const asks = async ({ port }: One, tag: string, info: string) =>
        (await query(port, 'test_module', event([tag], { info }))).json;
      assert.equal((await asks(first, 'tlp:red', 'Secret operation')).error, 'blocked by the flow');
      assert.deepEqual(await asks(second, 'tlp:green', 'Everyday phishing'), { data: true });
      await until(async () => (await second.list('text=secret')).rows.length === 1);
      const [{ run }] = (await second.list('text=secret')).rows;
      for (const one of several) {
        await until(async () => (await one.list()).rows.length === 2);
        const { rows, total, trouble } = await one.list();
        assert.deepEqual(
          rows.map(({ about }) => about?.info),
          ['Everyday phishing', 'Secret operation'],
        );
        assert.deepEqual([total, trouble], [2, []]);
      }
      const { record, replayable } = await second.ask<RunPage>(`runs/${run}`);
      assert.deepEqual([record.outcome, record.steps[0].what, replayable], ['block', 'decided', true]);
      const replayed = await second.ask<RunPage>(`runs/${run}/replay`, 'POST');
      assert.deepEqual([replayed.record.test, replayed.record.outcome], [true, 'block']);
      await until(async () => (await first.list()).rows.length === 3);

      await second.ask(`runs/${run}`, 'DELETE');
      await until(async () => (await first.list('text=secret')).rows.every((row) => row.run !== run));
      assert.deepEqual(await first.ask(`runs/${run}`), {});

      await redis.rewritten();
      await redis.stop();
      const isRed = async ({ nodeRed }: One) => (await nodeRed.statuses()).store?.text ?? '';
      for (const one of several)
        await until(async () => (await isRed(one)).startsWith('runs not in Redis: '));
      assert.equal((await asks(first, 'tlp:red', 'While it was away')).error, 'blocked by the flow');
      const alone = await first.list();
      assert.match(alone.trouble.join(), /^Redis at .* cannot be used, so runs are kept in memory/);
      assert.equal(alone.rows[0].about?.info, 'While it was away');
      await redis.start();
      for (const one of several) await until(async () => (await one.list()).trouble.length === 0);
      await until(async () => (await second.list('text=away')).rows.length === 1);

      await second.ask('runs/all', 'DELETE');
      for (const one of several) await until(async () => (await one.list()).total === 0);
      for (const text of ['secret operation', 'while it was away'])
        await until(async () => !(await redis.bytes()).includes(text));
      const { log } = await first.nodeRed.memory();
      assert.match(log.join('\n'), /1 runs are in .*history, on disk, where they were kept before/);
      assert.doesNotMatch(
        log.join('\n') + JSON.stringify(await first.nodeRed.statuses()),
        new RegExp(PASSWORD),
      );
      await first.nodeRed.stop();
      assert.ok(bytesIn(onDisk).includes('sentinel-old'));
    } finally {
      for (const { nodeRed } of several) nodeRed.kill();
      await redis.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });
});
