import type { StoreLimits } from '../store/store';

/** What is kept of the runs, and where. */
export interface HistorySettings {
  /** `nothing`: not even in memory. */
  keep: 'disk' | 'redis' | 'memory' | 'nothing';
  limits: StoreLimits;
  /** Hash paths whose values are not kept. */
  hidden: readonly string[];
}

/** What holds without any setting: what happened is kept, the data of events is not. */
export const DEFAULT_HISTORY: HistorySettings = {
  keep: 'disk',
  limits: { runs: 100_000, bytes: 512 * 1024 * 1024, days: 90 },
  hidden: [],
};
