import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { CLOCK } from '../src/retry/clock';
import type { RetryEnd, RetryHead, Retrying } from '../src/retry/entry';
import { Retrier } from '../src/retry/retrier';
import { SqliteRetries } from '../src/store/sqlite-retries';
import { text, words, WorkflowError, type Said } from '../src/text';
import { folderOf } from './folder';
import { auditOf } from './kept-audit';
import { runtimeOf } from './runtime';

/** A node that tries again, and tells what came of it. */
export interface RetryingNode extends Retrying {
  system(): string;
  over(end: RetryEnd): void;
}

interface Events {
  /** What the editor shows of it is another. */
  changed: [];
}

/**
 * What is tried again in this Node-RED: kept on disk, opened when a node hands something over, or when something is
 * there from before. It stays open over redeploys, and is closed when Node-RED ends.
 */
export class Retries extends EventEmitter<Events> {
  /** Why nothing is kept. */
  trouble: Said | undefined;
  private current: Retrier | undefined;
  private readonly nodes = new Map<string, RetryingNode>();
  /** What is tried again is of no run, whichever handed it over. */
  private readonly outside = new AsyncResource('misp-retries');

  constructor(private RED: NodeAPI) {
    super();
    this.setMaxListeners(0);
    const { flows } = runtimeOf(RED);
    flows.on('started', () => {
      if (this.folder && existsSync(path.join(this.folder, 'retry.sqlite'))) this.use();
    });
    flows.on('halted', ({ reason }) => {
      if (reason === 'ending') this.close();
    });
  }

  /** Node-RED starts, perhaps again in its process, with another user folder. */
  start(RED: NodeAPI): void {
    this.RED = RED;
  }

  now(): number {
    return CLOCK.now();
  }

  register(id: string, node: RetryingNode): () => void {
    this.nodes.set(id, node);
    this.current?.register(id, node);
    return () => {
      if (this.nodes.get(id) === node) this.nodes.delete(id);
      this.current?.unregister(id, node);
    };
  }

  /**
   * What tries again, opened if it is not.
   * @throws {WorkflowError} if there is no folder for it
   */
  use(): Retrier {
    if (this.current) return this.current;
    const { folder } = this;
    if (!folder) throw new WorkflowError('retry.noFolder');
    return this.outside.runInAsyncScope(() => this.open(folder));
  }

  get list(): RetryHead[] {
    return this.current?.list ?? [];
  }

  /** @returns how many are not tried any more */
  async cancel(which: { id: string } | 'all', user: string): Promise<number> {
    const cancelled = (await this.current?.cancel(which)) ?? [];
    for (const head of cancelled) {
      const { actor, what, count } = head;
      const problem = 'retry.cancelled';
      auditOf(this.RED).note(actor, {
        ...{ system: '', what, target: [], count, result: 'failed', failed: count, problem },
      });
    }
    if (cancelled.length > 0)
      this.RED.log.info(this.say('cancelled', { count: String(cancelled.length), user: user || '-' }));
    return cancelled.length;
  }

  private open(folder: string): Retrier {
    const store = new SqliteRetries(folder);
    store.on('state', (state) => {
      const problem = state.state === 'failed' ? state.problem : undefined;
      if (JSON.stringify(problem) === JSON.stringify(this.trouble)) return;
      this.trouble = problem;
      if (problem !== undefined) this.RED.log.error(words(problem));
      this.emit('changed');
    });
    store.on('notice', (notice) => this.RED.log.warn(words(notice)));
    const retrier = new Retrier(store);
    retrier.on('notice', (notice) => this.RED.log.warn(words(notice)));
    retrier.on('changed', () => this.emit('changed'));
    retrier.on('over', (end) => this.onOver(end));
    for (const [id, node] of this.nodes) retrier.register(id, node);
    this.current = retrier;
    return retrier;
  }

  /** Told by its node, or in the log where that is gone. */
  private onOver(end: RetryEnd): void {
    const { head, results, problem } = end;
    const node = this.nodes.get(head.node);
    auditOf(this.RED).did(head.actor, results, node?.system() ?? '');
    if (node) return node.over(end);
    if (problem === undefined) return;
    const { nodeName, nodeType } = head.actor;
    const first = text('action.item', { item: nodeName || nodeType, problem });
    this.RED.log.error(words(text('action.failed', { first })));
  }

  private get folder(): string | undefined {
    const folder = folderOf(this.RED);
    return folder && path.join(folder, 'retry');
  }

  private say(key: string, params: Record<string, string>): string {
    return this.RED._(`@misp-flows/node-red-misp/misp-editor:misp-editor.runs.retries.${key}`, params);
  }

  private close(): void {
    this.current?.close();
    this.current = this.trouble = undefined;
  }
}

const known = new WeakMap<object, Retries>();

/** What is tried again in this Node-RED. */
export function retriesOf(RED: NodeAPI): Retries {
  const { flows } = runtimeOf(RED);
  let retries = known.get(flows);
  if (!retries) known.set(flows, (retries = new Retries(RED)));
  return retries;
}
