import { EventEmitter } from 'node:events';
import type { Journal } from '../runs/journal';
import type { DebugPost } from '../runs/misp-debug';
import { openStore, type StorePlace } from '../store/kept-store';
import type { Forgotten } from '../store/runs-protocol';
import type { ThreadStore } from '../store/thread-store';
import { text, type Said } from '../text';
import { KeptRequest } from '../triggers/last-request';
import { Counters } from './counters';
import { HiddenPaths, hideAll, type Hide } from './hidden';
import { KeptInputs } from './kept-inputs';
import { MispRuns } from './misp-runs';
import type { RunRecord, RunRow } from './record';
import { Recorder } from './recorder';
import { isOver } from './run-line';
import { RunLog, type RunFilter } from './run-log';
import { DEFAULT_HISTORY, type HistorySettings } from './settings';
import { listShared } from './shared-list';
import { recordFrom, rowFrom } from './stored-record';

/** How often those who look at the runs are told of changes, in milliseconds. */
const TELL_MS = 250;

interface Events {
  /** There is something new, at most every quarter of a second. */
  changed: [];
  /** Why nothing is kept in the store although it should be; undefined if it is again. */
  trouble: [problem: Said | undefined];
  /** What came of a run that MISP asked for. */
  over: [run: RunRecord];
  /** What should be known although it works. */
  noticed: [notice: Said];
}

export interface RunPart {
  /** The latest first. */
  rows: RunRow[];
  /** How many runs are known, fitting or not. */
  total: number;
  /** There are more that fit. */
  more: boolean;
}

/** What happened to the runs: the latest in memory, and what is kept of all in a store that outlasts the process. */
export class History extends EventEmitter<Events> {
  readonly counters = new Counters();
  readonly inputs = new KeptInputs();
  readonly log: RunLog;
  private readonly mispRuns: MispRuns;
  private timer: NodeJS.Timeout | undefined;
  private detach: (() => void) | undefined;
  private settings = DEFAULT_HISTORY;
  private hidden = new HiddenPaths();
  private store: ThreadStore | undefined;
  /** Where the store is, as text. */
  private place: string | undefined;
  private recorder: Recorder | undefined;
  private problem: Said | undefined;

  constructor(private readonly journal: Journal) {
    super();
    const failed = new WeakSet<object>();
    this.log = new RunLog((record, { what }) => {
      if (what === 'received' || what === 'answered') this.counters.count(record, what);
      if (what === 'failed' && !failed.has(record)) {
        failed.add(record);
        this.counters.count(record, what);
      }
      if (isOver(record, what)) this.emit('over', record);
      this.recorder?.note(record);
      this.changed();
    });
    this.mispRuns = new MispRuns(
      (data) => this.hidden.hideOf(data),
      (record, isNew = false) => {
        if (!this.log.take(record, isNew)) return;
        this.recorder?.note(record);
        this.changed();
      },
    );
    this.detach = journal.attach(this.log.sink);
  }

  /** MISP's debug mode tells of a workflow of its own. @param from the address of who does */
  readonly takeDebug = (told: DebugPost, from: string, body: Uint8Array): void => {
    if (this.isKept) this.mispRuns.take(told, from, body);
  };

  /**
   * Keeps from now on what it is told to keep.
   * @param place of the store; without one all is in memory alone
   */
  settle(place: StorePlace | undefined, settings: HistorySettings): void {
    const { keep, limits, hidden } = settings;
    this.settings = settings;
    this.hidden = new HiddenPaths(hidden);
    if (keep === 'nothing') this.stopListening();
    else this.detach ??= this.journal.attach(this.log.sink);
    const wanted = place && JSON.stringify(place);
    if (this.place !== wanted) this.close();
    if (this.store) this.store.setLimits(limits);
    else if (place) this.open(place);
    this.place = wanted;
  }

  /** Writes what waits, and gives up the store. */
  private close(): void {
    this.journal.handOver();
    this.recorder?.end();
    this.store?.close();
    this.store = this.recorder = this.problem = this.place = undefined;
  }

  /** Node-RED ends: writes what waits, and knows of nothing any more. */
  end(): void {
    this.close();
    this.mispRuns.clear();
    this.log.clear();
    this.inputs.clear();
  }

  /** Why nothing is kept in the store although it should be. */
  get trouble(): Said | undefined {
    return this.problem;
  }

  /** What is wrong with what is kept in the store, and what was left out of it. */
  get troubles(): Said[] {
    const { inputs, mispRuns } = this;
    return [
      this.problem,
      this.recorder?.leftOut,
      inputs.leftOut > 0 ? text('history.inputsLeftOut', { count: inputs.leftOut }) : undefined,
      mispRuns.leftOut > 0 ? text('history.mispRunsLeftOut', { count: mispRuns.leftOut }) : undefined,
    ].filter((said) => said !== undefined);
  }

  /** Whether anything is kept of runs. */
  get isKept(): boolean {
    return this.settings.keep !== 'nothing';
  }

  /** Takes out of data what is not to be kept; undefined if there is nothing to take out. */
  get without(): ((data: unknown) => unknown) | undefined {
    const { hidden } = this;
    return hidden.isEmpty ? undefined : (data) => hidden.without(data);
  }

