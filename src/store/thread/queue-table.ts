import type { AsideReason } from '../../queue/overview';
import type { QueuedNotes } from '../../queue/queue';
import type { Schema, SqliteFile } from './database';

/** Bytes of a body in one row: SQLite has a whole row in memory. */
const PART_BYTES = 1024 * 1024;
/** So many pages are given back to a full disk at a time: as they are moved they stand in SQLite's journal first. */
const STEP_PAGES = 128;
/** So many times, so that it comes to an end. */
const MOST_STEPS = 64;
/** More parts than the largest body has. */
const MOST_PARTS = 4096;

export const QUEUE_SCHEMA: Schema = {
  version: 1,
  newer: 'queue.newer',
  sync: 'full',
  overwrites: false,
  pageBytes: 32 * 1024,
  tables: `
CREATE TABLE requests (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, source TEXT NOT NULL, module TEXT NOT NULL, caller TEXT NOT NULL,
  receivedAt INTEGER NOT NULL, notes INTEGER NOT NULL, event TEXT NOT NULL, size INTEGER NOT NULL,
  attempts INTEGER NOT NULL, deaths INTEGER NOT NULL, running INTEGER NOT NULL,
  reason TEXT NOT NULL, asideAt INTEGER NOT NULL
);
CREATE TABLE bodies (id INTEGER PRIMARY KEY, data BLOB NOT NULL);`,
};

/** What is known of a request besides its body. */
export interface RequestRow {
  id: number;
  key: string;
  source: string;
  module: string;
  caller: string;
  receivedAt: number;
  notes: number;
  /** Where the order is to be kept: of which event it is. */
  event: string;
  size: number;
  /** How often it was given out. */
  attempts: number;
  /** How often the process died meanwhile. */
  deaths: number;
  running: number;
  /** Why it was put aside; empty if it was not. */
  reason: AsideReason | '';
  asideAt: number;
}

/** The requests in a file. Who uses it says what belongs together. */
export class QueueTable {
  constructor(private readonly file: SqliteFile) {}

  together(work: () => void): void {
    this.file.together(work);
  }

  all(): RequestRow[] {
    return this.file.all<RequestRow>('SELECT * FROM requests ORDER BY id');
  }

  put(row: RequestRow, body: Uint8Array): void {
    const { id, key, source, module, caller, receivedAt, notes, event, size, attempts, deaths, running } =
      row;
    this.file.run(
      "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)",
      ...[id, key, source, module, caller, receivedAt, notes, event, size, attempts, deaths, running],
    );
    for (let part = 0; part * PART_BYTES < body.length; part++) {
      const data = body.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      this.file.run('INSERT INTO bodies VALUES (?, ?)', id * MOST_PARTS + part, data);
    }
  }

  /** @returns nothing if it is not there, or not whole */
  body(id: number, size: number): Uint8Array<ArrayBuffer> | undefined {
    const whole = new Uint8Array(size);
    let at = 0;
    for (let part = 0; at < size; part++) {
      const sql = 'SELECT data FROM bodies WHERE id = ?';
      const data = this.file.get<{ data: Uint8Array }>(sql, id * MOST_PARTS + part)?.data;
      if (!data || data.length === 0 || at + data.length > size) return undefined;
      whole.set(data, at);
      at += data.length;
    }
    return whole;
  }

  update({ id, attempts, deaths, running, reason, asideAt }: RequestRow): void {
    const sql =
      'UPDATE requests SET attempts = ?, deaths = ?, running = ?, reason = ?, asideAt = ? WHERE id = ?';
    this.file.run(sql, attempts, deaths, running, reason, asideAt, id);
  }

  delete(id: number): void {
    this.file.run('DELETE FROM requests WHERE id = ?', id);
    this.file.run('DELETE FROM bodies WHERE id >= ? AND id < ?', id * MOST_PARTS, (id + 1) * MOST_PARTS);
  }

  /** Bytes of the file that are not in use. */
  get slack(): number {
    return this.file.number('PRAGMA freelist_count') * this.file.number('PRAGMA page_size');
  }

  /** Gives back to a full disk some of what was deleted. */
  giveBack(): void {
    for (let step = 0; step < MOST_STEPS && this.slack > 0; step++) this.file.shrink(STEP_PAGES);
  }

  /** Gives back to the disk what was deleted, and leaves no trace of it in the file. */
  shrink(): void {
    this.file.shrink();
  }
}

/** What the scan told, as one number. */
export function packed({ flattenedCut, suspicious, keyed }: QueuedNotes): number {
  return (flattenedCut ? 1 : 0) | (suspicious ? 2 : 0) | (keyed === undefined ? 0 : keyed ? 12 : 4);
}

export function unpacked(notes: number): QueuedNotes {
  const keyed = (notes & 4) === 0 ? undefined : (notes & 8) !== 0;
  return { flattenedCut: (notes & 1) !== 0, suspicious: (notes & 2) !== 0, keyed };
}
