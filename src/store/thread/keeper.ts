import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { saidBy, text, WorkflowError, type Said } from '../../text';
import type { FromThread, Pace, Question, ThreadStart } from '../protocol';
import type { StoredRun, StoreLimits } from '../store';
import { isDamaged, setAside, SqliteFile } from './database';
import { Ownership } from './owner';
import { RunTable } from './run-table';
import { diskOf, Reserve } from './space';

/** How often what has become too old is deleted although nothing is written, in milliseconds. */
const TIDY_MS = 10 * 60_000;

/** With so little room besides the reserve, in bytes, an error of SQLite's is one of a full disk: it tells no reason. */
const LEAST_FREE = 1024 * 1024;

type Tell = (message: FromThread) => void;

/** A store in its folder: opened, kept open, opened anew after what went wrong. */
export class Keeper {
  private readonly owner: Ownership;
  private readonly reserve: Reserve;
  private readonly path: string;
  private file: SqliteFile | undefined;
  private table: RunTable | undefined;
  private isOwner = false;
  private limits: StoreLimits;
  private readonly pace: Pace;
  /** Why nothing is written. */
  private problem: Said | undefined;
  private readonly noticed = new Set<string>();
  private timers: NodeJS.Timeout[] = [];
  private closing = false;

  constructor(
    private readonly start: ThreadStart,
    private readonly tell: Tell,
  ) {
    const { folder, limits, pace } = start;
    this.limits = limits;
    this.pace = pace;
    this.path = path.join(folder, 'runs.sqlite');
    this.owner = new Ownership(path.join(folder, 'owner'), pace.beatMs);
    this.reserve = new Reserve(path.join(folder, 'reserve'), pace.reserve);
  }

  /** Opens the store, and goes on trying. */
  async begin(): Promise<void> {
    this.timers = [
      setInterval(() => void this.again(), this.pace.retryMs).unref(),
      setInterval(() => this.tidy(), TIDY_MS).unref(),
    ];
    await this.open();
  }

  setLimits(limits: StoreLimits): void {
    this.limits = limits;
    this.table?.setLimits(limits);
    this.tidy();
  }

  /** @throws why it cannot be done */
  answer(question: Question): unknown {
    if (question.do === 'record') return this.record(question.runs);
    if (question.do === 'forget') return this.forget(question.which);
    return this.using((table) =>
      question.do === 'list' ? table.list(question.search) : table.get(question.run),
    );
  }

  close(): void {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    this.shut();
    if (this.isOwner) this.owner.release();
  }

  private opening = false;

  private async again(): Promise<void> {
    if (this.problem !== undefined && !this.opening) await this.open();
  }

  private async open(): Promise<void> {
    this.opening = true;
    try {
      await this.take();
      if (this.closing) return;
      this.load();
      this.tidy();
      this.checkRoom();
      this.reserve.keep();
      this.works();
    } catch (error) {
      this.fails(error);
    } finally {
      this.opening = false;
    }
  }

  private async take(): Promise<void> {
    const { folder } = this.start;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (this.isOwner && existsSync(path.join(folder, 'owner'))) return;
    chmodSync(folder, 0o700);
    await this.owner.take();
    this.isOwner = true;
    const { network } = diskOf(folder);
    if (network) this.notice(text('store.network', { folder, network }));
  }

  private load(): void {
    if (this.file && existsSync(this.path)) return;
    this.shut();
    try {
      this.use(SqliteFile.open(this.path));
    } catch (error) {
      if (!isDamaged(error)) throw error;
      this.beginAnew();
    }
  }

  private use(file: SqliteFile): void {
    this.file = file;
    this.table = new RunTable(file, this.limits);
  }

  private beginAnew(): void {
    this.shut();
    const aside = setAside(this.path);
    this.notice(text('store.damaged', { aside }));
    this.use(SqliteFile.open(this.path));
  }

  private shut(): void {
    this.file?.close();
    this.file = undefined;
    this.table = undefined;
  }

  /** @throws {WorkflowError} if the disk has less room than is to be left free */
  private checkRoom(): void {
    if (diskOf(this.start.folder).free < this.pace.spare) throw this.full();
  }

  private full(): WorkflowError {
    return new WorkflowError('store.full', { folder: this.start.folder });
  }

  private using<Answer>(work: (table: RunTable) => Answer): Answer {
    if (!this.table) throw new WorkflowError('store.closed');
    try {
      return work(this.table);
    } catch (error) {
      const problem = this.explained(error);
      this.mend(error);
      throw problem;
    }
  }

  /** Writes, and leaves some of the disk free. */
  private record(runs: readonly StoredRun[]): void {
    try {
      this.checkRoom();
      this.using((table) => table.record(runs));
      this.using((table) => table.prune(Date.now()));
    } catch (error) {
      this.fails(error);
      throw this.explained(error);
    }
  }

  /** All at once is a new file: that takes no room. */
  private forget(which: { run: string } | 'all'): number {
    if (which !== 'all') return this.inReserve(() => this.using((table) => table.forget(which.run)));
    const { total } = this.using((table) => table.list({ most: 0 }));
    this.shut();
    for (const part of ['', '-wal', '-journal', '.broken', '.broken-wal', '.broken-journal'])
      rmSync(`${this.path}${part}`, { force: true });
    this.load();
    return total;
  }

  /** Does what deletes, in the room of the reserve if there is no other. */
  private inReserve<Answer>(work: () => Answer): Answer {
    try {
      this.makeRoom();
      return work();
    } finally {
      this.takeReserve();
    }
  }

  private makeRoom(): void {
    if (diskOf(this.start.folder).free < this.pace.reserve) this.reserve.giveUp();
  }

  private takeReserve(): void {
    try {
      this.reserve.keep();
    } catch {
      // There is no room yet.
    }
  }

  /** Only what forgets goes on while the disk is full: it makes room. */
  private tidy(): void {
    if (!this.table) return;
    try {
      this.inReserve(() => this.using((table) => table.tidy(Date.now())));
    } catch (error) {
      this.fails(error);
    }
  }

  /** After an error of its file SQLite is begun anew, so that what can be read still is. */
  private mend(error: unknown): void {
    if (error instanceof WorkflowError) return;
    try {
      // What stands in SQLite's journal needs room in its file, as it is closed.
      this.makeRoom();
      this.shut();
      if (isDamaged(error)) this.beginAnew();
      else this.load();
    } catch {
      // It is tried again after a while.
    }
  }

  private explained(error: unknown): unknown {
    if (error instanceof WorkflowError) return error;
    const { code } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT' || (code === undefined && this.hasNoRoom());
    if (isFull) return this.full();
    return new WorkflowError('store.notWritten', { folder: this.start.folder, problem: saidBy(error) });
  }

  private hasNoRoom(): boolean {
    try {
      return diskOf(this.start.folder).free < LEAST_FREE + this.pace.reserve;
    } catch {
      return false;
    }
  }

  private works(): void {
    this.problem = undefined;
    this.tell({ told: 'state', state: { state: 'open' } });
  }

  private fails(error: unknown): void {
    this.problem = saidBy(this.explained(error));
    this.tell({ told: 'state', state: { state: 'failed', problem: this.problem } });
  }

  private notice(notice: Said): void {
    const key = JSON.stringify(notice);
    if (!this.noticed.has(key)) this.tell({ told: 'notice', notice });
    this.noticed.add(key);
  }
}
