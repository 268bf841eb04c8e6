// Takes what is in a queue, ends each after a while and says so; dies under what is poison. Plain, so that it begins soon.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { SqliteQueue } = require('../../dist/src/store/sqlite-queue');
const { PACE } = require('../../dist/src/store/protocol');
const { DEFAULT_QUEUE } = require('../../dist/src/queue/queue');

const [, , folder] = process.argv;
const queue = new SqliteQueue(folder, DEFAULT_QUEUE, { ...PACE, retryMs: 100, beatMs: 100 });
queue.on('taken', ({ id, attempt, body }) => {
  const text = Buffer.from(body).toString();
  // Those beside it are under way then.
  if (text === 'poison') return void setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
  setTimeout(() => {
    queue.done(id);
    process.send({ text, attempt });
  }, 150);
});
queue.setPlaces('listener', { runs: 10, bytes: 1e6 });
queue.open('listener', 'module');
process.on('message', () => {
  queue.close();
  process.exit(0);
});
