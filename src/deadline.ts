import { momentOf, uptime } from './clock';

/** What the flow needs to get its verdict through after a receiver has not answered, in milliseconds. */
const MARGIN_MS = 300;
/**
 * Near the deadline a receiver gets one of so many parts of what is left: however many stand behind each other and do not
 * answer, the verdict gets through.
 */
const PARTS = 6;

/** How long something may take. */
export interface TimeLeft {
  ms: number;
  /** The deadline ends it, not its own time-out. */
  byDeadline: boolean;
}

/**
 * When a run that MISP waits for must have its answer. `msg.misp.deadline` is a time of the wall clock, which is read
 * once; from then on it is counted by the clock that nobody can set.
 */
export class Deadline {
  private readonly moment: number;

  /** @param time in milliseconds since 1970; nothing if MISP does not wait */
  constructor(time?: number) {
    this.moment = time === undefined ? -Infinity : momentOf(time);
  }

  /** A time-out, but no longer than the run still has. A deadline that is over sets no limit any more. */
  timeLeft(timeoutMs: number): TimeLeft {
    const left = this.moment - uptime();
    if (left <= 0) return { ms: timeoutMs, byDeadline: false };
    const ms = Math.max(left / PARTS, left - MARGIN_MS);
    return ms < timeoutMs ? { ms, byDeadline: true } : { ms: timeoutMs, byDeadline: false };
  }
}

/**
 * What work gives, unless a run that MISP waits for would be late.
 * @param time when it must have its answer, in milliseconds since 1970
 * @param late what is thrown then; the work itself is left alone
 */
export async function beforeDeadline<T>(work: Promise<T>, time: number | undefined, late: Error): Promise<T> {
  const { ms } = new Deadline(time).timeLeft(Infinity);
  if (!Number.isFinite(ms)) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
