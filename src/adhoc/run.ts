import { saidBy, words } from '../text';
import type { Chosen } from './choice';
import {
  countsOf,
  MOST_TOLD,
  type Changed,
  type ChosenEvent,
  type EventResult,
  type EventRow,
  type Report,
  type RunHead,
  type RunState,
} from './report';

/** Where a run writes down what it does, so that it is known whatever happens. */
export interface Ledger {
  /** Kept when the promise is: the event is about to be given to the flow. */
  begun(index: number): Promise<void>;
  ended(index: number, result: EventResult | 'waiting'): Promise<void>;
  over(state: RunState, at: number, problem?: string): Promise<void>;
  /** Nothing more is written, and the run is not over: whoever reads it next says that it was interrupted. */
  leave(): Promise<void>;
}

export interface RunOptions {
  concurrency: number;
  /** Sends an event through the flow. What it throws is why the flow did not get it. */
  perform(event: ChosenEvent): Promise<EventResult>;
  /** Kept when flows run: in a deploy nothing is begun. */
  ready(): Promise<void>;
  changed(): void;
  /** Without one nothing of it outlasts the process. */
  ledger?: Ledger;
}

/** A row with the number of the change that it had last. */
type Numbered = EventRow & { revision: number };

/** A flow run on many events, one after the other or a few at a time. No event is begun twice. */
export class AdHocRun {
  state: RunState = 'running';
  endedAt: number | undefined;
  problem: string | undefined;
  /** Grows with each change. */
  revision: number;
  private readonly rows: Numbered[];
  private next = 0;
  private isStopping = false;
  private isInterrupted = false;

  constructor(
    readonly head: RunHead,
    { events, missing }: Chosen,
    private readonly options: RunOptions,
  ) {
    const rows: EventRow[] = [
      ...events.map((event) => ({ ...event, state: 'waiting' as const, lines: [] })),
      ...missing.map((key) => missingRow(key)),
    ];
    this.rows = rows.map((row, index) => ({ ...row, revision: index + 1 }));
    this.revision = rows.length;
  }

  /** Kept when it is over, whatever became of it. */
  async run(): Promise<void> {
    const workers = Array.from({ length: Math.max(1, this.options.concurrency) }, () => this.work());
    await Promise.all(workers);
    const { ledger } = this.options;
    if (this.isInterrupted) return ledger?.leave().catch(() => undefined);
    if (this.problem !== undefined) this.end('failed');
    else this.end(this.rows.some(({ state }) => state === 'waiting') ? 'stopped' : 'finished');
    // What was not written is not known after a restart; it is here as long as Node-RED runs.
    await ledger?.over(this.state, this.endedAt ?? 0, this.problem).catch(() => undefined);
  }

  /** Nothing more is begun; what is under way comes to its end. */
  stop(): void {
    this.isStopping = true;
  }

  /** The flow goes away: what is under way cannot be followed any more. */
  interrupt(): void {
    this.isInterrupted = true;
    this.isStopping = true;
    this.end('interrupted');
  }

  get total(): number {
    return this.rows.length;
  }

  get counts(): Report['counts'] {
    return countsOf(this.rows);
  }

  /** Rows that have changed since a revision, and the revision that is known with them: there may be more. */
  changedSince(revision: number): Changed {
    const changed = this.rows
      .map((row, index) => ({ index, row }))
      .filter(({ row }) => row.revision > revision)
      .sort((a, b) => a.row.revision - b.row.revision);
    const told = changed.slice(0, MOST_TOLD);
    const more = changed.length > told.length;
    return {
      rows: told.map(({ index, row }) => ({ index, row: withoutRevision(row) })),
      revision: more ? (told.at(-1)?.row.revision ?? 0) : this.revision,
      more,
    };
  }

  get report(): Report {
    const { head, state, endedAt, problem, counts } = this;
    return {
      ...head,
      state,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(problem === undefined ? {} : { problem }),
      counts,
      events: this.rows.map(withoutRevision),
    };
  }

  private async work(): Promise<void> {
    for (;;) {
      await this.options.ready();
      const index = this.take();
      if (index === undefined) return;
      const row = this.rows[index];
      this.set(row, { state: 'running' });
      try {
        await this.options.ledger?.begun(index);
      } catch (error) {
        this.set(row, { state: 'waiting' });
        return this.fail(error);
      }
      if (this.isInterrupted) return this.giveBack(index);
      const result = await this.perform(row);
      if (!result) return this.giveBack(index);
      this.set(row, result);
      try {
        await this.options.ledger?.ended(index, result);
      } catch (error) {
        return this.fail(error);
      }
    }
  }

  /** @returns nothing if the flow went away before it got the event */
  private async perform(row: EventRow): Promise<EventResult | undefined> {
    try {
      return await this.options.perform(row);
    } catch (error) {
      return this.isInterrupted ? undefined : { state: 'failed', lines: [words(saidBy(error))] };
    }
  }

  private take(): number | undefined {
    if (this.isStopping) return undefined;
    while (this.rows[this.next]?.state === 'missing') this.next++;
    return this.next < this.rows.length ? this.next++ : undefined;
  }

  private async giveBack(index: number): Promise<void> {
    this.set(this.rows[index], { state: 'waiting' });
    await this.options.ledger?.ended(index, 'waiting').catch(() => undefined);
  }

  /** Without its notes it must not go on: nobody could tell what was done. */
  private fail(error: unknown): void {
    this.problem ??= words(saidBy(error));
    this.stop();
  }

  private set(row: Numbered, change: Partial<EventRow>): void {
    Object.assign(row, change, { revision: ++this.revision });
    this.options.changed();
  }

  private end(state: RunState): void {
    if (this.state !== 'running') return;
    this.state = state;
    this.endedAt = Date.now();
    this.revision++;
    this.options.changed();
  }
}

const missingRow = (key: string): EventRow => {
  const isUuid = key.includes('-');
  const known = { id: isUuid ? '' : key, uuid: isUuid ? key : '', info: '', date: '', org: '' };
  return { ...known, state: 'missing', lines: [] };
};

function withoutRevision(row: Numbered): EventRow {
  const { id, uuid, info, date, org, state, lines, run } = row;
  return { id, uuid, info, date, org, state, lines, ...(run === undefined ? {} : { run }) };
}
