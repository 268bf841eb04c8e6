import { text, type Said } from '../text';
import type { Operation, OperationResult } from '../actions/plan';
import type { About } from './about';
import { labelOf, type TrackedNode } from './reception';
import type { Verdict } from './verdict';
import type { Way } from './way';

/** What happens to a run, in MISP's and Node-RED's own terms. */
export type Happening =
  | {
      what: 'received';
      trigger: string;
      module: string;
      blocking: boolean;
      test: boolean;
      about?: About;
      /** MISP did not ask: the id of the run whose data it got, or an empty text. */
      replay?: string;
    }
  /** MISP tells of what this Node-RED has written itself, or asks what it caused. `ends`: the flow does not get it. */
  | { what: 'echo'; ends: boolean }
  /** A logic node: the output that the message takes, and what of the data it looked at. */
  | { what: 'decided'; way: string; found: unknown }
  | { what: 'planned'; dryRun: boolean; operations: readonly Operation[] }
  | { what: 'did'; operations: readonly OperationResult[] }
  /** `counts`: the trigger's error policy decides about it. */
  | { what: 'failed'; problem: string; counts: boolean }
  | { what: 'answered'; verdict: Verdict }
  /** `known`: nothing of the run can happen any more; else nobody can tell. `way`: where its messages went, `times`: when. */
  | { what: 'ended'; known: boolean; way?: Way; times?: number[] };

/** Of which run it happened, when and where. */
interface Where {
  run: string;
  /** Milliseconds since 1970. */
  at: number;
  node?: { id: string; type: string; label: string };
}

/** One line of a run's journal. Neither it nor what it refers to is to be changed. */
export type Entry = Readonly<Happening & Where>;

/** Reads the journals of all runs, shortly after it happened, in order. What it throws is logged once. */
export type Sink = (entry: Entry) => void;

/** Entries that wait for the sinks; more are dropped: a run is never slowed or kept for them. */
const MOST_WAITING = 10_000;

/**
 * What happened to the runs, append-only. Sinks get it after the flow had its turn, so that they can neither change
 * nor break nor slow it.
 */
export class Journal {
  private readonly sinks = new Set<Sink>();
  private readonly failed = new WeakSet<Sink>();
  private waiting: Entry[] = [];
  private dropped = 0;
  private handing = false;

  /** @param report told what is wrong with a sink, once for each */
  constructor(private readonly report: (problem: Said) => void) {}

  /** Whether anybody reads it: what takes time to find out need not be found out for nobody. */
  get isRead(): boolean {
    return this.sinks.size > 0;
  }

  /** Hands all that happens from now on to a sink, until the function returned is called. */
  attach(sink: Sink): () => void {
    this.sinks.add(sink);
    return () => void this.sinks.delete(sink);
  }

  /** @param happening belongs to the journal from now on */
  write(run: string, happening: Happening, node?: TrackedNode): void {
    if (!this.isRead) return;
    if (this.waiting.length >= MOST_WAITING) return void this.dropped++;
    const entry: Happening & Partial<Where> = happening;
    entry.run = run;
    entry.at = Date.now();
    if (node) entry.node = { id: node._alias ?? node.id, type: node.type, label: labelOf(node) };
    this.waiting.push(Object.freeze(entry as Entry));
    if (this.handing) return;
    this.handing = true;
    setImmediate(() => this.handOver());
  }

  /** Hands over at once what waits: there may be no later. */
  handOver(): void {
    this.handing = false;
    const { waiting: entries, dropped } = this;
    this.waiting = [];
    this.dropped = 0;
    if (dropped > 0) this.report(text('journal.dropped', { count: dropped }));
    for (const entry of entries) for (const sink of this.sinks) this.give(sink, entry);
  }

  private give(sink: Sink, entry: Entry): void {
    try {
      sink(entry);
    } catch (error) {
      if (this.failed.has(sink)) return;
      this.failed.add(sink);
      this.report(String(error));
    }
  }
}
