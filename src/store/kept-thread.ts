import { EventEmitter } from 'node:events';
import path from 'node:path';
import { Worker, type MessagePort } from 'node:worker_threads';
import { errorOf, errorSaying, text, type Said } from '../text';
import { endLater } from '../thread-end';
import type { KeeperMessage, StoreState } from './protocol';

/** How long the end of the process waits until all is written, in milliseconds. */
const CLOSE_MS = 3000;

/** Pause before a thread that failed is replaced, in milliseconds. */
const RESTART_MS = 5000;

interface Events {
  state: [StoreState];
  notice: [Said];
  /** What it tells besides answers. */
  told: [message: never];
  /** A thread has begun; it has not heard anything yet. */
  begun: [];
}

interface Asked {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/** What a kept thread begins with besides its own. */
export interface Closing {
  /** Set to 1 when all is written and closed. */
  closed: SharedArrayBuffer;
}

/** A thread that keeps something on disk, where it may wait for it; one that fails is begun anew. */
export class KeptThread<To extends object> extends EventEmitter<Events> {
  current: StoreState = { state: 'opening' };
  private readonly closed = new Int32Array(new SharedArrayBuffer(4));
  private readonly asked = new Map<number, Asked>();
  private worker: Worker | undefined;
  private latest = 0;
  private isClosed = false;

  /**
   * @param file of the thread, in the folder `thread`
   * @param start what it begins with
   */
  constructor(
    private readonly file: string,
    private readonly start: () => object,
    private readonly texts: {
      closed: 'store.closed' | 'queue.closed' | 'redis.closed' | 'retry.closed';
      thread: 'store.thread' | 'store.redisThread' | 'queue.thread' | 'retry.thread';
    },
  ) {
    super();
  }

  /** Starts it, after a while. */
  begin(ms: number): void {
    process.on('exit', this.onExit);
    if (ms === 0) this.startThread();
    else this.startIn(ms);
  }

  ask<Answer>(question: object): Promise<Answer> {
    if (this.isClosed || !this.worker) return Promise.reject(errorSaying(text(this.texts.closed)));
    return new Promise((resolve, reject) => {
      const id = ++this.latest;
      this.asked.set(id, { resolve: resolve, reject });
      this.worker?.postMessage({ do: 'ask', id, question });
    });
  }

  send(message: To, transfer: (ArrayBuffer | MessagePort)[] = []): void {
    this.worker?.postMessage(message, transfer);
  }

  /** Waits until all that was asked for is written, and gives up the thread: nothing is under way afterwards. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    process.off('exit', this.onExit);
    this.worker?.postMessage({ do: 'close' });
    if (this.worker) Atomics.wait(this.closed, 0, 0, CLOSE_MS);
    this.refuseAll();
    if (this.worker) endLater(this.worker);
    this.worker = undefined;
  }

  private readonly onExit = () => this.close();

  private startThread(): void {
    if (this.isClosed) return;
    const workerData = { ...this.start(), closed: this.closed.buffer } satisfies Closing;
    const worker = new Worker(path.join(__dirname, 'thread', this.file), { workerData });
    worker.unref();
    worker.on('message', (message: KeeperMessage) => this.onMessage(message));
    worker.on('error', ({ message }) =>
      this.setState({ state: 'failed', problem: text(this.texts.thread, { problem: message }) }),
    );
    worker.once('exit', () => this.onThreadEnd());
    this.worker = worker;
    this.emit('begun');
  }

  private onThreadEnd(): void {
    this.worker = undefined;
    this.refuseAll();
    if (!this.isClosed) this.startIn(RESTART_MS);
  }

  private startIn(ms: number): void {
    setTimeout(() => this.startThread(), ms).unref();
  }

  private refuseAll(): void {
    for (const { reject } of this.asked.values()) reject(errorSaying(text(this.texts.closed)));
    this.asked.clear();
  }

  private onMessage(message: KeeperMessage): void {
    if (message.told === 'state') return this.setState(message.state);
    if (message.told === 'notice') return void this.emit('notice', message.notice);
    if (message.told !== 'answer' && message.told !== 'refusal') return void this.emit('told', message);
    const asked = this.asked.get(message.id);
    this.asked.delete(message.id);
    if (message.told === 'answer') return asked?.resolve(message.answer as never);
    const { problem } = message;
    asked?.reject(errorOf(problem));
  }

  private setState(state: StoreState): void {
    this.current = state;
    if (!this.isClosed) this.emit('state', state);
  }
}
