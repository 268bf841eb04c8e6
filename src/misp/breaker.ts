import { uptime, wallClock } from '../clock';
import { WorkflowError, type Said } from '../text';

/** Failures in a row that tell that a MISP is away. */
const MOST_FAILURES = 3;
/** How long nobody asks then; twice as long after each trial that failed too. */
const SHORTEST_MS = 5000;
const LONGEST_MS = 60_000;

/**
 * Keeps calls from a MISP that does not answer, so that it costs a run milliseconds and not a time-out each. After a
 * while one call is let through: it decides.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private pauseMs = SHORTEST_MS;
  private since = 0;
  private reason: Said = '';
  private probing = false;

  constructor(
    private readonly url: string,
    private readonly now: () => number = uptime,
  ) {}

  /** @throws {WorkflowError} if the MISP is away, and it is not yet time to try again */
  enter(): void {
    if (this.openUntil === 0) return;
    const waitMs = this.openUntil - this.now();
    if (waitMs <= 0 && !this.probing) {
      this.probing = true;
      return;
    }
    throw new WorkflowError('misp.away', {
      url: this.url,
      since: new Date(wallClock(this.since)).toISOString().slice(0, 19).replace('T', ' '),
      seconds: Math.max(1, Math.ceil(waitMs / 1000)),
      problem: this.reason,
    });
  }

  /** It answered, whatever it said. */
  answered(): void {
    this.failures = 0;
    this.openUntil = 0;
    this.probing = false;
    this.pauseMs = SHORTEST_MS;
  }

  /** It did not answer. `reason` is for those who are turned away. */
  failed(reason: Said): void {
    if (this.failures === 0) this.since = this.now();
    this.failures += 1;
    this.reason = reason;
    if (!this.probing && this.failures < MOST_FAILURES) return;
    if (this.probing) this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_MS);
    this.probing = false;
    this.openUntil = this.now() + this.pauseMs;
  }

  /** The call was given up before it was known. */
  abandoned(): void {
    this.probing = false;
  }
}
