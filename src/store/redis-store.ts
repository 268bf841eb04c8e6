import { randomUUID } from 'node:crypto';
import { spoken } from '../text';
import { KeptThread } from './kept-thread';
import { PACE } from './protocol';
import { paceOf, type RedisSettings } from './redis/settings';
import type { FromRunsThread, RunsPace, RunsStart } from './runs-protocol';
import type { StoreLimits } from './store';
import { ThreadStore } from './thread-store';

/** Between two looks for what others have recorded, and how Redis is, in milliseconds. */
const LOOK_MS = 1000;
const HEALTH_MS = 5000;

/** @param deadAfterMs a process that was not heard of for so long is taken for dead */
export const runsPaceOf = (deadAfterMs: number): RunsPace => ({
  ...{ startMs: PACE.startMs, lookMs: LOOK_MS, healthMs: HEALTH_MS, deadMs: deadAfterMs },
  answerMs: paceOf(deadAfterMs).answerMs,
});

/** A store in a Redis, which several processes share, in a thread of its own. */
export class RedisStore extends ThreadStore {
  override readonly isShared = true;

  constructor(redis: RedisSettings, limits: StoreLimits, pace: RunsPace) {
    const owner = randomUUID();
    const start = () =>
      ({ redis, limits: this.limits, messages: spoken(), pace, owner }) satisfies Omit<RunsStart, 'closed'>;
    const texts = { closed: 'redis.closed', thread: 'store.redisThread' } as const;
    super(new KeptThread('runs-worker.js', start, texts), limits);
    this.thread.on('told', (message: FromRunsThread) => {
      if (message.told === 'changed') this.emit('changed');
      if (message.told === 'forgotten') this.emit('forgotten', message.which);
    });
    this.thread.begin(pace.startMs);
  }
}
