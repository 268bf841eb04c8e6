import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { DEFAULT_QUEUE, type QueueLimits, type QueueState, type RequestQueue } from '../../src/queue/queue';
import { SqliteQueue } from '../../src/store/sqlite-queue';
import { words, WorkflowError, type Said } from '../../src/text';
import { folderOf } from '../folder';
import { runtimeOf } from '../runtime';

interface Events {
  /** Why no request can be kept; undefined if they can. */
  trouble: [problem: Said | undefined];
  /** What the editor shows of it is another. */
  changed: [];
}

/**
 * Where accepted requests are kept: opened when a trigger wants it, or when something is there from before. It stays
 * open over redeploys, and is closed when Node-RED ends.
 */
class QueueKeeper extends EventEmitter<Events> {
  current: RequestQueue | undefined;
  trouble: Said | undefined;
  /** What deployed nodes say. */
  private readonly wishes = new Map<string, QueueLimits>();

  constructor(private RED: NodeAPI) {
    super();
    this.setMaxListeners(0);
    const { flows } = runtimeOf(RED);
    flows.on('started', () => {
      this.current?.setLimits(this.limits);
      if (this.folder && existsSync(path.join(this.folder, 'queue.sqlite'))) this.use();
    });
    flows.on('halted', ({ reason }) => {
      if (reason === 'ending') this.close();
    });
  }

  /** Node-RED starts, perhaps again in its process, with another user folder. */
  start(RED: NodeAPI): void {
    this.RED = RED;
  }

  wish(nodeId: string, limits: QueueLimits): () => void {
    this.wishes.set(nodeId, limits);
    return () => void this.wishes.delete(nodeId);
  }

  /**
   * The queue, opened if it is not.
   * @throws {WorkflowError} if there is no folder for it
   */
  use(): RequestQueue {
    if (this.current) return this.current;
    if (!this.folder) throw new WorkflowError('trigger.noFolder');
    const queue = new SqliteQueue(this.folder, this.limits);
    queue.setMaxListeners(0);
    queue.on('state', (state) => this.onState(state));
    queue.on('notice', (notice) => this.RED.log.warn(words(notice)));
    queue.on('changed', () => this.emit('changed'));
    this.current = queue;
    return queue;
  }

  private get folder(): string | undefined {
    const folder = folderOf(this.RED);
    return folder && path.join(folder, 'queue');
  }

  private get limits(): QueueLimits {
    const [limits = DEFAULT_QUEUE] = this.wishes.values();
    return limits;
  }

  private onState(state: QueueState): void {
    const problem = state.state === 'failed' ? state.problem : undefined;
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
