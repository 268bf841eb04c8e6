import type { OperationResult } from '../actions/plan';
import type { Entry } from '../runs/journal';
import { words } from '../text';
import { brief, briefOperation, briefText } from './brief';
import type { OperationBrief, RunRecord, RunRow, Step } from './record';

/** Bounds of what is kept in memory. The bytes are those of the texts, counted roughly. */
export interface LogLimits {
  runs: number;
  bytes: number;
  /** Of one run. */
  steps: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = { runs: 20_000, bytes: 16 * 1024 * 1024, steps: 200 };

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
    note(known.record, entry, this.limits.steps);
    if (entry.what !== 'received') this.weigh(entry.run, sizeOf(entry, known.record));
    this.changed(known.record, entry);
  };

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

  get(run: string): RunRecord | undefined {
    return this.records.get(run)?.record;
  }

  get size(): number {
    return this.records.size;
  }

  private begin({ run, at, node, ...entry }: Entry & { what: 'received' }): void {
    const { trigger, module, blocking, test, about, replay } = entry;
    const record: RunRecord = {
      ...{ run, trigger, module, blocking, test, at, failed: false, steps: [], more: 0 },
      node: node ?? { id: '', type: '', label: '' },
      ...(about ? { about } : {}),
      ...(replay === undefined ? {} : { replay }),
    };
    this.records.set(run, { record, bytes: 0 });
    this.weigh(run, 500 + JSON.stringify(about ?? '').length);
  }

  private weigh(run: string, bytes: number): void {
    const known = this.records.get(run);
    if (!known) return;
    known.bytes += bytes;
    this.bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.records) {
      const isFull = this.records.size > this.limits.runs || this.bytes > this.limits.bytes;
      if (!isFull) break;
      this.records.delete(oldest);
      this.bytes -= freed;
    }
  }
}

/** Writes into a record what an entry says. */
function note(record: RunRecord, entry: Entry, mostSteps: number): void {
  const { at } = entry;
  if (entry.what === 'answered') {
    const { outcome, cause, reason } = entry.verdict;
    Object.assign(record, { outcome, cause, waited: Math.max(0, at - record.at) });
    if (reason !== undefined) record.reason = briefText(words(reason));
  } else if (entry.what === 'echo') {
    record.echo = entry.ends ? 'ended' : 'run';
  } else if (entry.what === 'ended') {
    record.ended = entry.known ? 'known' : 'unknown';
    record.way = entry.way;
    if (entry.times) record.times = entry.times;
  } else if (entry.what !== 'received') {
    if (entry.what === 'failed') record.failed = true;
    if (record.steps.length >= mostSteps) record.more++;
    else record.steps.push(stepOf(entry));
  }
}

function stepOf(entry: Entry & { what: 'decided' | 'planned' | 'did' | 'failed' }): Step {
  const { at, node } = entry;
  const where = node ? { at, node } : { at };
  switch (entry.what) {
    case 'decided':
      return { ...where, what: 'decided', way: entry.way, found: brief(entry.found) };
    case 'planned': {
      const operations = entry.operations
        .slice(0, MOST_OPERATIONS)
        .map((operation) => ({ do: operation.do, with: briefOperation(operation) }));
      const more = entry.operations.length - operations.length;
      return { ...where, what: 'planned', dryRun: entry.dryRun, operations, more };
    }
    case 'did': {
      const operations = entry.operations.slice(0, MOST_OPERATIONS).map(resultOf);
      return { ...where, what: 'did', operations, more: entry.operations.length - operations.length };
    }
    case 'failed':
      return { ...where, what: 'failed', problem: briefText(words(entry.problem)), counts: entry.counts };
  }
}

function resultOf({ operation, state, failures = [] }: OperationResult): OperationBrief {
  const problems = failures
    .slice(0, MOST_PROBLEMS)
    .map(({ item, problem }) => briefText(item ? `${item}: ${words(problem)}` : words(problem)));
  return {
    ...{ do: operation.do, with: briefOperation(operation), state },
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function sizeOf({ what }: Entry, { way, reason = '', steps }: RunRecord): number {
  if (what === 'ended') return way ? 70 * (way.nodes.length + 2 * way.wires.length) : 0;
  if (what === 'answered') return reason.length;
  if (what === 'echo') return 0;
  const last = steps.at(-1);
  return last === undefined ? 0 : JSON.stringify(last).length;
}

function rowOf(record: RunRecord): RunRow {
  const row: Partial<RunRecord> = { ...record };
  for (const name of ['steps', 'more', 'way', 'times'] as const) delete row[name];
  return row as RunRow;
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
