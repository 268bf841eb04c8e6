import { constants } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Who may read what is written: its owner, or all, as a web server of the machine. */
const MODES = { own: 0o600, all: 0o644 };

/**
 * Writes a file so that it holds either the old content or the new one, whenever the process or the machine stops.
 * @throws what the file system says; the file is as it was then
 */
export async function replaceFile(
  file: string,
  content: string | Buffer,
  who: keyof typeof MODES,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  try {
    // Not through a link that somebody has put there.
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL, MODES[who]);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

/**
 * Writes behind what a file has; done when it is on the disk.
 * @returns whether there is such a file
 * @throws what the file system says
 */
export async function appendTo(file: string, content: string): Promise<boolean> {
  const { O_APPEND, O_WRONLY, O_NOFOLLOW } = constants;
  const handle = await unlessMissing(open(file, O_WRONLY | O_APPEND | O_NOFOLLOW));
  if (!handle) return false;
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

/** After a power cut the new name is there, too; not every system can be asked for that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** The content of a file; nothing if there is none. */
export function contentOf(file: string): Promise<Buffer | undefined> {
  return unlessMissing(readFile(file));
}

async function unlessMissing<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps what a file holds under another name, at once and without a copy, in place of what had that name. */
export async function keepAs(file: string, name: string): Promise<void> {
  const draft = `${name}.new`;
  await rm(draft, { force: true });
  try {
    await link(file, draft);
  } catch (error) {
    // There is nothing to keep yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rename(draft, name);
}

/** A snapshot is made so long after the last one, in milliseconds: else a busy list keeps minutes only. */
const SNAPSHOT_MS = 3_600_000;

/**
 * Snapshots of a list beside it, as `<list>.2026-02-01T08-30-00Z.txt`, the oldest deleted.
 * @param file the list as it is, before it is replaced
 */
export async function snapshot(file: string, most: number, now = Date.now()): Promise<void> {
  const { dir, name, ext } = path.parse(file);
  const isOne = (entry: string) =>
    entry.startsWith(`${name}.`) && SNAPSHOT.test(entry.slice(name.length)) && entry.endsWith(ext);
  const known = (await readdir(dir)).filter(isOne).sort();
  const [newest = ''] = known.slice(-1);
  const changed = (await stat(file).catch(() => undefined))?.mtimeMs;
  if (most > 0 && changed !== undefined && now - timeIn(newest.slice(name.length)) >= SNAPSHOT_MS) {
    const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
    await keepAs(file, path.join(dir, `${name}.${time}${ext}`));
    known.push(`${name}.${time}${ext}`);
  }
  for (const old of known.slice(0, Math.max(0, known.length - most)))
    await rm(path.join(dir, old), { force: true });
}

const SNAPSHOT = /^\.(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\./;

function timeIn(ending: string): number {
  const [, day, hours, minutes, seconds] = SNAPSHOT.exec(ending) ?? [];
  return day ? Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) : 0;
}
