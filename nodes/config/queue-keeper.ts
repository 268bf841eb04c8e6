import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import {
  DEFAULT_QUEUE,
  type QueueEvents,
  type QueueLimits,
  type QueueState,
  type RequestQueue,
} from '../../src/queue/queue';
import type { RecordSet } from '../../src/records/records';
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
  redis?: RedisWish;
  /** Why nothing can be shared although it is to be. */
  lost?: Error;
}

/** A Redis that several Node-REDs share. */
export interface RedisWish {
  settings: RedisSettings;
  /** One that was not heard of for so long is taken for dead. */
  deadAfterMs: number;
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
    // What was wrong is told to be over before it is forgotten.
    this.tellTrouble(undefined);
    this.close();
    if (redis) this.warnOfDisk(limits);
    const queue = redis
      ? new RedisQueue(redis.settings, limits, paceOf(redis.deadAfterMs))
      : new SqliteQueue(this.folder!, limits);
    queue.setMaxListeners(0);
    this.current = queue;
    this.listenTo(queue);
    this.redis = where;
    return queue;
  }

  /**
   * A set of records that the Node-REDs which share a Redis have in common; undefined if nothing is shared.
   * @throws why it is not shared although it is to be
   */
  records(set: string): RecordSet | undefined {
    const { redis, lost } = this.wished;
    if (lost) throw lost;
    // No node says anything while flows are deployed.
    if (this.wishes.size === 0) return this.current?.records?.(set);
    return redis && this.use().records?.(set);
  }

  /** What one that was replaced still says means nothing any more. */
  private listenTo(queue: RequestQueue): void {
    const on = <E extends keyof QueueEvents>(event: E, take: (...told: QueueEvents[E]) => void) => {
      const heard = (...told: QueueEvents[E]) => {
        if (this.current === queue) take(...told);
      };
      (queue as EventEmitter).on(event, heard as (...told: unknown[]) => void);
    };
    const { news } = runtimeOf(this.RED);
    on('state', (state) => this.onState(state));
    on('notice', (notice) => this.RED.log.warn(words(notice)));
    on('changed', () => this.emit('changed'));
    on('shared', (text, ageMs) => news.hear(text, ageMs));
    this.doNotShare = queue.share && news.sendBy((text) => queue.share?.(text));
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
    this.doNotShare?.();
    this.current?.close();
    this.current = this.trouble = this.doNotShare = undefined;
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
