import type { Journal } from '../runs/journal';
import type { KeptRequest } from '../triggers/last-request';
import { Counters } from './counters';
import { KeptInputs } from './kept-inputs';
import { RunLog } from './run-log';

/** How often those who look at the runs are told of changes, in milliseconds. */
const TELL_MS = 250;

/** The latest runs, what they began with, and what is counted of them: in memory, since Node-RED started. */
export class History {
  readonly counters = new Counters();
  readonly inputs = new KeptInputs();
  readonly log: RunLog;
  private timer: NodeJS.Timeout | undefined;

  /** @param changed told that there is something new, at most every quarter of a second */
  constructor(journal: Journal, changed: () => void) {
    const failed = new WeakSet<object>();
    this.log = new RunLog((record, { what }) => {
      if (what === 'received' || what === 'answered') this.counters.count(record, what);
      if (what === 'failed' && !failed.has(record)) {
        failed.add(record);
        this.counters.count(record, what);
      }
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        changed();
      }, TELL_MS).unref();
    });
    journal.attach(this.log.sink);
  }

  /** Keeps what a run began with, for replay. */
  keepInput(run: string, request: KeptRequest): void {
    this.inputs.keep(run, request);
  }
}
