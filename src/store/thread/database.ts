import { chmodSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Database, type Statement } from 'node-sqlite3-wasm';
import { WorkflowError } from '../../text';

/** Bytes of SQLite's own journal that are left standing between two writes. */
const JOURNAL_BYTES = 4 * 1024 * 1024;
/** So much of it is put in its place at a time, where pages are large. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** What a file of SQLite is to hold. */
export interface Schema {
  /** Of the tables. */
  version: number;
  tables: string;
  /** Said of a file of a later version. */
  newer: 'store.newer' | 'queue.newer' | 'retry.newer';
  /** `normal`: what was written last may be lost with the power of the machine, never with the process. */
  sync: 'normal' | 'full';
  /** What is deleted is overwritten at once; else when the file is shrunk, or its place is used again. */
  overwrites: boolean;
  /** Bytes of a page, where most of what is kept is large. */
  pageBytes?: number;
}

export type Value = number | string | Uint8Array | null;

/** A file of SQLite that one thread alone uses. Its statements are prepared once. */
export class SqliteFile {
  private readonly statements = new Map<string, Statement>();

  private constructor(
    private readonly database: Database,
    private readonly file: string,
    private readonly schema: Schema,
  ) {}

  /**
   * Opens a file, or begins it. The caller knows that nobody else uses it.
   * @throws {WorkflowError} if a later version of this package wrote it; else what SQLite says
   */
  static open(file: string, schema: Schema): SqliteFile {
    // A process that was killed leaves its lock behind.
    rmSync(`${file}.lock`, { recursive: true, force: true });
    const opened = new SqliteFile(new Database(file), file, schema);
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
    const { version, tables, newer, sync, overwrites, pageBytes } = this.schema;
    if (pageBytes) database.exec(`PRAGMA page_size = ${pageBytes}`);
    // Exclusive, the write-ahead log needs no memory shared with other processes, which there is none of here.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL;');
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${JOURNAL_BYTES};`);
    if (pageBytes) database.exec(`PRAGMA wal_autocheckpoint = ${Math.ceil(CHECKPOINT_BYTES / pageBytes)}`);
    database.exec(`PRAGMA synchronous = ${sync}; PRAGMA temp_store = MEMORY;`);
    database.exec(`PRAGMA secure_delete = ${overwrites ? 'ON' : 'FAST'}`);
    const known = this.number('PRAGMA user_version');
    if (known > version) throw new WorkflowError(newer);
    if (known === 0) this.together(() => database.exec(`${tables} PRAGMA user_version = ${version};`));
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

  /** Inserts a row under a number of its own. @returns its number; 0 if it was left out */
  insert(sql: string, ...values: Value[]): number {
    const { changes, lastInsertRowid } = this.statement(sql).run(values);
    return changes === 0 ? 0 : Number(lastInsertRowid);
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

  /**
   * Gives back to the disk what deleted data took up, and writes it over in SQLite's own journal too.
   * @param pages at most so many; 0: all
   */
  shrink(pages = 0): void {
    this.database.exec(`PRAGMA incremental_vacuum(${pages})`);
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
