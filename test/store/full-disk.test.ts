import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../src/text';
import { smallDisk } from '../support/small-disk';
import { LIMITS, opened, SOON, Store, storedRun, until } from '../support/store';

const MEGABYTE = 1024 * 1024;

describe('the store on a full disk', function () {
  this.timeout(120_000);

  for (const spare of [0, 4 * MEGABYTE]) {
    it(`says so, keeps what it has, deletes all the same, and goes on (${spare} bytes left free)`, async function () {
      const disk = smallDisk(48);
      if (!disk) return this.skip(); // only root may mount
      try {
        const folder = path.join(disk.folder, 'history');
        mkdirSync(folder);
        const pace = { ...SOON, spare, reserve: 8 * MEGABYTE };
        const store = await opened(new Store(folder, LIMITS, pace));
        assert.equal(store.current.state, 'open');
        const problems: string[] = [];
        store.on('state', (now) => void problems.push(now.state === 'failed' ? words(now.problem) : ''));
        const details = 'd'.repeat(20_000);
        let kept = 0;
        const write = () =>
          store.record(
            Array.from({ length: 10 }, (_, n) =>
              storedRun(`r${kept + n}`, { at: Date.now() + kept + n, details }),
            ),
          );
        const writeOn = async () => {
          for (;;) {
            await write();
            kept += 10;
          }
        };
        await assert.rejects(writeOn(), /is full, so the history is kept in memory/);
        assert.ok(kept > 100, String(kept));
        assert.match(problems.join(), /is full/);
        if (spare > 0) assert.ok(disk.free() > 0);
        await until(() => existsSync(path.join(folder, 'reserve')));
        // All of the rest too: nothing is left but the reserve.
        const filler = path.join(disk.folder, 'filler');
        assert.throws(() => writeFileSync(filler, Buffer.alloc(50 * MEGABYTE)), /ENOSPC/);
        const { total } = await store.list({ most: 1 });
        assert.equal(total, kept);
        assert.equal((await store.get('r0'))?.details, details);
        for (let n = 0; n < 50; n++) assert.equal(await store.forget({ run: `r${n}` }), 1);
        assert.equal(await store.get('r0'), undefined);
        assert.equal((await store.list({ most: 1 })).total, kept - 50);
        // Room is made.
        rmSync(filler);
        await store.forget('all');
        await until(() => store.current.state === 'open');
        await write();
        assert.equal((await store.list({ most: 1 })).total, 10);
        store.close();
        const again = await opened(new Store(folder, LIMITS, pace));
        assert.equal((await again.list({ most: 1 })).total, 10);
        again.close();
      } finally {
        disk.remove();
      }
    });
  }
});
