import path from 'node:path';
import type { Clock } from '../../src/retry/clock';
import { root } from './node-red';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- that of the built package, which Node-RED runs
const { CLOCK: BUILT } = require(path.join(root, 'dist/src/retry/clock')) as { CLOCK: Clock };

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const STEP_MS = 30_000;

/** The clock of what is tried again, which a test moves on. */
export class RetryClock {
  private readonly real: Clock;
  private readonly jobs = new Set<{ at: number; work: () => void }>();
  private time = Date.now();

  constructor(private readonly clock: Clock = BUILT) {
    this.real = { ...clock };
    clock.now = () => this.time;
    clock.after = (ms, work) => {
      const job = { at: this.time + ms, work };
      this.jobs.add(job);
      return () => void this.jobs.delete(job);
    };
  }

  /** Lets so many minutes pass, half a minute at a time, with time for what is done over the network. */
  async pass(minutes: number, restMs = 25): Promise<void> {
    for (const end = this.time + minutes * 60_000; this.time < end;) {
      this.time = Math.min(end, this.time + STEP_MS);
      for (const job of [...this.jobs]) {
        if (job.at > this.time) continue;
        this.jobs.delete(job);
        job.work();
      }
      await rest(restMs);
    }
  }

  giveBack(): void {
    Object.assign(this.clock, this.real);
  }
}
