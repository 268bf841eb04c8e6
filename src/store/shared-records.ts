import type { RecordSet } from '../records/records';
import { WorkflowError } from '../text';
import type { LoadedRecords, RecordChange, RecordsQuestion } from './records-protocol';

/** Each failed one has let another process get ahead. */
const MOST_ATTEMPTS = 50;
/** Longest pause before the next one, in milliseconds. */
const PAUSE_MS = 20;

type Ask = <Answer>(question: RecordsQuestion) => Promise<Answer>;

/** A set of records in a Redis, as one of the processes that share it. Its transactions come one after another. */
export class SharedRecords implements RecordSet {
  /** As it was seen last. */
  private version: string | undefined;
  private known: ReadonlyMap<string, string> = new Map();
  private latest: Promise<unknown> = Promise.resolve();
  private readonly watchers = new Set<() => void>();

  /** @param ask what the thread is asked */
  constructor(
    private readonly set: string,
    private readonly ask: Ask,
  ) {}

  transaction<T>(work: (records: Map<string, string>) => T): Promise<T> {
    const next = this.latest.then(() => this.run(work));
    this.latest = next.catch(() => undefined);
    return next;
  }

  watch(onChange: () => void): () => void {
    // One for each who watches, whatever they give.
    const watcher = () => onChange();
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Another process has changed it. */
  onChange(): void {
    for (const watcher of this.watchers) watcher();
  }

  private async run<T>(work: (records: Map<string, string>) => T): Promise<T> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      await this.load();
      const records = new Map(this.known);
      const result = work(records);
      const changes = changesOf(this.known, records);
      if (changes.length === 0 || (await this.commit(changes, records))) return result;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
    throw new WorkflowError('records.busy');
  }

  private async load(): Promise<void> {
    const { set, version } = this;
    const loaded = await this.ask<LoadedRecords>({ do: 'load', set, version });
    if (loaded.records) this.known = new Map(loaded.records);
    this.version = loaded.version;
  }

  /** @returns whether it is kept: no other process has changed the set meanwhile */
  private async commit(
    changes: readonly RecordChange[],
    records: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const { set, version = '' } = this;
    const kept = await this.ask<string | undefined>({ do: 'commit', set, version, changes });
    if (kept === undefined) return false;
    [this.version, this.known] = [kept, records];
    return true;
  }
}

function changesOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RecordChange[] {
  const gone = [...before.keys()].filter((id) => !after.has(id)).map((id) => [id, null] as const);
  const set = [...after].filter(([id, text]) => before.get(id) !== text);
  return [...gone, ...set];
}
