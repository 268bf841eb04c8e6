import { spoken } from '../text';
import { KeptThread } from './kept-thread';
import { PACE, type ThreadStart } from './protocol';
import type { StoreLimits } from './store';
import { ThreadStore } from './thread-store';

/** A store in a folder of this machine, in a thread of its own: SQLite waits for the disk there. */
export class SqliteStore extends ThreadStore {
  constructor(folder: string, limits: StoreLimits, pace = PACE) {
    const start = () =>
      ({ folder, limits: this.limits, messages: spoken(), pace }) satisfies Omit<ThreadStart, 'closed'>;
    super(new KeptThread('worker.js', start, { closed: 'store.closed', thread: 'store.thread' }), limits);
    this.thread.begin(pace.startMs);
  }
}
