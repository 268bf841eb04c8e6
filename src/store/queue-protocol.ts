import type { MessagePort } from 'node:worker_threads';
import type { QueueLimits, QueuePlaces, TakenRequest } from '../queue/queue';
import type { Catalogue } from '../text';
import type { KeeperMessage, Pace } from './protocol';
import type { RedisPace, RedisSettings } from './redis/settings';

/** What the thread of a queue begins with. */
export interface QueueStart {
  folder: string;
  limits: QueueLimits;
  messages: Catalogue;
  closed: SharedArrayBuffer;
  pace: Pace;
  /** Requests that are in hand: a thread before this one has given them out. */
  inHand: readonly number[];
}

/** What the thread of a queue in Redis begins with. */
export interface RedisStart {
  redis: RedisSettings;
  limits: QueueLimits;
  messages: Catalogue;
  closed: SharedArrayBuffer;
  pace: RedisPace;
  /** Requests that are in hand: a thread before this one has given them out. */
  inHand: readonly number[];
}

export type QueueQuestion = { do: 'overview' } | { do: 'restart' | 'forget'; which: { id: number } | 'all' };

/** What became of a request in hand. */
export type Fate = 'quiet' | 'done' | 'again' | 'unreadable';

export type ToQueueThread =
  | { do: 'ask'; id: number; question: QueueQuestion }
  | { do: 'limits'; limits: QueueLimits }
  | { do: 'entrance'; source: string; port: MessagePort }
  | { do: 'places'; source: string; places: QueuePlaces }
  | { do: 'open' | 'pause'; source: string; module: string }
  | { do: 'fates'; fates: readonly { fate: Fate; id: number }[] }
  /** Only where several processes share it. */
  | { do: 'share'; news: readonly string[] }
  /** Likewise: changes of a set of records are to be told. */
  | { do: 'watch'; set: string }
  | { do: 'close' };

export type FromQueueThread =
  | KeeperMessage
  | { told: 'taken'; request: TakenRequest }
  | { told: 'changed' }
  | { told: 'shared'; news: string; ageMs: number }
  /** Another process has changed a set of records. */
  | { told: 'records'; set: string };
