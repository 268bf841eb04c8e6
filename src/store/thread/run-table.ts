import type { Search, StoredInput, StoredPage, StoredRun, StoreLimits } from '../store';
import type { Schema, SqliteFile, Value } from './database';
import { packedInput, unpackedInput } from './run-input';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The details stand in a table of their own, so that a search does not read them. */
export const RUN_SCHEMA: Schema = {
  version: 1,
  newer: 'store.newer',
  sync: 'normal',
  overwrites: true,
  tables: `
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, trigger TEXT NOT NULL,
  outcome TEXT NOT NULL, failed INTEGER NOT NULL, eventId TEXT NOT NULL, eventUuid TEXT NOT NULL,
  text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX runs_at ON runs (at, run);
CREATE TABLE details (seq INTEGER PRIMARY KEY, details TEXT NOT NULL);
CREATE TABLE inputs (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, trigger TEXT NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL
);`,
};

/** A whole text each: what a hot function puts together of constants is put together anew whenever it is compiled. */
const VALUES = 'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const INSERT = `INSERT OR IGNORE INTO runs ${VALUES}`;
const REPLACE = `REPLACE INTO runs ${VALUES}`;

/** So many runs are deleted in one go at most: others wait meanwhile. */
const MOST_PRUNED = 1000;

interface RunRow extends Omit<StoredRun, 'failed' | 'input'> {
  seq: number;
  failed: number;
}

/** The runs in a file, within their bounds. */
export class RunTable {
  private count: number;
  private inputBytes: number;
  /** Something was deleted, and its room is not given back to the disk yet. */
  private untidy = false;

  constructor(
    private readonly file: SqliteFile,
    private limits: StoreLimits,
  ) {
    this.count = file.number('SELECT count(*) FROM runs');
    this.inputBytes = file.number('SELECT sum(size) FROM inputs');
  }

  setLimits(limits: StoreLimits): void {
    this.limits = limits;
  }

  /** Keeps runs, all or none. */
  record(runs: readonly StoredRun[]): void {
    this.atomically(() => {
      for (const run of runs) this.put(run);
    });
  }

  list({ most, ...search }: Search): StoredPage {
    const { where, values } = conditions(search);
    const rows = this.file.all<{ row: string }>(
      `SELECT row FROM runs ${where} ORDER BY at DESC, run DESC LIMIT ?`,
      ...values,
      most,
    );
    return { rows: rows.map(({ row }) => row), total: this.count };
  }

  get(run: string): StoredRun | undefined {
    const found = this.file.get<RunRow>('SELECT * FROM runs JOIN details USING (seq) WHERE run = ?', run);
    if (!found) return undefined;
    const { seq, failed, ...rest } = found;
    const input = this.inputOf(seq);
    return { ...rest, failed: failed === 1, ...(input ? { input } : {}) };
  }

  /** @returns how many runs are forgotten: one, if it was known */
  forget(run: string): number {
    const before = this.count;
    this.atomically(() => this.drop('seq = ?', this.file.number('SELECT seq FROM runs WHERE run = ?', run)));
    this.file.shrink();
    return before - this.count;
  }

  /**
   * Deletes what is beyond the bounds, the oldest first, a part at a time.
   * @returns whether there was anything
   */
  prune(now: number): boolean {
    const before = [this.count, this.inputBytes];
    this.atomically(() => {
      this.dropTo(this.tooOld(now));
      this.dropTo(this.tooMany());
      this.pruneInputs(now);
    });
    const dropped = before[0] !== this.count || before[1] !== this.inputBytes;
    this.untidy ||= dropped;
    return dropped;
  }

  /** Deletes what is beyond the bounds, and leaves no trace of what was deleted. */
  tidy(now: number): void {
    while (this.prune(now));
    if (this.untidy) this.file.shrink();
    this.untidy = false;
  }

  private put(stored: StoredRun): void {
    const { run, at, trigger, outcome, failed, eventId, eventUuid, text, row, details, input } = stored;
    const values: Value[] = [run, at, trigger, outcome, failed ? 1 : 0, eventId, eventUuid, text, row];
    // Nearly all are new.
    let seq = this.file.insert(INSERT, null, ...values);
    if (seq > 0) this.count++;
    else {
      seq = this.file.number('SELECT seq FROM runs WHERE run = ?', run);
      this.file.run(REPLACE, seq, ...values);
    }
    this.file.run('REPLACE INTO details VALUES (?, ?)', seq, details);
    if (input && this.limits.inputs) this.putInput(seq, at, input);
  }

