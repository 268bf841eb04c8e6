import { EventEmitter } from 'node:events';
import { spoken, type Said } from '../text';
import { KeptThread } from './kept-thread';
import { PACE, type StoreState, type ThreadStart, type ToThread } from './protocol';
import type { Search, Store, StoredPage, StoredRun, StoreLimits } from './store';

interface Events {
  state: [StoreState];
  notice: [Said];
}

/** A store in a folder of this machine, in a thread of its own: SQLite waits for the disk there. */
export class SqliteStore extends EventEmitter<Events> implements Store {
  private readonly thread: KeptThread<ToThread>;

  constructor(
    readonly folder: string,
    private limits: StoreLimits,
    pace = PACE,
  ) {
    super();
    const start = () =>
      ({ folder, limits: this.limits, messages: spoken(), pace }) satisfies Omit<ThreadStart, 'closed'>;
    const texts = { closed: 'store.closed', thread: 'store.thread' } as const;
    this.thread = new KeptThread('worker.js', start, texts);
    this.thread.on('state', (state) => this.emit('state', state));
    this.thread.on('notice', (notice) => this.emit('notice', notice));
    this.thread.begin(pace.startMs);
  }

  get current(): StoreState {
    return this.thread.current;
  }

  record(runs: readonly StoredRun[]): Promise<void> {
    return this.thread.ask({ do: 'record', runs });
  }

  list(search: Search): Promise<StoredPage> {
    return this.thread.ask({ do: 'list', search });
  }

  get(run: string): Promise<StoredRun | undefined> {
    return this.thread.ask({ do: 'get', run });
  }

  forget(which: { run: string } | 'all'): Promise<number> {
    return this.thread.ask({ do: 'forget', which });
  }

  setLimits(limits: StoreLimits): void {
    this.limits = limits;
    this.thread.send({ do: 'limits', limits });
  }

  /** Waits until all that was asked for is written, and ends the thread: nothing is under way afterwards. */
  close(): void {
    this.thread.close();
  }
}
