import { EventEmitter } from 'node:events';
import type { Said } from '../text';
import type { KeptThread } from './kept-thread';
import type { StoreState, ToThread } from './protocol';
import type { Forgotten } from './runs-protocol';
import type { Search, Store, StoredPage, StoredRun, StoreLimits } from './store';

interface Events {
  state: [StoreState];
  notice: [Said];
  /** Another process has recorded or forgotten runs. */
  changed: [];
  /** Another process was told to forget them. */
  forgotten: [which: Forgotten];
}

/** A store whose keeping is the work of a thread of its own. */
export class ThreadStore extends EventEmitter<Events> implements Store {
  /** Other processes record runs there too. */
  readonly isShared: boolean = false;

  constructor(
    protected readonly thread: KeptThread<ToThread>,
    protected limits: StoreLimits,
  ) {
    super();
    thread.on('state', (state) => this.emit('state', state));
    thread.on('notice', (notice) => this.emit('notice', notice));
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

  /** Waits until all that was asked for is written, and gives up the thread: nothing is under way afterwards. */
  close(): void {
    this.thread.close();
  }
}
