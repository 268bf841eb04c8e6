import { uptime, wallClock } from '../clock';
import { WorkflowError, type Said } from '../text';

/** Failures in a row that tell that a MISP is away. */
const MOST_FAILURES = 3;
/** How long nobody asks then; twice as long after each trial that failed too. */
const SHORTEST_MS = 5000;
const LONGEST_MS = 60_000;

/** What becomes of a MISP: it does not answer, or it answers again. */
export type Found = 'away' | 'back';

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
  private answeredAt = -Infinity;
  private toldAt = -Infinity;
  /** Others were told that it is away. */
  private isToldAway = false;
  private readonly lookedAt: Record<Found, number> = { away: -Infinity, back: -Infinity };

  /** @param turned told of what its calls have found, for others who call the same MISP */
  constructor(
    private readonly url: string,
    private readonly now: () => number = uptime,
    private readonly turned: (found: Found) => void = () => undefined,
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
    this.answeredAt = this.now();
    this.failures = 0;
    this.openUntil = 0;
    this.probing = false;
    this.pauseMs = SHORTEST_MS;
    if (!this.isToldAway) return;
    this.isToldAway = false;
    this.turned('back');
  }

  /** The next failure keeps others from it. */
  get isAboutToOpen(): boolean {
    return this.probing || this.failures + 1 >= MOST_FAILURES;
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
    this.tellAway();
  }

  /** However often it comes and goes, others are not told of it more often than they would look. */
  private tellAway(): void {
    if (this.now() - this.toldAt < SHORTEST_MS) return;
    this.toldAt = this.now();
    this.isToldAway = true;
    this.turned('away');
  }

  /** The call was given up before it was known. */
  abandoned(): void {
    this.probing = false;
  }

  /**
   * Whether what another one has found is worth a look of one's own: not if it is known better, nor again at once.
   * Nobody is believed: what one has asked for may be slow since somebody wanted it to be, or the way to it be broken.
   */
  isWorthALook(found: Found): boolean {
    const now = this.now();
    const isKnown =
      found === 'back'
        ? this.openUntil === 0
        : this.openUntil > now || this.probing || now - this.answeredAt < SHORTEST_MS;
    if (isKnown || now - this.lookedAt[found] < SHORTEST_MS) return false;
    this.lookedAt[found] = now;
    return true;
  }

  /** Such a look got no answer. It is away for one pause; a call of one's own decides then. */
  notSeen(reason: Said): void {
    const now = this.now();
    if (this.openUntil > now || this.probing || this.answeredAt >= this.lookedAt.away) return;
    if (this.failures === 0) this.since = now;
    this.failures ||= 1;
    this.reason = reason;
    this.openUntil = now + SHORTEST_MS;
  }
}
