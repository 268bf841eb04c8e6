import { uptime } from '../clock';

/** Attempts that failed are counted for so long, in milliseconds. */
const WITHIN_MS = 10 * 60_000;
const MOST_FAILED = 10;
/** Of whom attempts are remembered. */
const MOST_KNOWN = 10_000;

/** Who failed too often has to wait. */
export class Attempts {
  private readonly failures = new Map<string, number[]>();

  constructor(private readonly now: () => number = uptime) {}

  /** Whether somebody has to wait. */
  isOver(who: string): boolean {
    return this.recent(who).length >= MOST_FAILED;
  }

  failed(who: string): void {
    const recent = [...this.recent(who), this.now()];
    this.failures.delete(who);
    const oldest = this.failures.keys().next();
    if (this.failures.size >= MOST_KNOWN && !oldest.done) this.failures.delete(oldest.value);
    this.failures.set(who, recent);
  }

  private recent(who: string): number[] {
    const since = this.now() - WITHIN_MS;
    return (this.failures.get(who) ?? []).filter((moment) => moment > since);
  }
}
