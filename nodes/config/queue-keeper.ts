import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { newsOf } from '../../src/echo/news';
import { DEFAULT_QUEUE, type QueueLimits, type QueueState, type RequestQueue } from '../../src/queue/queue';
import { paceOf, type RedisSettings } from '../../src/store/redis/settings';
import { RedisQueue } from '../../src/store/redis-queue';
import { SqliteQueue } from '../../src/store/sqlite-queue';
import { text, words, WorkflowError, type Said } from '../../src/text';
import { folderOf } from '../folder';
import { runtimeOf } from '../runtime';

interface Events {
  /** Why no request can be kept; undefined if they can. */
  trouble: [problem: Said | undefined];
  /** What the editor shows of it is another. */
  changed: [];
}

/** What a node says of where requests are kept, and how many. */
export interface QueueWish {
  limits: QueueLimits;
  /** They are kept there, not on this machine. */
  redis?: { settings: RedisSettings; deadAfterMs: number };
}

/**
 * Where accepted requests are kept: opened when a trigger wants it, or when something is there from before. It stays
 * open over redeploys, and is closed when Node-RED ends.
 */
class QueueKeeper extends EventEmitter<Events> {
  current: RequestQueue | undefined;
  trouble: Said | undefined;
  /** What deployed nodes say. */
  private readonly wishes = new Map<string, QueueWish>();
  private doNotShare: (() => void) | undefined;
  /** The Redis that is used, as text. */
  private redis: string | undefined;

  constructor(private RED: NodeAPI) {
    super();
    this.setMaxListeners(0);
    const { flows } = runtimeOf(RED);
    flows.on('started', () => {
      if (this.current || this.wished.redis || this.isOnDisk) this.use();
      this.current?.setLimits(this.wished.limits);
    });
    flows.on('halted', ({ reason }) => {
      if (reason === 'ending') this.close();
    });
  }

  /** Node-RED starts, perhaps again in its process, with another user folder. */
  start(RED: NodeAPI): void {
    this.RED = RED;
  }

  wish(nodeId: string, wish: QueueWish): () => void {
    this.wishes.set(nodeId, wish);
    return () => void this.wishes.delete(nodeId);
  }

  /**
   * The queue, opened if it is not.
   * @throws {WorkflowError} if there is no folder for it
   */
  use(): RequestQueue {
    const { redis, limits } = this.wished;
    const where = redis && JSON.stringify(redis);
    if (this.current && this.redis === where) return this.current;
    if (!redis && !this.folder) throw new WorkflowError('trigger.noFolder');
    this.close();
    this.tellTrouble(undefined);
    if (redis) this.warnOfDisk(limits);
    const queue = redis
      ? new RedisQueue(redis.settings, limits, paceOf(redis.deadAfterMs))
      : new SqliteQueue(this.folder!, limits);
    queue.setMaxListeners(0);
    queue.on('state', (state) => this.onState(state));
    queue.on('notice', (notice) => this.RED.log.warn(words(notice)));
    queue.on('changed', () => this.emit('changed'));
    this.shareWrites(queue);
    this.current = queue;
    this.redis = where;
    return queue;
  }

  /** What one has written, the others know for an echo. */
  private shareWrites(queue: RequestQueue): void {
    const { ownWrites } = runtimeOf(this.RED);
    this.doNotShare?.();
    this.doNotShare = queue.share && ownWrites.shareBy((news) => queue.share?.(JSON.stringify(news)));
    queue.on('shared', (text, ageMs) => {
      const news = newsOf(text);
      if (news) ownWrites.hear(news, ageMs);
    });
  }

  /** What was kept on disk is not in Redis: it waits there. */
  private warnOfDisk(limits: QueueLimits): void {
    const { folder } = this;
    if (!folder || !this.isOnDisk) return;
    const before = new SqliteQueue(folder, limits);
    before.on('state', ({ state }) => {
      if (state !== 'open') return before.close();
      const overview = before.overview().then(({ waiting, running, asideCount }) => {
        const count = waiting + running + asideCount;
        if (count > 0) this.RED.log.warn(words(text('redis.left', { count, folder })));
      });
      overview.catch(() => undefined).finally(() => before.close());
    });
  }

  private get isOnDisk(): boolean {
    return this.folder !== undefined && existsSync(path.join(this.folder, 'queue.sqlite'));
  }

  private get folder(): string | undefined {
    const folder = folderOf(this.RED);
    return folder && path.join(folder, 'queue');
  }

  private get wished(): QueueWish {
    const [wish = { limits: DEFAULT_QUEUE }] = this.wishes.values();
    return wish;
  }

  private onState(state: QueueState): void {
    this.tellTrouble(state.state === 'failed' ? state.problem : undefined);
  }

  private tellTrouble(problem: Said | undefined): void {
    if (JSON.stringify(problem) === JSON.stringify(this.trouble)) return;
    this.trouble = problem;
    if (problem !== undefined) this.RED.log.error(words(problem));
    this.emit('trouble', problem);
    this.emit('changed');
  }

  private close(): void {
    this.current?.close();
    this.current = this.trouble = undefined;
  }
}

const keepers = new WeakMap<object, QueueKeeper>();

/** What keeps the accepted requests of this Node-RED. */
export function queueOf(RED: NodeAPI): QueueKeeper {
  const { flows } = runtimeOf(RED);
  let keeper = keepers.get(flows);
  if (!keeper) keepers.set(flows, (keeper = new QueueKeeper(RED)));
  return keeper;
}
