import type { Store, StoredRun } from '../store/store';
import { text, type Said, type Text } from '../text';
import type { KeptRequest } from '../triggers/last-request';
import type { RunRecord } from './record';
import { detailsOf, rowJson } from './run-log';

/** How long runs are gathered before they are written together, in milliseconds. */
const GATHER_MS = 500;
/** So many are written before that time is over: the latest alone are in memory. */
const HURRY_AT = 500;
/** A run that takes longer is written before its end, so that it is not lost with the process. */
const LONG_MS = 2000;
/** So many runs are written together, and so many of them with their steps and what they began with. */
const MOST_RUNS = 2000;
const MOST_WHOLE = 250;
const MOST_INPUT_BYTES = 8 * 1024 * 1024;
/** So many runs wait while nothing can be written; then the oldest are given up. */
const MOST_WAITING = 5000;
/** How often it is said what was left out, in milliseconds. */
const TELL_MS = 60_000;

const NO_DETAILS = JSON.stringify({ steps: [], more: 0 });

/** What was left out since Node-RED started, because there were too many runs at a time. */
interface LeftOut {
  runs: number;
  details: number;
  inputs: number;
}

/** Where from a recorder takes what it writes. */
export interface Source {
  record(run: string): RunRecord | undefined;
  input(run: string): KeptRequest | undefined;
  /** Bytes of the input; 0 if there is none. */
  inputSize(run: string): number;
}

/** Hands the runs to a store, in batches: as many as it takes, and of the rest what happened alone. */
export class Recorder {
  private readonly left: LeftOut = { runs: 0, details: 0, inputs: 0 };
  private readonly waiting = new Set<string>();
  private readonly stored = new WeakSet<RunRecord>();
  private timer: NodeJS.Timeout | undefined;
  private teller: NodeJS.Timeout | undefined;
  private isWriting = false;
  private mayHurry = true;

  /**
   * @param isOpen whether the store can be written to
   * @param tell told what was left out, at most once a minute
   */
  constructor(
    private readonly store: Store,
    private readonly source: Source,
    private readonly isOpen: () => boolean,
    private readonly tell: (said: Said) => void,
    private readonly text: 'store.leftOut' | 'store.redisLeftOut' = 'store.leftOut',
  ) {}

  /** Something of a run has changed. */
  note({ run }: RunRecord): void {
    this.waiting.add(run);
    if (this.waiting.size > MOST_WAITING) {
      for (const oldest of this.waiting) {
        this.waiting.delete(oldest);
        break;
      }
      this.leaveOut('runs');
    }
    this.soon();
  }

  /** What was left out, if anything was. */
  get leftOut(): Text | undefined {
    const isWhole = Object.values(this.left).every((count) => count === 0);
    return isWhole ? undefined : text(this.text, { ...this.left });
  }

  isStored(record: RunRecord): boolean {
    return this.stored.has(record);
  }

  forget(run: string): void {
    this.waiting.delete(run);
  }

  /** Writes what waits, if the store is open. */
  async write(): Promise<void> {
    if (this.isWriting || !this.isOpen()) return;
    const records = this.due();
    if (records.length === 0) return;
    this.isWriting = true;
    for (const { run } of records) this.waiting.delete(run);
    try {
      await this.store.record(this.batchOf(records));
      for (const record of records) this.stored.add(record);
      this.mayHurry = true;
    } catch {
      // The store says what is wrong.
      for (const { run } of records) if (this.source.record(run)) this.waiting.add(run);
    } finally {
      this.isWriting = false;
      this.soon();
    }
  }

  /** Hands over all that waits, for a store that is closed next. */
  end(): void {
    clearTimeout(this.timer);
    clearTimeout(this.teller);
    if (!this.isOpen()) return;
    const records = [...this.waiting].flatMap((run) => this.source.record(run) ?? []);
    this.store.record(this.batchOf(records)).catch(() => undefined);
  }

  /** Many are written next, not after a while: unless that was tried, and it did not help. */
  private soon(): void {
    if (this.waiting.size === 0) return;
    const isHurried = this.waiting.size >= HURRY_AT && this.mayHurry && !this.isWriting;
    if (isHurried) {
      this.mayHurry = false;
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        if (!isHurried) this.mayHurry = true;
        void this.write();
        this.soonAgain();
      },
      isHurried ? 0 : GATHER_MS,
    ).unref();
  }

  private soonAgain(): void {
    if (!this.isWriting) this.soon();
  }

  private due(): RunRecord[] {
    const now = Date.now();
    const due: RunRecord[] = [];
    for (const run of this.waiting) {
      const record = this.source.record(run);
      if (!record) {
        this.waiting.delete(run);
        this.leaveOut('runs');
      } else if (record.ended || now - record.at >= LONG_MS) due.push(record);
      if (due.length >= MOST_RUNS) break;
    }
    return due;
  }

  private batchOf(records: readonly RunRecord[]): StoredRun[] {
    let inputBytes = 0;
    return records.map((record, index) => {
      const isWhole = index < MOST_WHOLE;
      if (!isWhole) this.leaveOut('details');
      const stored = storedOf(record, isWhole);
      const size = this.stored.has(record) ? 0 : this.source.inputSize(record.run);
      if (size === 0) return stored;
      inputBytes += size;
      if (isWhole && inputBytes <= MOST_INPUT_BYTES)
        return { ...stored, input: this.source.input(record.run)?.saved };
      this.leaveOut('inputs');
      return stored;
    });
  }

  private leaveOut(what: keyof LeftOut): void {
    this.left[what]++;
    this.teller ??= setTimeout(() => {
      this.teller = undefined;
      if (this.leftOut) this.tell(this.leftOut);
    }, TELL_MS).unref();
  }
}

function storedOf(record: RunRecord, isWhole: boolean): StoredRun {
  const { run, at, trigger, outcome = '', failed, about = {}, reason, node } = record;
  const { id = '', uuid = '' } = about;
  return {
    ...{ run, at, trigger, outcome, failed },
    ...{ eventId: id.toLowerCase(), eventUuid: uuid.toLowerCase() },
    text: [about.info, id, uuid, reason, node.label].join('\n').toLowerCase(),
    row: rowJson(record, !isWhole),
    details: isWhole ? JSON.stringify(detailsOf(record)) : NO_DETAILS,
  };
}
