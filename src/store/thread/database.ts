import { chmodSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Database, type Statement } from 'node-sqlite3-wasm';
import { WorkflowError } from '../../text';

/** Of the tables below. */
const VERSION = 1;

/** Bytes of SQLite's own journal that are left standing between two writes. */
const JOURNAL_BYTES = 4 * 1024 * 1024;

/** The details stand in a table of their own, so that a search does not read them. */
const TABLES = `
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, trigger TEXT NOT NULL,
  outcome TEXT NOT NULL, failed INTEGER NOT NULL, eventId TEXT NOT NULL, eventUuid TEXT NOT NULL,
  text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX runs_at ON runs (at, run);
CREATE TABLE details (seq INTEGER PRIMARY KEY, details TEXT NOT NULL);
CREATE TABLE inputs (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, trigger TEXT NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL
);
PRAGMA user_version = ${VERSION};
`;

export type Value = number | string | Uint8Array | null;

/** A file of SQLite that one thread alone uses. Its statements are prepared once. */
export class SqliteFile {
  private readonly statements = new Map<string, Statement>();

  private constructor(
    private readonly database: Database,
    private readonly file: string,
  ) {}

  /**
   * Opens a file, or begins it. The caller knows that nobody else uses it.
   * @throws {WorkflowError} if a later version of this package wrote it; else what SQLite says
   */
  static open(file: string): SqliteFile {
    // A process that was killed leaves its lock behind.
    rmSync(`${file}.lock`, { recursive: true, force: true });
    const opened = new SqliteFile(new Database(file), file);
    try {
      opened.prepare();
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  private prepare(): void {
    const { database } = this;
    // Exclusive, the write-ahead log needs no memory shared with other processes, which there is none of here.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL;');
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${JOURNAL_BYTES};`);
    // What is deleted is overwritten.
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;');
    const version = this.number('PRAGMA user_version');
    if (version > VERSION) throw new WorkflowError('store.newer');
    if (version === 0) this.together(() => database.exec(TABLES));
    for (const name of [this.file, `${this.file}-wal`]) chmodIfThere(name);
  }

  /** Does what is to be done all or not at all. */
  together(work: () => void): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  run(sql: string, ...values: Value[]): number {
    return this.statement(sql).run(values).changes;
  }

  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    // Not the `get` of a statement, which stays open on its first row and holds the table.
    return this.all<Row>(sql, ...values)[0];
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.statement(sql).all(values) as Row[];
  }

  /** The one number of an answer; 0 if there is none. */
  number(sql: string, ...values: Value[]): number {
    return Number(Object.values(this.get<object>(sql, ...values) ?? {})[0] ?? 0);
  }

  /** Bytes of the file that are in use. */
  get used(): number {
    const pages = this.number('PRAGMA page_count') - this.number('PRAGMA freelist_count');
    return pages * this.number('PRAGMA page_size');
  }

  /** Gives back to the disk what deleted data took up, and writes it over in SQLite's own journal too. */
  shrink(): void {
    this.database.exec('PRAGMA incremental_vacuum');
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    for (const statement of this.statements.values()) attempt(() => statement.finalize());
    this.statements.clear();
    // On a full disk the write-ahead log stays, and is read when it is opened again.
    attempt(() => this.database.close());
  }

  private statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }
}

/** Whether SQLite says that the file itself is damaged. */
export function isDamaged(error: unknown): boolean {
  return /not a database|malformed|unsupported file format/i.test(String(error));
}

/**
 * Puts a damaged file out of the way, with all that belongs to it; one from before goes for it.
 * @returns its new name
 */
export function setAside(file: string): string {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  for (const old of readdirSync(folder))
    if (old.startsWith(`${name}.broken`)) rmSync(path.join(folder, old), { force: true });
  const aside = `${file}.broken`;
  renameSync(file, aside);
  for (const part of ['-wal', '-journal']) attempt(() => renameSync(`${file}${part}`, `${aside}${part}`));
  return aside;
}

function chmodIfThere(file: string): void {
  attempt(() => chmodSync(file, 0o600));
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // There is nothing more to do.
  }
}
