import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { saidBy, text, WorkflowError, type Said } from '../../text';
import type { KeeperMessage, Pace } from '../protocol';
import { isDamaged, setAside, SqliteFile, type Schema } from './database';
import { Ownership } from './owner';
import { diskOf, Reserve } from './space';

/** How often what has become too old is deleted although nothing is written, in milliseconds. */
const TIDY_MS = 10 * 60_000;

/** With so little room besides the reserve, in bytes, an error of SQLite's is one of a full disk: it tells no reason. */
const LEAST_FREE = 1024 * 1024;

/** What is said of a vault. */
export interface VaultWords {
  full: 'store.full' | 'queue.full' | 'retry.full';
  notWritten: 'store.notWritten' | 'queue.notWritten' | 'retry.notWritten';
  closed: 'store.closed' | 'queue.closed' | 'retry.closed';
  network: 'store.network' | 'queue.network' | 'retry.network';
  damaged: 'store.damaged' | 'queue.damaged' | 'retry.damaged';
  inUse: 'store.inUse' | 'queue.inUse' | 'retry.inUse';
}

/** What a vault holds, and who holds it. */
export interface VaultPlan<Table> {
  folder: string;
  /** Of its file. */
  name: string;
  schema: Schema;
  pace: Pace;
  words: VaultWords;
  load(file: SqliteFile): Table;
  /** Deletes what is beyond the bounds; in the room of the reserve if there is no other. */
  tidy(table: Table): void;
  /** It is open, perhaps again. */
  works?(): void;
}

/** A file of SQLite in a folder that this process alone uses: opened, kept open, opened anew after what went wrong. */
export class Vault<Table> {
  /** Why nothing is written. */
  problem: Said | undefined;
  private readonly owner: Ownership;
  private readonly reserve: Reserve;
  private readonly path: string;
  private file: SqliteFile | undefined;
  private table: Table | undefined;
  private isOwner = false;
  private readonly noticed = new Set<string>();
  private timers: NodeJS.Timeout[] = [];
  private closing = false;
  private opening = false;

  constructor(
    private readonly plan: VaultPlan<Table>,
    private readonly tell: (message: KeeperMessage) => void,
  ) {
    const { folder, name, pace, words } = plan;
    this.path = path.join(folder, name);
    this.owner = new Ownership(path.join(folder, 'owner'), pace.beatMs, words.inUse);
    this.reserve = new Reserve(path.join(folder, 'reserve'), pace.reserve);
  }

  /** Opens it, and goes on trying. */
  async begin(): Promise<void> {
    this.timers = [
      setInterval(() => void this.again(), this.plan.pace.retryMs).unref(),
      setInterval(() => this.tidy(), TIDY_MS).unref(),
    ];
    await this.open();
  }

  close(): void {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    this.shut();
    if (this.isOwner) this.owner.release();
  }

  /** Something is written, and some of the disk is left free. */
  write(work: (table: Table) => void): void {
    try {
      this.checkRoom();
      this.using(work);
    } catch (error) {
      this.fails(error);
      throw this.explained(error);
    }
  }

  /** @throws why it cannot be done */
  using<Answer>(work: (table: Table) => Answer): Answer {
    if (!this.table) throw new WorkflowError(this.plan.words.closed);
    try {
      return work(this.table);
    } catch (error) {
      const problem = this.explained(error);
      this.mend(error);
      throw problem;
    }
  }

  /** Does what deletes, in the room of the reserve if there is no other. */
  inReserve<Answer>(work: () => Answer): Answer {
    try {
      this.makeRoom();
      return work();
    } finally {
      this.reserve.takeBack();
    }
  }

  /** Nothing is written because the disk has no room. */
  get isFull(): boolean {
    return typeof this.problem === 'object' && this.problem.key === this.plan.words.full;
  }

  /** Writes what makes room in the end, on a full disk too: the reserve is taken again when there is room. */
  writeInReserve(work: (table: Table) => void): void {
    this.makeRoom();
    this.using(work);
  }

  /** Only what forgets goes on while the disk is full: it makes room. */
  tidy(): void {
    if (!this.table) return;
    try {
      this.inReserve(() => this.using((table) => this.plan.tidy(table)));
    } catch (error) {
      this.fails(error);
    }
  }

  /** Begins a new file in place of the old one: that takes no room. */
  replace(): void {
    this.shut();
    for (const part of ['', '-wal', '-journal', '.broken', '.broken-wal', '.broken-journal'])
      rmSync(`${this.path}${part}`, { force: true });
    this.load();
  }

  private async again(): Promise<void> {
    if (this.problem !== undefined && !this.opening) await this.open();
  }

  private async open(): Promise<void> {
    this.opening = true;
    try {
      await this.take();
      // It was closed meanwhile, when it was not the owner yet.
      if (this.closing) return this.owner.release();
      this.load();
      this.tidy();
      this.checkRoom();
      this.reserve.keep();
      this.problem = undefined;
      this.tell({ told: 'state', state: { state: 'open' } });
      this.plan.works?.();
    } catch (error) {
      this.fails(error);
    } finally {
      this.opening = false;
    }
  }

  private async take(): Promise<void> {
    const { folder, words } = this.plan;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (this.isOwner && existsSync(path.join(folder, 'owner'))) return;
    chmodSync(folder, 0o700);
    await this.owner.take();
    this.isOwner = true;
    const { network } = diskOf(folder);
    if (network) this.notice(text(words.network, { folder, network }));
  }

  private load(): void {
    if (this.file && existsSync(this.path)) return;
    this.shut();
    try {
      this.use(this.openFile());
    } catch (error) {
      if (!isDamaged(error)) throw error;
      this.beginAnew();
    }
  }

  private openFile(): SqliteFile {
    return SqliteFile.open(this.path, this.plan.schema);
  }

  private use(file: SqliteFile): void {
    this.file = file;
    this.table = this.plan.load(file);
  }

  private beginAnew(): void {
    this.shut();
    const aside = setAside(this.path);
    this.notice(text(this.plan.words.damaged, { aside }));
    this.use(this.openFile());
  }

  private shut(): void {
    this.file?.close();
    this.file = undefined;
    this.table = undefined;
  }

  /** @throws {WorkflowError} if the disk has less room than is to be left free */
  private checkRoom(): void {
    if (diskOf(this.plan.folder).free < this.plan.pace.spare) throw this.full();
  }

  private full(): WorkflowError {
    return new WorkflowError(this.plan.words.full, { folder: this.plan.folder });
  }

  private makeRoom(): void {
    if (diskOf(this.plan.folder).free < this.plan.pace.reserve) this.reserve.giveUp();
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
    const { folder, words } = this.plan;
    return new WorkflowError(words.notWritten, { folder, problem: saidBy(error) });
  }

  private hasNoRoom(): boolean {
    try {
      return diskOf(this.plan.folder).free < LEAST_FREE + this.plan.pace.reserve;
    } catch {
      return false;
    }
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
