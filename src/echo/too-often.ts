import { hash } from 'node:crypto';
import { uptime } from '../clock';

/** What counting runs needs of one: it is kept when the run has ended, so nothing else may hang on it. */
export interface CountedRun {
  /** A node got a message of it that may change something. */
  readonly acted: boolean;
  readonly isForgotten: boolean;
  /** Tells when it first acts. */
  onAct(tell: () => void): void;
}

/** A run that has changed something, as Node-REDs tell each other. */
export interface Acted {
  /** What it was about, as a fingerprint. */
  thing: string;
  /** How long ago it began. */
  forMs: number;
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
  /** By the fingerprint of the thing: it is as short for any. */
  private readonly things = new Map<string, Entry[]>();

  /** @param tell of each run that counts, once */
  constructor(
    readonly limits: OftenLimits,
    private readonly tell: (acted: Acted) => void = () => undefined,
    private readonly now: () => number = uptime,
    private readonly mostThings = MOST_THINGS,
  ) {}

  /** How many things are remembered. */
  get size(): number {
    return this.things.size;
  }

  /** Whether a thing had its runs. */
  isReached(thing: string): boolean {
    return this.hasAll(fingerprint(thing));
  }

  /** A run begins. */
  count(thing: string, run: CountedRun): void {
    const at = this.now();
    const key = fingerprint(thing);
    this.add(key, { at, acted: run });
    run.onAct(() => {
      const forMs = Math.round(this.now() - at);
      if (forMs < this.limits.withinMs) this.tell({ thing: key, forMs });
    });
  }

  /**
   * Another Node-RED has run for a thing. As with those of its own, there is none more when it had its runs.
   * @param ageMs how long ago it told
   */
  hear({ thing, forMs }: Acted, ageMs: number): void {
    const ago = forMs + ageMs;
    if (ago < this.limits.withinMs && !this.hasAll(thing))
      this.add(thing, { at: this.now() - ago, acted: true });
  }

  private hasAll(key: string): boolean {
    return this.latest(key).filter(({ acted }) => hasActed(acted)).length >= this.limits.runs;
  }

  private add(key: string, entry: Entry): void {
    const entries = this.latest(key);
    entries.push(entry);
    this.things.delete(key);
    this.things.set(key, entries);
    for (const oldest of this.things.keys()) {
      if (this.things.size <= this.mostThings && !this.isOver(oldest)) break;
      this.things.delete(oldest);
    }
  }

  private isOver(key: string): boolean {
    const since = this.now() - this.limits.withinMs;
    return (this.things.get(key) ?? []).every(({ at }) => at < since);
  }

  /** Those that count, and those that may still. A run that has ended is not kept. */
  private latest(key: string): Entry[] {
    const since = this.now() - this.limits.withinMs;
    const entries = (this.things.get(key) ?? []).filter(({ at }) => at >= since);
    for (const entry of entries) {
      if (typeof entry.acted === 'object' && entry.acted.isForgotten) entry.acted = entry.acted.acted;
    }
    return entries.filter(({ acted }) => acted !== false);
  }
}

const hasActed = (acted: CountedRun | boolean) => (typeof acted === 'boolean' ? acted : acted.acted);

/** Whoever named the thing, and however long its name is: it stands in memory, and goes to others. */
const fingerprint = (thing: string) => hash('sha256', thing, 'base64url');
