// Takes what is in Redis, ends each after a while and says so; dies under what is poison. Plain, so that it begins soon.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { RedisQueue } = require('../../dist/src/store/redis-queue');
const { DEFAULT_QUEUE } = require('../../dist/src/queue/queue');

const [, , settings, pace] = process.argv;
const queue = new RedisQueue(JSON.parse(settings), DEFAULT_QUEUE, JSON.parse(pace));
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
