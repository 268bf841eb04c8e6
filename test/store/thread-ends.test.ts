import { strict as assert } from 'node:assert';
import type { Worker } from 'node:worker_threads';
import { LIMITS, opened, removeFolders, SOON, Store, storedRun, storeFolder } from '../support/store';
import { until } from '../support/until';

describe('the threads of stores that were closed', function () {
  this.timeout(120_000);
  after(removeFolders);

  it('end, however busy they were: their code may still be compiled when they are closed', async () => {
    const folder = storeFolder();
    const details = JSON.stringify({ long: 'x'.repeat(4000) });
    const left = new Set<Worker>();
    for (let round = 0; round < 40; round++) {
      const store = await opened(new Store(folder, { ...LIMITS, runs: 2000 }, SOON));
      const { worker } = (store as unknown as { thread: { worker: Worker } }).thread;
      left.add(worker);
      worker.once('exit', () => left.delete(worker));
      for (let batch = 0; batch < 10; batch++)
        await store.record(
          Array.from({ length: 20 }, (_, n) => storedRun(`${round} ${batch} ${n}`, { details })),
        );
      assert.equal((await store.list({ most: 5000 })).total, Math.min(2000, (round + 1) * 200));
      store.close();
      // The next one begins when this one would have ended.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until(() => left.size === 0, 30_000);
  });
});
