import type { OperationResult } from '../actions/plan';
import { csvLine, CSV_HEADER } from './csv';
import { auditOf, short, type Actor, type AuditEntry } from './entry';
import type { LineFiles } from './files';

/** Lines that wait to be written; beyond, they are counted. */
const MOST_WAITING = 10_000;
/** How long after a failure it is tried again, in milliseconds. */
const AGAIN_MS = 10_000;

/** What came of something, without who did it and when. */
export type Deed = Omit<AuditEntry, keyof Actor | 'at'>;

/** What is told of the file. */
export interface AuditReport {
  /** It cannot be written to; told once, until it can again. */
  failed(problem: string): void;
  /** So many lines were left out meanwhile. */
  leftOut(count: number): void;
}

/**
 * Who changed what in a MISP, and who sent what to whom: written down line by line. It keeps nobody waiting and fails
 * nobody's work: what cannot be written waits in memory, and beyond that it is counted.
 */
export class Audit {
  private waiting: string[] = [];
  private leftOut = 0;
  private writing: Promise<void> | undefined;
  private hasFailed = false;
  private again: NodeJS.Timeout | undefined;

  /** @param files without them nothing is kept */
  constructor(
    private readonly files: Pick<LineFiles, 'append' | 'lines'> | undefined,
    private readonly report: AuditReport,
  ) {}

  /** What came of the operations of one node. */
  did(actor: Actor, results: readonly OperationResult[], system: string): void {
    for (const result of results) this.note(actor, auditOf(result, system));
  }

  note(actor: Actor, deed: Deed): void {
    if (!this.files) return;
    if (this.waiting.length >= MOST_WAITING) return void this.leftOut++;
    const { flow, node, nodeType, run } = actor;
    const named = {
      flow,
      flowName: short(actor.flowName),
      node,
      nodeType,
      nodeName: short(actor.nodeName),
      run,
    };
    const entry: AuditEntry = { at: new Date().toISOString(), ...named, ...deed };
    this.waiting.push(`${JSON.stringify(entry)}\n`);
    if (!this.hasFailed) this.writing ??= this.write();
  }

  /** Until what waits is written, if it can be. */
  async flush(): Promise<void> {
    if (this.waiting.length > 0) this.writing ??= this.write();
    await this.writing;
  }

  /** All that is kept, the oldest first, as lines of JSON or of CSV. */
  async *export(format: 'jsonl' | 'csv'): AsyncGenerator<string> {
    await this.flush();
    if (format === 'csv') yield CSV_HEADER;
    if (!this.files) return;
    for await (const line of this.files.lines()) {
      const entry = read(line);
      if (entry) yield format === 'csv' ? csvLine(entry) : `${line}\n`;
    }
  }

  close(): void {
    clearTimeout(this.again);
  }

  private async write(): Promise<void> {
    // All of one turn go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      this.waiting = [];
      try {
        await this.files?.append(lines);
        this.worked();
      } catch (error) {
        this.waiting = [...lines, ...this.waiting].slice(0, MOST_WAITING);
        this.failedTo(error as Error);
        break;
      }
    }
    this.writing = undefined;
  }

  private worked(): void {
    this.hasFailed = false;
    if (this.leftOut > 0) this.report.leftOut(this.leftOut);
    this.leftOut = 0;
  }

  private failedTo({ message }: Error): void {
    if (!this.hasFailed) this.report.failed(message);
    this.hasFailed = true;
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.flush(), AGAIN_MS).unref();
  }
}

/** A line that was cut off is none. */
function read(line: string): Partial<AuditEntry> | undefined {
  try {
    const entry = JSON.parse(line) as unknown;
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}
