import type { QueueLimits } from '../queue/queue';
import { spoken } from '../text';
import type { RedisStart } from './queue-protocol';
import { REDIS_PACE, type RedisSettings } from './redis/settings';
import { SharedRecords } from './shared-records';
import { ThreadQueue, type ThreadState } from './thread-queue';

/**
 * A queue in a Redis, which several processes share. In a thread of its own: what this process has under way is kept
 * from the others while a flow keeps the main thread busy.
 */
export class RedisQueue extends ThreadQueue {
  /** To be told together. */
  private news: string[] = [];
  private readonly sets = new Map<string, SharedRecords>();

  constructor(redis: RedisSettings, limits: QueueLimits, pace = REDIS_PACE) {
    const start = (state: ThreadState) =>
      ({ ...state, redis, messages: spoken(), pace }) satisfies Omit<RedisStart, 'closed'>;
    super('redis-worker.js', limits, start, 'redis.closed');
    this.on('records', (set) => this.sets.get(set)?.onChange());
    this.thread.on('begun', () => this.watch(...this.sets.keys()));
  }

  /** A set of records, one for all who ask. */
  records(set: string): SharedRecords {
    let records = this.sets.get(set);
    if (!records) {
      this.sets.set(set, (records = new SharedRecords(set, (question) => this.thread.ask(question))));
      this.watch(set);
    }
    return records;
  }

  private watch(...sets: string[]): void {
    for (const set of sets) this.thread.send({ do: 'watch', set });
  }

  share(news: string): void {
    if (this.news.length === 0) setImmediate(() => this.tellNews());
    this.news.push(news);
  }

  private tellNews(): void {
    this.thread.send({ do: 'share', news: this.news });
    this.news = [];
  }
}
