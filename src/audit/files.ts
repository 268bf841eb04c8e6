import { constants, createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface FileLimits {
  /** Of one file. */
  bytes: number;
  /** The one that is written to among them. */
  files: number;
  /** A file is written to no longer, in milliseconds. */
  turnMs: number;
  /** It is deleted when its last line is so old, in milliseconds. */
  keptMs: number;
}

const DAY = 24 * 60 * 60 * 1000;
export const FILE_LIMITS: FileLimits = { bytes: 5_000_000, files: 10, turnMs: 30 * DAY, keptMs: 365 * DAY };

/** Lines in files that only their owner can read: the newest ends in `.jsonl`, older ones in `.1.jsonl` and so on. */
export class LineFiles {
  /** Whether the last line is whole is looked at once. */
  private isWhole = false;

  /** @param file of the newest lines */
  constructor(
    private readonly file: string,
    private readonly limits = FILE_LIMITS,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws what the file system says */
  async append(lines: readonly string[]): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    const text = Buffer.from(lines.join(''));
    await this.turn(text.length);
    const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW = 0 } = constants;
    const handle = await open(this.file, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW, 0o600);
    try {
      await handle.chmod(0o600);
      if (!this.isWhole && (await isCut(handle))) await handle.appendFile('\n');
      this.isWhole = false;
      await handle.appendFile(text);
      this.isWhole = true;
    } finally {
      await handle.close();
    }
  }

  /** All lines that are kept, the oldest first. */
  async *lines(): AsyncGenerator<string> {
    for (let place = this.limits.files - 1; place >= 0; place--) {
      const file = this.place(place);
      if (!(await sizeOf(file))) continue;
      yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    }
  }

  /** Begins a new file where the old one is full or old, and deletes what is too old. */
  private async turn(bytes: number): Promise<void> {
    const { files, keptMs, turnMs } = this.limits;
    for (let place = 1; place < files; place++) {
      const old = await stat(this.place(place)).catch(() => undefined);
      if (old && old.mtimeMs < this.now() - keptMs) await rm(this.place(place), { force: true });
    }
    const newest = await stat(this.file).catch(() => undefined);
    if (!newest?.size) return;
    const isOld = newest.birthtimeMs > 0 && newest.birthtimeMs < this.now() - turnMs;
    if (newest.size + bytes <= this.limits.bytes && !isOld) return;
    for (let place = files - 1; place > 0; place--) {
      const from = this.place(place - 1);
      if (await sizeOf(from)) await rename(from, this.place(place));
    }
    if (files === 1) await rm(this.file, { force: true });
  }

  private place(number: number): string {
    return number === 0 ? this.file : this.file.replace(/\.jsonl$/, `.${number}.jsonl`);
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** Whether the file ends within a line: the machine stopped while it was written. */
async function isCut(handle: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 10;
}
