import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SqliteStore } from '../../src/store/sqlite-store';
import { PACE, type Pace } from '../../src/store/protocol';
import type { StoredRun, StoreLimits } from '../../src/store/store';
import { root } from './node-red';

/** The built store: its thread is a file of its own. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the sources have types alone
export const { SqliteStore: Store } = require(path.join(root, 'dist/src/store/sqlite-store')) as {
  SqliteStore: typeof SqliteStore;
};

export const LIMITS: StoreLimits = { runs: 100_000, bytes: 512 * 1024 * 1024, days: 90 };
/** A store that looks again soon. */
export const SOON: Pace = { ...PACE, startMs: 0, retryMs: 100, beatMs: 100 };

const folders: string[] = [];

/** A folder for a store, below one that is there. */
export function storeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-store-'));
  folders.push(folder);
  return path.join(folder, 'history');
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Waits until a store is open, or has failed. */
export async function opened(store: SqliteStore): Promise<SqliteStore> {
  while (store.current.state === 'opening') await new Promise((resolve) => setTimeout(resolve, 5));
  return store;
}

export function storedRun(run: string, more: Partial<StoredRun> = {}): StoredRun {
  const { at = Date.now(), trigger = 'event-publish', outcome = 'allow', failed = false } = more;
  const row = JSON.stringify({ run, at, trigger, ...(outcome ? { outcome } : {}), failed, blocking: true });
  const about = { eventId: '', eventUuid: '', text: '' };
  return { run, at, trigger, outcome, failed, ...about, row, details: '{"steps":[],"more":0}', ...more };
}

/** All that stands in the files of a folder, if it is there. */
export function bytesIn(folder: string): Buffer {
  if (!existsSync(folder)) return Buffer.alloc(0);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map(({ name }) => readFileSync(path.join(folder, name))));
}
