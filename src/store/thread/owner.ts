import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as rest } from 'node:timers/promises';
import { WorkflowError } from '../../text';

/** Who uses a folder. */
interface Owner {
  token: string;
  pid: number;
  host: string;
  /** Where the number of the process means the same: a container has numbers of its own. */
  space: string;
  /** When the process began, as the system counts: numbers of processes come again. */
  began: string;
}

/** A folder that says nothing for so many beats is nobody's. */
const SILENT_BEATS = 3;

/**
 * Says that one process uses a folder. What a process that was killed has left behind is recognised: by its number
 * where that can be looked up, else by its silence.
 */
export class Ownership {
  private readonly token = randomUUID();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly file: string,
    private readonly beatMs: number,
    private readonly words: 'store.inUse' | 'queue.inUse' | 'retry.inUse',
  ) {}

  /** @throws {WorkflowError} in words, if another process has it */
  async take(): Promise<void> {
    const known = read(this.file);
    if (known !== undefined && (await isAlive(this.file, known, this.beatMs))) throw this.inUse(known);
    if (known !== undefined) this.clear(known);
    try {
      writeFileSync(this.file, JSON.stringify(this.self), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      // Another one was faster.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw this.inUse(read(this.file) ?? '');
      throw error;
    }
    this.timer = setInterval(() => this.beat(), this.beatMs).unref();
  }

  release(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (ownerIn(read(this.file))?.token === this.token) rmSync(this.file, { force: true });
  }

  private beat(): void {
    try {
      const now = new Date();
      utimesSync(this.file, now, now);
    } catch {
      // The folder is gone; what is written next says so.
    }
  }

  /** Takes away what a dead process has left, unless another one has taken its place meanwhile. */
  private clear(known: string): void {
    const aside = `${this.file}.${this.token}`;
    renameSync(this.file, aside);
    const was = read(aside);
    if (was !== known && was !== undefined) {
      renameSync(aside, this.file);
      throw this.inUse(was);
    }
    rmSync(aside, { force: true });
  }

  private inUse(known: string): WorkflowError {
    const { pid = 0, host = '' } = ownerIn(known) ?? {};
    return new WorkflowError(this.words, { pid, host });
  }

  private get self(): Owner {
    const { pid } = process;
    return { token: this.token, pid, host: os.hostname(), space: space(), began: beginOf(pid) ?? '' };
  }
}

async function isAlive(file: string, known: string, beatMs: number): Promise<boolean> {
  const owner = ownerIn(known);
  const isKnown = owner?.host === os.hostname() && owner.space === space() && owner.began !== '';
  // What a thread of this process left behind when it failed tells nothing by its number.
  if (owner && isKnown && owner.pid !== process.pid) return beginOf(owner.pid) === owner.began;
  const heard = beatOf(file);
  await rest(SILENT_BEATS * beatMs);
  return read(file) !== known || beatOf(file) !== heard;
}

const beatOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** When a process of this system began; undefined if there is none, or nobody can tell. */
function beginOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name of the process, in brackets, may hold anything.
  return stat?.slice(stat.lastIndexOf(')')).split(' ')[20];
}

/** This start of this machine, and which numbers of processes are meant. */
function space(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function ownerIn(text: string | undefined): Owner | undefined {
  try {
    const owner = JSON.parse(text ?? '') as Owner;
    return typeof owner.pid === 'number' && typeof owner.token === 'string' ? owner : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
