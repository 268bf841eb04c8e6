import type { OperationResult } from '../actions/plan';
import type { Entry } from '../runs/journal';
import type { Place } from '../store/store';
import { words } from '../text';
import { brief, briefOperation, briefText } from './brief';
import { hiddenAbout, type Hide } from './hidden';
import { isOlder, latestFirst } from './latest-first';
import type { OperationBrief, RunRecord, RunRow, Step } from './record';

/** Bounds of what is kept in memory. The bytes are those of the texts, counted roughly. */
export interface LogLimits {
  runs: number;
  bytes: number;
  /** Of one run. */
  steps: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { runs: 2000, bytes: 16 * 1024 * 1024, steps: 200 };

/** Of one step. */
const MOST_OPERATIONS = 20;
const MOST_PROBLEMS = 5;

export interface RunFilter {
  trigger?: string;
  /** `failed`: a node failed, whatever MISP was told. */
  outcome?: 'allow' | 'block' | 'failed' | 'open';
  /** A part of the event's info, id or uuid, the reason, or the trigger's label, in any case. */
  text?: string;
  /** The event's id or uuid. */
  event?: string;
}

/**
 * The latest runs, in memory: a sink of the journal. What an entry refers to is copied in short, so that no run keeps
 * the data of its event alive.
 */
export class RunLog {
  private readonly records = new Map<string, { record: RunRecord; bytes: number }>();
  /** What may be kept of the texts of a run, as long as it is known. */
  private readonly hides = new Map<string, Hide>();
  private bytes = 0;

  /** @param changed told after each change of a run */
  constructor(
    private readonly changed: (record: RunRecord, entry: Entry) => void = () => undefined,
    private readonly limits = DEFAULT_LOG_LIMITS,
  ) {}

  /** Takes an entry of the journal. */
  readonly sink = (entry: Entry): void => {
    if (entry.what === 'received') this.begin(entry);
    const known = this.records.get(entry.run);
    if (!known) return;
    note(known.record, entry, this.limits.steps, this.hides.get(entry.run));
    if (entry.what !== 'received') this.weigh(entry.run, sizeOf(entry, known.record));
    this.changed(known.record, entry);
  };

  /** Takes a run that no journal tells of, or that it has got another step. @returns whether it is kept */
  take(record: RunRecord, isNew: boolean): boolean {
    const { run, about, steps } = record;
    if (isNew) this.records.set(run, { record, bytes: 0 });
    const last = steps.at(-1);
    this.weigh(run, isNew ? 600 + (about?.info?.length ?? 0) : last ? sizeOfStep(last) : 0);
    return this.records.has(run);
  }

  /** The runs that fit, the latest first. @param before only those before this run */
  rows(filter: RunFilter, most: number, before?: string): RunRow[] {
    const rows: RunRow[] = [];
    // The oldest are given up first.
    if (before !== undefined && !this.records.has(before)) return rows;
    const fits = fitting(filter);
    let isPast = before === undefined;
    for (const { record } of [...this.records.values()].reverse()) {
      if (rows.length >= most) break;
      if (isPast && fits(record)) rows.push(rowOf(record));
      if (record.run === before) isPast = true;
    }
    return rows;
  }

  /** The same in the order of their times, as a store has them. @param than only those behind this place */
  latest(filter: RunFilter, most: number, than?: Place): RunRow[] {
    const fits = fitting(filter);
    const found = this.all.filter((record) => fits(record) && (!than || isOlder(record, than)));
    return found.sort(latestFirst).slice(0, most).map(rowOf);
  }

  /** Nothing that a run tells from now on is kept but what `hide` leaves of it. */
  hide(run: string, hide: Hide): void {
    const known = this.hides.get(run);
    this.hides.set(run, known ? (text) => hide(known(text)) : hide);
    // Of a run whose journal was dropped nothing is heard.
    for (const oldest of this.hides.keys()) {
      if (this.hides.size <= 2 * this.limits.runs) break;
      this.hides.delete(oldest);
    }
  }

  /** What may be kept of the texts of a run; undefined if it is all of them. */
  hideOf(run: string): Hide | undefined {
    return this.hides.get(run);
  }

  forget(run: string): void {
    this.bytes -= this.records.get(run)?.bytes ?? 0;
    this.records.delete(run);
    this.hides.delete(run);
  }

  clear(): void {
    for (const run of this.records.keys()) this.forget(run);
  }

  get all(): RunRecord[] {
    return [...this.records.values()].map(({ record }) => record);
  }

  get(run: string): RunRecord | undefined {
    return this.records.get(run)?.record;
  }

  get size(): number {
    return this.records.size;
  }

  private begin(entry: Entry & { what: 'received' }): void {
    const { run, at, trigger, module, blocking, test, about, replay } = entry;
    const { node = { id: '', type: '', label: '' } } = entry;
    // Each run has one, so it is made without detours.
    const record: RunRecord = {
      run,
      trigger,
      module,
      blocking,
      test,
      at,
      failed: false,
      steps: [],
      more: 0,
      node,
    };
    if (about) record.about = hiddenAbout(about, this.hides.get(run));
    if (replay !== undefined) record.replay = replay;
    this.records.set(run, { record, bytes: 0 });
    this.weigh(run, 600 + (about?.info?.length ?? 0));
  }

