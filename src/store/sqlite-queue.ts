import type { QueueLimits } from '../queue/queue';
import { spoken } from '../text';
import { PACE } from './protocol';
import type { QueueStart } from './queue-protocol';
import { ThreadQueue, type ThreadState } from './thread-queue';

/** A queue in a folder of this machine, in a thread of its own: SQLite waits for the disk there. */
export class SqliteQueue extends ThreadQueue {
  constructor(
    readonly folder: string,
    limits: QueueLimits,
    pace = PACE,
  ) {
    const start = (state: ThreadState) =>
      ({ ...state, folder, messages: spoken(), pace }) satisfies Omit<QueueStart, 'closed'>;
    super('queue-worker.js', limits, start, 'queue.closed');
  }
}
