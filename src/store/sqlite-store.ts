import { EventEmitter } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorSaying, spoken, text, type Said } from '../text';
import {
  PACE,
  type FromThread,
  type Question,
  type StoreState,
  type ThreadStart,
  type ToThread,
} from './protocol';
import type { Search, Store, StoredPage, StoredRun, StoreLimits } from './store';

/** How long the end of the process waits until all is written, in milliseconds. */
const CLOSE_MS = 3000;

/** Pause before a thread that failed is replaced, in milliseconds. */
const RESTART_MS = 5000;

interface Events {
  state: [StoreState];
  notice: [Said];
}

interface Asked {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** A store in a folder of this machine, in a thread of its own: SQLite waits for the disk there. */
export class SqliteStore extends EventEmitter<Events> implements Store {
  current: StoreState = { state: 'opening' };
  private readonly closed = new Int32Array(new SharedArrayBuffer(4));
  private readonly asked = new Map<number, Asked>();
  private worker: Worker | undefined;
  private latest = 0;
  private isClosed = false;

  constructor(
    readonly folder: string,
    private limits: StoreLimits,
    private readonly pace = PACE,
  ) {
    super();
    if (pace.startMs === 0) this.startThread();
    else this.startIn(pace.startMs);
    process.on('exit', this.onExit);
  }

  record(runs: readonly StoredRun[]): Promise<void> {
    return this.ask({ do: 'record', runs });
  }

  list(search: Search): Promise<StoredPage> {
    return this.ask({ do: 'list', search });
  }

  get(run: string): Promise<StoredRun | undefined> {
    return this.ask({ do: 'get', run });
  }

  forget(which: { run: string } | 'all'): Promise<number> {
    return this.ask({ do: 'forget', which });
  }

  setLimits(limits: StoreLimits): void {
    this.limits = limits;
    this.send({ do: 'limits', limits });
  }

  /** Waits until all that was asked for is written, and ends the thread: nothing is under way afterwards. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    process.off('exit', this.onExit);
    this.send({ do: 'close' });
    if (this.worker) Atomics.wait(this.closed, 0, 0, CLOSE_MS);
    this.refuseAll();
    void this.worker?.terminate();
  }

  private readonly onExit = () => this.close();

  private ask<Answer>(question: Question): Promise<Answer> {
    if (this.isClosed || !this.worker) return Promise.reject(errorSaying(text('store.closed')));
    return new Promise((resolve, reject) => {
      const id = ++this.latest;
      this.asked.set(id, { resolve: resolve, reject });
      this.send({ do: 'ask', id, question });
    });
  }

  private send(message: ToThread): void {
    this.worker?.postMessage(message);
  }

  private startThread(): void {
    const { folder, limits, pace } = this;
    const closed = this.closed.buffer;
    const workerData: ThreadStart = { folder, limits, messages: spoken(), closed, pace };
    const worker = new Worker(path.join(__dirname, 'thread', 'worker.js'), { workerData });
    worker.unref();
    worker.on('message', (message: FromThread) => this.onMessage(message));
    worker.on('error', ({ message }) =>
      this.setState({ state: 'failed', problem: text('store.thread', { problem: message }) }),
    );
    worker.once('exit', () => this.onThreadEnd());
    this.worker = worker;
  }

  private onThreadEnd(): void {
    this.worker = undefined;
    this.refuseAll();
    if (this.isClosed) return;
    this.startIn(RESTART_MS);
  }

  private startIn(ms: number): void {
    setTimeout(() => {
      if (!this.isClosed) this.startThread();
    }, ms).unref();
  }

  private refuseAll(): void {
    for (const { reject } of this.asked.values()) reject(errorSaying(text('store.closed')));
    this.asked.clear();
  }

  private onMessage(message: FromThread): void {
    if (message.told === 'state') return this.setState(message.state);
    if (message.told === 'notice') return void this.emit('notice', message.notice);
    const asked = this.asked.get(message.id);
    this.asked.delete(message.id);
    if (message.told === 'answer') asked?.resolve(message.answer as never);
    else {
      const { problem } = message;
      asked?.reject(typeof problem === 'string' ? new Error(problem) : errorSaying(problem));
    }
  }

  private setState(state: StoreState): void {
    this.current = state;
    if (!this.isClosed) this.emit('state', state);
  }
}
