import { uptime } from '../clock';

/** What counting runs needs of one: it is kept when the run has ended, so nothing else may hang on it. */
export interface CountedRun {
  /** A node got a message of it that may change something. */
  readonly acted: boolean;
  readonly isForgotten: boolean;
}

interface Entry {
  at: number;
  /** Its run until that has ended; then whether it may have changed something. */
  acted: CountedRun | boolean;
}

export interface OftenLimits {
  /** Runs that may have changed something, for one thing. */
  runs: number;
  withinMs: number;
}

/** Things that are counted for one trigger. */
const MOST_THINGS = 10_000;

/**
 * Counts how often a trigger ran for the same thing. What only looks is not counted: it can be no part of a loop. The
 * things that came longest ago are given up first.
 */
export class TooOften {
  private readonly things = new Map<string, Entry[]>();

  constructor(
    readonly limits: OftenLimits,
    private readonly now: () => number = uptime,
    private readonly mostThings = MOST_THINGS,
  ) {}

  /** How many things are remembered. */
  get size(): number {
    return this.things.size;
  }

  /** Whether a thing had its runs. */
  isReached(thing: string): boolean {
    const entries = this.latest(thing);
    return entries.filter(({ acted }) => hasActed(acted)).length >= this.limits.runs;
  }

  /** A run begins. */
  count(thing: string, run: CountedRun): void {
    const entries = this.latest(thing);
    entries.push({ at: this.now(), acted: run });
    this.things.delete(thing);
    this.things.set(thing, entries);
    for (const oldest of this.things.keys()) {
      if (this.things.size <= this.mostThings && !this.isOver(oldest)) break;
      this.things.delete(oldest);
    }
  }

  private isOver(thing: string): boolean {
    const last = this.things.get(thing)?.at(-1);
    return last === undefined || last.at < this.now() - this.limits.withinMs;
  }

  /** Those that count, and those that may still. A run that has ended is not kept. */
  private latest(thing: string): Entry[] {
    const since = this.now() - this.limits.withinMs;
    const entries = (this.things.get(thing) ?? []).filter(({ at }) => at >= since);
    for (const entry of entries) {
      if (typeof entry.acted === 'object' && entry.acted.isForgotten) entry.acted = entry.acted.acted;
    }
    return entries.filter(({ acted }) => acted !== false);
  }
}

const hasActed = (acted: CountedRun | boolean) => (typeof acted === 'boolean' ? acted : acted.acted);