  /**
   * A run begins, or its data was completed.
   * @param isSecret the data holds secrets that the flow was given: nothing is kept of what nodes say of it
   */
  watch(run: string, data: unknown, isSecret: boolean): void {
    // What is told to people may hold no secret either, whether anything is kept or not.
    if (!this.isKept && !isSecret) return;
    const hide = isSecret ? hideAll : this.hidden.isEmpty ? undefined : this.hidden.hideOf(data);
    if (hide) this.log.hide(run, hide);
  }

  /** What may be said of the texts of a run; undefined if it is all of them. */
  hideOf(run: string): Hide | undefined {
    return this.log.hideOf(run);
  }

  /** Keeps what a run began with, for replay. */
  keepInput(run: string, request: KeptRequest): void {
    if (this.isKept) this.inputs.keep(run, request);
  }

  /**
   * The runs that fit, the latest first: of memory, then of the store.
   * @param before only those before this run
   */
  async list(filter: RunFilter, most: number, before?: string): Promise<RunPart> {
    if (this.store?.isShared) return this.listShared(this.store, filter, most, before);
    const rows = this.log.rows(filter, most, before);
    const isOlder = before !== undefined && this.log.get(before) === undefined;
    const { total, older, more } = await this.listStored(
      filter,
      most - rows.length,
      isOlder ? before : undefined,
    );
    return { rows: [...rows, ...older], total, more };
  }

  /** A run, and what it began with if that is at hand. */
  async find(run: string): Promise<{ record: RunRecord; input?: KeptRequest } | undefined> {
    const record = this.log.get(run);
    const input = this.inputs.get(run);
    if (record && input) return { record, input };
    const stored = await this.store?.get(run).catch(() => undefined);
    const known = record ?? (stored && recordFrom(stored));
    if (!known) return undefined;
    const kept = input ?? (stored?.input && KeptRequest.from(stored.input));
    return { record: known, ...(kept ? { input: kept } : {}) };
  }

  /**
   * Forgets a run, or all.
   * @throws {WorkflowError} if what is in the store could not be deleted
   */
  async forget(which: { run: string } | 'all'): Promise<void> {
    this.forgetHere(which === 'all' ? this.log.all.map(({ run }) => run) : [which.run]);
    if (which === 'all') this.inputs.clear();
    await this.store?.forget(which);
  }

  private forgetHere(runs: readonly string[]): void {
    for (const run of runs) {
      this.log.forget(run);
      this.inputs.forget(run);
      this.recorder?.forget(run);
    }
    this.changed();
  }

  /** Another process was told to forget runs. */
  private onForgotten(which: Forgotten): void {
    if ('runs' in which) return this.forgetHere(which.runs);
    const until = Date.now() - which.allAgeMs;
    this.forgetHere(this.log.all.flatMap(({ run, at }) => (at <= until ? run : [])));
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.emit('changed');
    }, TELL_MS).unref();
  }

  private stopListening(): void {
    this.journal.handOver();
    this.detach?.();
    this.detach = undefined;
    this.mispRuns.clear();
    this.log.clear();
    this.inputs.clear();
  }

  private open(place: StorePlace): void {
    const store = openStore(place, this.settings.limits);
    const source = {
      record: (run: string) => this.log.get(run),
      input: (run: string) => this.inputs.get(run),
      inputSize: (run: string) => (this.settings.limits.inputs && this.inputs.sizeOf(run)) ?? 0,
    };
    const isOpen = () => store.current.state === 'open';
    const tell = (said: Said) => void this.emit('noticed', said);
    const left = store.isShared ? 'store.redisLeftOut' : 'store.leftOut';
    const recorder = new Recorder(store, source, isOpen, tell, left);
    store.on('changed', () => this.changed());
    store.on('forgotten', (which) => this.onForgotten(which));
    store.on('notice', (notice) => this.emit('noticed', notice));
    store.on('state', (state) => {
      const problem = state.state === 'failed' ? state.problem : undefined;
      if (JSON.stringify(problem) !== JSON.stringify(this.problem)) {
        this.problem = problem;
        this.emit('trouble', problem);
      }
      this.changed();
    });
    for (const record of this.log.all) recorder.note(record);
    Object.assign(this, { store, recorder });
  }

  /** Memory has the latest runs without a gap; what is older is in the store alone. */
  private async listStored(filter: RunFilter, most: number, before?: string) {
    const { log, unstored } = this;
    const records = log.all;
    // What is under way is in memory.
    const wanted = filter.outcome === 'open' ? 0 : most;
    // A moment may have several runs.
    const until = records.length > 0 ? records[0].at + 1 : undefined;
    const page = await this.store?.list({ ...filter, until, before, most: wanted }).catch(() => undefined);
    const stored = page?.rows ?? [];
    return {
      total: page ? page.total + unstored : log.size,
      older: stored.flatMap((json) => rowFrom(json) ?? []).filter(({ run }) => log.get(run) === undefined),
      more: most === 0 || (wanted > 0 && stored.length === wanted),
    };
  }

  /** All that memory has and the store not yet. */
  private get unstored(): number {
    return this.log.all.filter((record) => !this.recorder?.isStored(record)).length;
  }

  private async listShared(
    store: ThreadStore,
    filter: RunFilter,
    most: number,
    before?: string,
  ): Promise<RunPart> {
    const { rows, more, stored } = await listShared(this.log, store, filter, most, before);
    return { rows, more, total: stored === undefined ? this.log.size : stored + this.unstored };
  }
}
