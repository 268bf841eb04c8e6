import { EventEmitter } from 'node:events';
import type { RetryBody, RetryHead, RetryStore, RetryStoreEvents } from '../retry/entry';
import { spoken } from '../text';
import { KeptThread } from './kept-thread';
import { PACE, type StoreState } from './protocol';
import type { RetryQuestion } from './retry-protocol';

/** What is tried again, in a folder of this machine, in a thread of its own: SQLite waits for the disk there. */
export class SqliteRetries extends EventEmitter<RetryStoreEvents> implements RetryStore {
  private readonly thread: KeptThread<{ do: 'close' }>;

  constructor(folder: string, pace = PACE) {
    super();
    const texts = { closed: 'retry.closed', thread: 'retry.thread' } as const;
    this.thread = new KeptThread('retry-worker.js', () => ({ folder, messages: spoken(), pace }), texts);
    this.thread.on('state', (state) => this.emit('state', state));
    this.thread.on('notice', (notice) => this.emit('notice', notice));
    this.thread.begin(0);
  }

  get current(): StoreState {
    return this.thread.current;
  }

  all(): Promise<RetryHead[]> {
    return this.ask({ do: 'all' });
  }

  body(id: string): Promise<RetryBody | undefined> {
    return this.ask({ do: 'body', of: id });
  }

  put(head: RetryHead, body?: RetryBody): Promise<void> {
    return this.ask({ do: 'put', head, body });
  }

  forget(ids: readonly string[]): Promise<void> {
    return this.ask({ do: 'forget', ids });
  }

  close(): void {
    this.thread.close();
  }

  private ask<Answer>(question: RetryQuestion): Promise<Answer> {
    // As it is written: what is no plain data could not be handed to a thread.
    return this.thread.ask(JSON.parse(JSON.stringify(question)) as RetryQuestion);
  }
}
