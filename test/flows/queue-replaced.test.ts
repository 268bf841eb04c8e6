import { strict as assert } from 'node:assert';
import type { EventEmitter } from 'node:events';
import type { queueOf as queueOfNode } from '../../nodes/config/queue-keeper';
import type { Runtime } from '../../nodes/runtime';
import type { WriteNews } from '../../src/echo/own-writes';
import type { QueueEvents } from '../../src/queue/queue';
import { text } from '../../src/text';
import { credentials, listener, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

/* eslint-disable @typescript-eslint/no-require-imports -- the built package, as Node-RED has loaded it */
const { queueOf } = require('../../dist/nodes/config/queue-keeper.js') as { queueOf: typeof queueOfNode };
const { runtimeOf } = require('../../dist/nodes/runtime.js') as { runtimeOf: (RED: object) => Runtime };
/* eslint-enable @typescript-eslint/no-require-imports */

describe('where requests were kept before', function () {
  this.timeout(30_000);

  it('is not heard any more, and told nothing, when they are kept elsewhere', async () => {
    const nodeRed = await startNodeRed();
    const log = collectLog(nodeRed.RED);
    try {
      const port = await freePort();
      const kept = trigger([], {
        version: 3,
        trigger: 'event-after-save',
        module: 'stored',
        intake: 'stored',
      });
      const start = (place: object) =>
        deploy(
          nodeRed.RED,
          [tab, listener(port), kept, { id: 'store', type: 'misp-store', keep: 'memory', ...place }],
          credentials,
        );
      await start({ place: 'redis', redisPort: await freePort() });
      const keeper = queueOf(nodeRed.RED as never);
      const { ownWrites } = runtimeOf(nodeRed.RED);
      const before = keeper.current!;
      // There is no Redis.
      await until(() => keeper.trouble !== undefined);
      const news: WriteNews = { news: 'begun', write: '1', events: [], does: [] };
      const told = (number: number) => JSON.stringify({ from: 'another', number, kind: 'writes', news });
      assert.equal(ownWrites.isWriting(['1']), false);
      before.emit('shared', told(1), 0);
      assert.equal(ownWrites.isWriting(['1']), true);
      before.emit('shared', told(2).replace('begun', 'over'), 0);
      assert.equal(ownWrites.isWriting(['1']), false);

      await start({});
      assert.notEqual(keeper.current, before);
      await until(() => keeper.current!.current.state === 'open');
      assert.equal(keeper.trouble, undefined);
      let changes = 0;
      let sent = 0;
      keeper.on('changed', () => changes++);
      before.share = () => sent++;
      const late: Partial<QueueEvents> = {
        ...{ state: [{ state: 'failed', problem: text('redis.closed') }], notice: ['said too late'] },
        ...{ changed: [], shared: [told(3), 0] },
      };
      for (const [event, args] of Object.entries(late)) (before as EventEmitter).emit(event, ...args);
      ownWrites.begin({ events: ['2'], does: new Set() })();
      assert.deepEqual([keeper.trouble, changes, sent], [undefined, 0, 0]);
      assert.equal(ownWrites.isWriting(['1']), false);
      assert.doesNotMatch(log.text(), /said too late/);
    } finally {
      log.stop();
      await nodeRed.stop();
    }
  });
});
