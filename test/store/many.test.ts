import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import path from 'node:path';
import { LIMITS, opened, removeFolders, SOON, Store, storedRun, storeFolder } from '../support/store';

const MEGABYTE = 1024 * 1024;

describe('the store of very many runs', function () {
  this.timeout(600_000);
  after(removeFolders);

  it('stays within its bounds on disk and in memory after 100,000 runs', async () => {
    const folder = storeFolder();
    const limits = { ...LIMITS, runs: 30_000, bytes: 40 * MEGABYTE };
    const store = await opened(new Store(folder, limits, SOON));
    const details = 'd'.repeat(1200);
    const batch = (from: number) =>
      Array.from({ length: 1000 }, (_, n) =>
        storedRun(`run-${from + n}`, { at: Date.now(), details, text: 't'.repeat(200) }),
      );
    await store.record(batch(0));
    const before = process.memoryUsage().rss;
    let largest = 0;
    for (let from = 1000; from < 100_000; from += 1000) {
      await store.record(batch(from));
      largest = Math.max(largest, statSync(path.join(folder, 'runs.sqlite')).size);
    }
    const { rows, total } = await store.list({ most: 1 });
    assert.match(rows[0], /run-99\d\d\d/);
    assert.ok(total > 5000 && total <= 30_000, String(total));
    assert.ok(largest < 44 * MEGABYTE, `${largest} bytes on disk`);
    const grown = (process.memoryUsage().rss - before) / MEGABYTE;
    assert.ok(grown < 150, `${grown} MB more in memory`);
    store.close();
  });
});
