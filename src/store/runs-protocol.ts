import type { Catalogue } from '../text';
import type { KeeperMessage } from './protocol';
import type { RedisSettings } from './redis/settings';
import type { StoreLimits } from './store';

/** How often a store in Redis looks around. */
export interface RunsPace {
  /** How long its thread waits until it starts: the start of the process has other things to do. In milliseconds. */
  startMs: number;
  /** Between two looks for what others have done, in milliseconds. */
  lookMs: number;
  /** Between two looks how Redis is; what it refused is tried again then. In milliseconds. */
  healthMs: number;
  /** A process that was not heard of for so long is dead, in milliseconds. */
  deadMs: number;
  /** How long an answer is waited for, in milliseconds. */
  answerMs: number;
}

/** What the thread of a store in Redis begins with. */
export interface RunsStart {
  redis: RedisSettings;
  limits: StoreLimits;
  messages: Catalogue;
  /** Set to 1 when all is written and closed. */
  closed: SharedArrayBuffer;
  pace: RunsPace;
  /** This process, among those that share the runs. */
  owner: string;
}

/** What was forgotten by another process: runs, or all that was there so long ago, in milliseconds. */
export type Forgotten = { runs: readonly string[] } | { allAgeMs: number };

export type FromRunsThread =
  | KeeperMessage
  /** Another process has recorded or forgotten runs. */
  | { told: 'changed' }
  | { told: 'forgotten'; which: Forgotten };
