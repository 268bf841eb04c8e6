import type { MessagePort } from 'node:worker_threads';
import type { QueueOverview } from '../../queue/overview';
import type { QueueTable, RequestRow } from './queue-table';
import type { Waiting } from './turns';

/** How many of those that were put aside are listed. */
const MOST_LISTED = 200;

/** A request that is kept. */
export interface Kept extends Omit<RequestRow, keyof Waiting>, Waiting {
  isSuspect: boolean;
  /** `entering`: MISP was not told yet. */
  state: 'entering' | 'waiting' | 'running' | 'aside';
  /** That it is under way is written already. */
  marked: boolean;
  /** Nothing of it is under way, but its end is not sure yet: its place is free. */
  isQuiet: boolean;
  /** Of one that has just come in. */
  body?: Uint8Array<ArrayBuffer>;
  entrance?: MessagePort;
}

/** The requests that are kept, and what of them is yet to be written. */
export class KeptRequests {
  private readonly byId = new Map<number, Kept>();
  private readonly byKey = new Map<string, Kept>();
  private coming: Kept[] = [];
  private readonly changed = new Set<Kept>();
  private readonly gone = new Set<number>();
  private nextId: number;
  private held = 0;

  /** @param used ids that no other one may get */
  constructor(used: readonly number[]) {
    this.nextId = Math.max(0, ...used) + 1;
  }

  get size(): number {
    return this.byId.size;
  }

  /** Of all bodies. */
  get bytes(): number {
    return this.held;
  }

  /** Those that are not on disk yet. */
  get entering(): readonly Kept[] {
    return this.coming;
  }

  /** What is known of one that is on disk is not what stands there. */
  get isChanged(): boolean {
    return this.changed.size > 0;
  }

  /** Something that has ended is to be deleted from the disk. */
  get isLeaving(): boolean {
    return this.gone.size > 0;
  }

  get(id: number): Kept | undefined {
    return this.byId.get(id);
  }

  find(key: string): Kept | undefined {
    return this.byKey.get(key);
  }

  [Symbol.iterator](): IterableIterator<Kept> {
    return this.byId.values();
  }

  /** One that has just come in. */
  enter(kept: Omit<Kept, 'id'>): void {
    const whole = { ...kept, id: this.nextId++ };
    this.add(whole);
    this.coming.push(whole);
  }

  /** One that was found on disk. @returns nothing if it is known, or was dropped since it was written */
  recover(row: RequestRow, how: Omit<Kept, keyof RequestRow> & Partial<Kept>): Kept | undefined {
    if (this.byId.has(row.id) || this.gone.has(row.id)) return undefined;
    this.nextId = Math.max(this.nextId, row.id + 1);
    const kept = { ...row, ...how };
    this.add(kept);
    return kept;
  }

  /** It is to be written anew. */
  change(kept: Kept): void {
    this.changed.add(kept);
  }

  changeRunning(kept: Kept, running: 0 | 1): void {
    Object.assign(kept, { running, marked: false, isQuiet: false });
    this.change(kept);
  }

  /** It is not wanted any more. */
  drop(kept: Kept): void {
    this.lose(kept);
    this.changed.delete(kept);
    this.gone.add(kept.id);
  }

  /** It is on disk no more. */
  lose({ id, key, size }: Kept): void {
    if (!this.byId.delete(id)) return;
    this.byKey.delete(key);
    this.held -= size;
  }

  /** Those that could not be written come in no more; in case that they are on disk all the same, they are deleted there. */
  turnAway(): readonly Kept[] {
    const { coming } = this;
    this.coming = [];
    for (const kept of coming) this.drop(kept);
    return coming;
  }

  write(table: QueueTable): void {
    table.together(() => {
      for (const kept of this.coming) table.put(kept, kept.body ?? new Uint8Array());
      for (const kept of this.changed) table.update(kept);
      for (const id of this.gone) table.delete(id);
    });
    for (const kept of this.changed) kept.marked = kept.running === 1;
    this.coming = [];
    this.changed.clear();
    this.gone.clear();
  }

  overview(stranded: QueueOverview['stranded']): QueueOverview {
    const all = [...this];
    const aside = all
      .filter(({ state }) => state === 'aside')
      .sort((a, b) => b.asideAt - a.asideAt || b.id - a.id);
    return {
      waiting: all.filter(({ state }) => state === 'waiting' || state === 'entering').length,
      running: all.filter(({ state, isQuiet }) => state === 'running' && !isQuiet).length,
      aside: aside
        .slice(0, MOST_LISTED)
        .map(({ id, module, receivedAt, asideAt, size, attempts, reason }) => ({
          ...{ id, module, receivedAt, asideAt, size, attempts, reason: reason || 'old' },
        })),
      asideCount: aside.length,
      stranded,
    };
  }

  private add(kept: Kept): void {
    this.byId.set(kept.id, kept);
    this.byKey.set(kept.key, kept);
    this.held += kept.size;
  }
}
