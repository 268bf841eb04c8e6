import { uptime } from '../clock';

/** Of so many at most it is known when they were told last; of more the oldest are forgotten. */
const MOST_KNOWN = 1000;

/** Lets through one alert of a kind within a time, and counts the others. */
export class AlertLimit {
  private readonly kinds = new Map<string, { until: number; leftOut: number }>();

  /** @param pauseMs so long another one of its kind is left out */
  constructor(
    private readonly pauseMs: number,
    private readonly now = uptime,
  ) {}

  /** How many of the kind were left out since the last one; undefined if this one is left out too. */
  admit(kind: string): number | undefined {
    const known = this.kinds.get(kind);
    const now = this.now();
    if (known && now < known.until) {
      known.leftOut++;
      return undefined;
    }
    // Told anew, it is the newest.
    this.kinds.delete(kind);
    this.kinds.set(kind, { until: now + this.pauseMs, leftOut: 0 });
    for (const oldest of this.kinds.keys()) {
      if (this.kinds.size <= MOST_KNOWN) break;
      this.kinds.delete(oldest);
    }
    return known?.leftOut ?? 0;
  }
}
