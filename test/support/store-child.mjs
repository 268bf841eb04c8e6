// Writes runs to a store without end and says which are kept, until it is killed. Plain, so that it begins soon.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { SqliteStore } = require('../../dist/src/store/sqlite-store');
const { PACE } = require('../../dist/src/store/protocol');

const [, , folder, from] = process.argv;
const limits = { runs: 2000, bytes: 512 * 1024 * 1024, days: 90 };
const store = new SqliteStore(folder, limits, { ...PACE, startMs: 0, retryMs: 100, beatMs: 100 });
while (store.current.state === 'opening') await new Promise((resolve) => setTimeout(resolve, 2));
process.send(store.current);
const common = {
  trigger: 't',
  outcome: '',
  failed: false,
  eventId: '',
  eventUuid: '',
  text: 'x'.repeat(300),
};
for (let n = Number(from); ; n += 20) {
  const runs = Array.from({ length: 20 }, (_, index) => {
    const run = `r${n + index}`;
    const details = JSON.stringify({ n: n + index, long: 'y'.repeat(4000) });
    return { ...common, run, at: Date.now(), row: JSON.stringify({ run }), details };
  });
  await store.record(runs);
  process.send(n + 20);
}
