import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import {
  countsOf,
  type EventResult,
  type EventRow,
  type EventState,
  type Report,
  type RunHead,
  type RunState,
} from './report';
import type { Ledger } from './run';

/** So many reports are kept of one node. */
const MOST_RUNS = 20;
const FILE = /^(\d{13,15})-([0-9a-z]{1,40})\.jsonl$/;

/** What is written of a run before its first event. */
export interface LedgerStart {
  head: RunHead;
  events: readonly EventRow[];
}

/**
 * The notes of runs: a file of lines for each, which is only ever added to. An event's first line is on disk before
 * the flow gets it. So a run that was torn off can say what was done, what was not begun, and of what nobody knows.
 */
export class Ledgers {
  private readonly folder: string;

  /** @param node whose runs these are; its id may be any text */
  constructor(folder: string, node: string) {
    const name = createHash('sha256').update(node).digest('hex').slice(0, 32);
    this.folder = path.join(folder, 'ad-hoc-runs', name);
  }

  /** @throws {WorkflowError} if nothing can be written: then the run must not begin */
  async begin({ head, events }: LedgerStart): Promise<Ledger> {
    return written(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const file = await open(path.join(this.folder, `${head.at}-${head.run}.jsonl`), 'ax', 0o600);
      const ledger = new FileLedger(file);
      await ledger.write({ head, events }, true);
      await this.deleteOld();
      return ledger;
    });
  }

  /** The reports, the latest first. One that was not ended was interrupted. */
  async reports(): Promise<Report[]> {
    const reports: Report[] = [];
    for (const name of (await this.files()).reverse()) {
      const report = reportIn(await readFile(path.join(this.folder, name), 'utf8'));
      if (report) reports.push(report);
    }
    return reports;
  }

  /** Notes that a run which was torn off has been told of. */
  async close({ run, at, endedAt }: Report): Promise<void> {
    const file = await open(path.join(this.folder, `${at}-${run}.jsonl`), 'a', 0o600);
    // The last line may be torn: what comes next is no part of it.
    await file.appendFile('\n');
    await new FileLedger(file).over('interrupted', endedAt ?? Date.now());
  }

  private async files(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.filter((name) => FILE.test(name)).sort();
  }

  private async deleteOld(): Promise<void> {
    const old = (await this.files()).slice(0, -MOST_RUNS);
    for (const name of old) await rm(path.join(this.folder, name), { force: true });
  }
}

class FileLedger implements Ledger {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly file: FileHandle) {}

  begun(index: number): Promise<void> {
    return this.write({ begun: index }, true);
  }

  ended(index: number, result: EventResult | 'waiting'): Promise<void> {
    return this.write({ ended: index, ...(result === 'waiting' ? { state: result, lines: [] } : result) });
  }

  async over(state: RunState, at: number, problem?: string): Promise<void> {
    await this.write({ over: state, at, ...(problem === undefined ? {} : { problem }) }, true);
    await this.file.close();
  }

  async leave(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  /** One after the other. @param now it is on disk when the promise is kept */
  write(line: object, now = false): Promise<void> {
    const done = this.writing.then(() =>
      written(async () => {
        await this.file.appendFile(`${JSON.stringify(line)}\n`);
        if (now) await this.file.datasync();
      }),
    );
    this.writing = done.catch(() => undefined);
    return done;
  }
}

/** What the system says names files of this machine: who starts a run gets the reason alone. */
async function written<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkflowError) throw error;
    const problem = String((error as NodeJS.ErrnoException).code ?? 'EIO');
    throw new WorkflowError('adHocRun.notWritten', { problem }, { cause: error });
  }
}

/** What the lines of a run say; undefined if not even its head can be read. The last line may be torn. */
export function reportIn(text: string): Report | undefined {
  const lines = text
    .split('\n')
    .map(parsed)
    .filter((line) => line !== undefined);
  const [start, ...rest] = lines;
  if (!start || !isRecord(start.head) || !isList(start.events)) return undefined;
  const events = (start.events as readonly EventRow[]).map((row) => ({ ...row }));
  const report: Report = { ...(start.head as unknown as RunHead), state: 'interrupted', counts: {}, events };
  for (const line of rest) take(report, line);
  for (const row of events) if (row.state === 'running') row.state = 'unknown';
  return { ...report, counts: countsOf(events) };
}

function take(report: Report, line: Readonly<Record<string, unknown>>): void {
  const { begun, ended, over } = line;
  const row = report.events[Number(begun ?? ended)] as EventRow | undefined;
  if (begun !== undefined && row) row.state = 'running';
  if (ended !== undefined && row) {
    row.state = line.state as EventState;
    row.lines = isList(line.lines) ? line.lines.map(textOf) : [];
    if (typeof line.run === 'string') row.run = line.run;
  }
  if (over === undefined) return;
  report.state = over as RunState;
  report.endedAt = Number(line.at);
  if (typeof line.problem === 'string') report.problem = line.problem;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
