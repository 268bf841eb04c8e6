import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Reserve } from '../../src/store/thread/space';
import { words } from '../../src/text';
import { smallDisk } from '../support/small-disk';
import { LIMITS, opened, SOON, Store, storedRun } from '../support/store';
import { until } from '../support/until';

const MEGABYTE = 1024 * 1024;

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

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
        await until(() => sizeOf(path.join(folder, 'reserve')) > 7 * MEGABYTE);
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

  it('takes back of its reserve what there is room for, when others have taken some of it', function () {
    const disk = smallDisk(4);
    if (!disk) return this.skip();
    try {
      const [file, filler, other] = ['reserve', 'filler', 'other'].map((name) =>
        path.join(disk.folder, name),
      );
      const reserve = new Reserve(file, 2 * MEGABYTE);
      // It takes nothing that it never had.
      reserve.takeBack();
      assert.equal(sizeOf(file), 0);
      reserve.keep();
      assert.throws(() => writeFileSync(filler, Buffer.alloc(4 * MEGABYTE)), /ENOSPC/);
      reserve.giveUp();
      writeFileSync(other, Buffer.alloc(100_000));
      reserve.takeBack();
      const { size } = statSync(file);
      assert.ok(size > 1.8 * MEGABYTE && size < 2 * MEGABYTE, String(size));
      assert.throws(() => reserve.keep(), /ENOSPC/);
      assert.equal(sizeOf(file), size);
      rmSync(other);
      reserve.takeBack();
      assert.equal(sizeOf(file), 2 * MEGABYTE);
      reserve.keep();
    } finally {
      disk.remove();
    }
  });

  it('keeps nothing of a reserve that has no room', function () {
    const disk = smallDisk(1);
    if (!disk) return this.skip();
    try {
      assert.throws(() => new Reserve(path.join(disk.folder, 'reserve'), 2 * MEGABYTE).keep(), /ENOSPC/);
      assert.equal(disk.free(), MEGABYTE);
    } finally {
      disk.remove();
    }
  });
});
