import { readFileSync } from 'node:fs';
import { isRecord } from '../event/values';
import { saveFile } from '../saved-file';
import { readStep, type KeptStep } from './kept-steps';

/** What was done to set a MISP up in one go, and not taken back. */
export interface KeptRun {
  id: string;
  /** In milliseconds since 1970. */
  at: number;
  /** Of which MISP. */
  url: string;
  /** The node in whose form it was done. */
  node: string;
  steps: KeptStep[];
  /** The workflow of this trigger stops what has not this tag. */
  closed?: KeptClosed;
}

export interface KeptClosed {
  trigger: string;
  tag: string;
  /** The node of the MISP. */
  server: string;
}

const MOST_KEPT = 50;

/** What was done to set MISPs up, kept in a file so that it can be taken back after a restart. It holds no secret. */
export class ConnectMemory {
  private runs: KeptRun[];

  /**
   * @param file without one all is forgotten when the process ends
   * @param warn told when the file cannot be written
   */
  constructor(
    private readonly file: string | undefined,
    private readonly warn: (error: Error) => void,
  ) {
    this.runs = file ? readRuns(file) : [];
  }

  /** What was done in the form of a node, the oldest first. */
  of(node: string, url?: string): KeptRun[] {
    return this.runs.filter((run) => run.node === node && (url === undefined || run.url === url));
  }

  /** MISPs whose workflow of a trigger stops what was not cleared, each as it was set up last. */
  closed(trigger: string): (KeptClosed & { url: string })[] {
    const last = new Map<string, KeptClosed & { url: string }>();
    for (const { closed, url } of this.runs) {
      if (closed?.trigger === trigger) last.set(closed.server, { ...closed, url });
    }
    return [...last.values()];
  }

  /** Keeps a run as far as it is; one of which nothing can be taken back is not kept. */
  keep(run: KeptRun): void {
    const others = this.runs.filter(({ id }) => id !== run.id);
    if (run.steps.length === 0 && others.length === this.runs.length) return;
    this.runs = [...others, ...(run.steps.length > 0 ? [run] : [])].slice(-MOST_KEPT);
    this.write();
  }

  /** They were taken back. */
  forget(ids: readonly string[]): void {
    const rest = this.runs.filter(({ id }) => !ids.includes(id));
    if (rest.length === this.runs.length) return;
    this.runs = rest;
    this.write();
  }

  private write(): void {
    try {
      if (this.file) saveFile(this.file, JSON.stringify(this.runs, null, 2));
    } catch (error) {
      this.warn(error as Error);
    }
  }
}

/** What cannot be read is taken for nothing. */
function readRuns(file: string): KeptRun[] {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(list) ? list.flatMap(readRun) : [];
  } catch {
    return [];
  }
}

/** A run with a step that is none could not be taken back in its order. */
function readRun(value: unknown): KeptRun[] {
  if (!isRecord(value) || !Array.isArray(value.steps)) return [];
  const { id, at, url, node } = value;
  if (typeof id !== 'string' || typeof at !== 'number' || typeof url !== 'string') return [];
  const steps = value.steps.map(readStep);
  if (typeof node !== 'string' || steps.includes(undefined)) return [];
  return [{ id, at, url, node, steps: steps as KeptStep[], ...readClosed(value.closed) }];
}

function readClosed(value: unknown): Pick<KeptRun, 'closed'> {
  if (!isRecord(value)) return {};
  const { trigger, tag, server } = value;
  if (typeof trigger !== 'string' || typeof tag !== 'string' || typeof server !== 'string') return {};
  return { closed: { trigger, tag, server } };
}
