import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import {
  DEFAULT_QUEUE,
  type EntryAnswer,
  type QueueEntry,
  type QueueLimits,
  type RequestQueue,
  type TakenRequest,
} from '../../src/queue/queue';
import type { SqliteQueue } from '../../src/store/sqlite-queue';
import { errorSaying, words, type Said } from '../../src/text';
import { root } from './node-red';
import { SOON } from './store';

/** The built queue: its thread is a file of its own. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the sources have types alone
export const { SqliteQueue: Queue } = require(path.join(root, 'dist/src/store/sqlite-queue')) as {
  SqliteQueue: typeof SqliteQueue;
};

export { DEFAULT_QUEUE, SOON };
type Put = Omit<QueueEntry & { enter: 'put' }, 'enter' | 'key'>;

/** A queue that is open, what it gives out, and what it says. */
export async function openedQueue(folder: string, limits: Partial<QueueLimits> = {}, pace = SOON) {
  const queue = new Queue(folder, { ...DEFAULT_QUEUE, ...limits }, pace);
  const taken: TakenRequest[] = [];
  const notices: string[] = [];
  queue.on('taken', (request) => taken.push(request));
  queue.on('notice', (notice) => notices.push(words(notice)));
  while (queue.current.state === 'opening') await settled(5);
  return { queue, taken, notices };
}

export const settled = (ms = 200) => new Promise((resolve) => setTimeout(resolve, ms));

export function request(body: string | Buffer, more: Partial<Put> = {}): Put {
  return {
    ...{ module: 'module', caller: '', receivedAt: Date.now(), inOrder: false },
    notes: { flattenedCut: true, suspicious: false, keyed: undefined },
    body: new Uint8Array(Buffer.from(body)),
    ...more,
  };
}

/** What a listener's thread does at its entrance. */
export class Entrance {
  private port!: MessagePort;
  private readonly asked = new Map<
    string,
    { resolve: (key: string) => void; reject: (error: Error) => void }
  >();
  private latest = 0;

  constructor(queue: RequestQueue, source: string) {
    queue.connect(source, (port) => {
      this.port = port;
      port.on('message', (answer: EntryAnswer) => this.onAnswer(answer));
    });
  }

  /** @returns its key when it is kept */
  put(request: Put): Promise<string> {
    const key = this.send(request);
    return new Promise((resolve, reject) => this.asked.set(key, { resolve, reject }));
  }

  send(request: Put): string {
    const key = `${Math.random()} ${++this.latest}`;
    this.say({ enter: 'put', key, ...request });
    return key;
  }

  confirm(key: string): void {
    this.say({ enter: 'confirm', keys: [key] });
  }

  withdraw(key: string): void {
    this.say({ enter: 'withdraw', key });
  }

  private say(entry: QueueEntry): void {
    this.port.postMessage(entry);
  }

  private onAnswer(answer: EntryAnswer): void {
    for (const key of answer.keys) {
      const asked = this.asked.get(key);
      this.asked.delete(key);
      if (answer.entry === 'kept') asked?.resolve(key);
      else asked?.reject(errorOf(answer.problem));
    }
  }
}

const errorOf = (said: Said) => (typeof said === 'string' ? new Error(said) : errorSaying(said));