  private get isFull(): boolean {
    return this.records.size > this.limits.runs || this.bytes > this.limits.bytes;
  }

  private weigh(run: string, bytes: number): void {
    const known = this.records.get(run);
    if (!known) return;
    known.bytes += bytes;
    this.bytes += bytes;
    if (!this.isFull) return;
    for (const [oldest, { bytes: freed }] of this.records) {
      if (!this.isFull) break;
      this.records.delete(oldest);
      this.hides.delete(oldest);
      this.bytes -= freed;
    }
  }
}

/** Writes into a record what an entry says. */
function note(record: RunRecord, entry: Entry, mostSteps: number, hide: Hide = (text) => text): void {
  const { at } = entry;
  if (entry.what === 'answered') {
    const { outcome, cause, reason } = entry.verdict;
    Object.assign(record, { outcome, cause, waited: Math.max(0, at - record.at) });
    if (reason !== undefined) record.reason = briefText(hide(words(reason)));
  } else if (entry.what === 'echo') {
    record.echo = entry.ends ? 'ended' : 'run';
  } else if (entry.what === 'ended') {
    record.ended = entry.known ? 'known' : 'unknown';
    record.way = entry.way;
    if (entry.times) record.times = entry.times;
  } else if (entry.what !== 'received') {
    if (entry.what === 'failed') record.failed = true;
    if (record.steps.length >= mostSteps) record.more++;
    else record.steps.push(stepOf(entry, hide));
  }
}

function stepOf(entry: Entry & { what: 'decided' | 'planned' | 'did' | 'failed' }, hide: Hide): Step {
  const { at, node } = entry;
  const where = node ? { at, node } : { at };
  switch (entry.what) {
    case 'decided':
      return { at, node, what: 'decided', way: entry.way, found: brief(entry.found, hide) };
    case 'planned': {
      const operations = entry.operations
        .slice(0, MOST_OPERATIONS)
        .map((operation) => ({ do: operation.do, with: briefOperation(operation, hide) }));
      const more = entry.operations.length - operations.length;
      return { ...where, what: 'planned', dryRun: entry.dryRun, operations, more };
    }
    case 'did': {
      const operations = entry.operations.slice(0, MOST_OPERATIONS).map((one) => resultOf(one, hide));
      return { ...where, what: 'did', operations, more: entry.operations.length - operations.length };
    }
    case 'failed':
      return {
        ...where,
        what: 'failed',
        problem: briefText(hide(words(entry.problem))),
        counts: entry.counts,
      };
  }
}

function resultOf({ operation, state, failures = [] }: OperationResult, hide: Hide): OperationBrief {
  const problems = failures
    .slice(0, MOST_PROBLEMS)
    .map(({ item, problem }) => briefText(hide(item ? `${item}: ${words(problem)}` : words(problem))));
  return {
    ...{ do: operation.do, with: briefOperation(operation, hide), state },
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function sizeOf({ what }: Entry, { way, reason = '', steps }: RunRecord): number {
  if (what === 'ended') return way ? 70 * (way.nodes.length + 2 * way.wires.length) : 0;
  if (what === 'answered') return reason.length;
  if (what === 'echo') return 0;
  const last = steps.at(-1);
  return last === undefined ? 0 : sizeOfStep(last);
}

/** Counted roughly: it is done for each step of each run. */
function sizeOfStep(step: Step): number {
  if (step.what === 'decided') return 200 + step.way.length + step.found.length;
  if (step.what === 'failed') return 200 + step.problem.length;
  if (step.what === 'executed') return step.errors.reduce((sum, { length }) => sum + length, 200);
  const problems = (one: OperationBrief) => (one.problems ?? []).reduce((sum, { length }) => sum + length, 0);
  return step.operations.reduce((sum, one) => sum + 60 + one.with.length + problems(one), 200);
}

/** What of a run a list does not show. */
const DETAILS = ['steps', 'more', 'way', 'times'] as const;

/** What of a run a list shows. */
export function rowOf(record: RunRecord): RunRow {
  const row: Partial<RunRecord> = { ...record };
  for (const name of DETAILS) delete row[name];
  return row as RunRow;
}

/** The same in JSON: made more often than it is read. */
export function rowJson(record: RunRecord, isShortened: boolean): string {
  const none = { steps: undefined, more: undefined, way: undefined, times: undefined };
  return JSON.stringify({ ...record, ...none, ...(isShortened ? { shortened: true } : {}) });
}

/** The rest of a run. */
export function detailsOf({ steps, more, way, times }: RunRecord): Pick<RunRecord, (typeof DETAILS)[number]> {
  return { steps, more, way, times };
}

function fitting({ trigger, outcome, text, event }: RunFilter): (record: RunRecord) => boolean {
  const wanted = text?.trim().toLowerCase();
  return (record) => {
    if (trigger && record.trigger !== trigger) return false;
    if (outcome === 'failed' && !record.failed) return false;
    if (outcome === 'open' && record.outcome !== undefined) return false;
    if ((outcome === 'allow' || outcome === 'block') && record.outcome !== outcome) return false;
    const { about = {}, reason = '', node } = record;
    if (event && event !== about.id && event.toLowerCase() !== about.uuid?.toLowerCase()) return false;
    if (!wanted) return true;
    return [about.info, about.id, about.uuid, reason, node.label].some((value) =>
      value?.toLowerCase().includes(wanted),
    );
  };
}