  private putInput(seq: number, at: number, { trigger, bytes, flattenedCut }: StoredInput): void {
    const data = packedInput({ trigger, bytes, flattenedCut });
    if (!data) return;
    this.inputBytes -= this.file.number('SELECT size FROM inputs WHERE seq = ?', seq);
    this.file.run('REPLACE INTO inputs VALUES (?, ?, ?, ?, ?)', seq, at, trigger, data.length, data);
    this.inputBytes += data.length;
  }

  private inputOf(seq: number): StoredInput | undefined {
    const found = this.file.get<{ trigger: string; data: Uint8Array }>(
      'SELECT trigger, data FROM inputs WHERE seq = ?',
      seq,
    );
    if (!found) return undefined;
    return unpackedInput(found.trigger, found.data);
  }

  private tooOld(now: number): number {
    const oldest = `SELECT seq, at FROM runs ORDER BY seq LIMIT ${MOST_PRUNED}`;
    const before = now - this.limits.days * DAY_MS;
    return this.file.number(`SELECT max(seq) FROM (${oldest}) WHERE at < ?`, before);
  }

  private tooMany(): number {
    const { runs, bytes } = this.limits;
    const { used } = this.file;
    // What takes up too much room is as many runs as take up as much on average, and some more.
    const byBytes = used > bytes ? Math.ceil(this.count * (1 - (0.98 * bytes) / used)) : 0;
    const many = Math.min(MOST_PRUNED, Math.max(this.count - runs, byBytes));
    if (many <= 0) return 0;
    return this.file.number('SELECT seq FROM runs ORDER BY seq LIMIT 1 OFFSET ?', many - 1);
  }

  private pruneInputs(now: number): void {
    const { inputs } = this.limits;
    if (this.inputBytes === 0) return;
    const before = inputs ? now - inputs.days * DAY_MS : Number.MAX_SAFE_INTEGER;
    this.dropInputs('at < ?', before);
    while (inputs && this.inputBytes > inputs.bytes) this.dropInputs('seq = (SELECT min(seq) FROM inputs)');
  }

  private dropTo(seq: number): void {
    if (seq > 0) this.drop('seq <= ?', seq);
  }

  private drop(where: string, seq: number): void {
    this.dropInputs(where, seq);
    this.file.run(`DELETE FROM details WHERE ${where}`, seq);
    this.count -= this.file.run(`DELETE FROM runs WHERE ${where}`, seq);
  }

  private dropInputs(where: string, ...values: number[]): void {
    this.inputBytes -= this.file.number(`SELECT sum(size) FROM inputs WHERE ${where}`, ...values);
    this.file.run(`DELETE FROM inputs WHERE ${where}`, ...values);
  }

  /** What is counted goes back with what is undone. */
  private atomically(work: () => void): void {
    const { count, inputBytes } = this;
    try {
      this.file.together(work);
    } catch (error) {
      Object.assign(this, { count, inputBytes });
      throw error;
    }
  }
}

function conditions({ trigger, outcome, text, event, until, before, older }: Omit<Search, 'most'>) {
  const parts: [sql: string, ...values: Value[]][] = [];
  if (trigger) parts.push(['trigger = ?', trigger]);
  if (outcome === 'failed') parts.push(['failed = 1']);
  else if (outcome) parts.push(['outcome = ?', outcome === 'open' ? '' : outcome]);
  const wanted = text?.trim().toLowerCase();
  if (wanted) parts.push(['instr(text, ?) > 0', wanted]);
  const id = event?.trim().toLowerCase();
  if (id) parts.push(['? IN (eventId, eventUuid)', id]);
  if (until !== undefined) parts.push(['at < ?', until]);
  if (before !== undefined) parts.push(['(at, run) < (SELECT at, run FROM runs WHERE run = ?)', before]);
  if (older) parts.push(['(at, run) < (?, ?)', older.at, older.run]);
  const where = parts.map(([sql]) => sql).join(' AND ');
  return { where: where && `WHERE ${where}`, values: parts.flatMap(([, ...values]) => values) };
}
