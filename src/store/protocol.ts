import type { Catalogue, Said } from '../text';
import type { Search, StoredRun, StoreLimits } from './store';

/** What the thread of a store begins with. */
export interface ThreadStart {
  folder: string;
  limits: StoreLimits;
  messages: Catalogue;
  /** Set to 1 when all is written and closed. */
  closed: SharedArrayBuffer;
  pace: Pace;
}

/** How patient a store is, and how much room it leaves on the disk. */
export interface Pace {
  /** How long its thread waits until it starts: the start of the process has other things to do. In milliseconds. */
  startMs: number;
  /** Between two attempts to open what could not be opened or written to, in milliseconds. */
  retryMs: number;
  /** Between two signs of life to other processes, in milliseconds. */
  beatMs: number;
  /** Bytes of the disk that are left free. */
  spare: number;
  /** Bytes of the file that is given up so that something can be deleted on a full disk: more than SQLite's journal. */
  reserve: number;
}

const MEGABYTE = 1024 * 1024;
export const PACE: Pace = {
  startMs: 3000,
  retryMs: 10_000,
  beatMs: 5000,
  spare: 32 * MEGABYTE,
  reserve: 16 * MEGABYTE,
};

/** What is asked of the thread. */
export type Question =
  | { do: 'record'; runs: readonly StoredRun[] }
  | { do: 'list'; search: Search }
  | { do: 'get'; run: string }
  | { do: 'forget'; which: { run: string } | 'all' };

export type ToThread =
  { do: 'ask'; id: number; question: Question } | { do: 'limits'; limits: StoreLimits } | { do: 'close' };

/** How a store is. */
export type StoreState =
  | { state: 'opening' | 'open' }
  /** Nothing is written. */
  | { state: 'failed'; problem: Said };

/** What every thread that keeps something tells. */
export type KeeperMessage =
  | { told: 'answer'; id: number; answer: unknown }
  | { told: 'refusal'; id: number; problem: Said }
  | { told: 'state'; state: StoreState }
  /** What should be known although it works. */
  | { told: 'notice'; notice: Said };

export type FromThread = KeeperMessage;
