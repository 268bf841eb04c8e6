import { RedisStore, runsPaceOf } from './redis-store';
import type { RedisSettings } from './redis/settings';
import { SqliteStore } from './sqlite-store';
import type { StoreLimits } from './store';
import type { ThreadStore } from './thread-store';

/** Where runs are kept. */
export type StorePlace = { folder: string } | { redis: RedisSettings; deadAfterMs: number };

/** Begins to keep runs in a place. */
export function openStore(place: StorePlace, limits: StoreLimits): ThreadStore {
  return 'folder' in place
    ? new SqliteStore(place.folder, limits)
    : new RedisStore(place.redis, limits, runsPaceOf(place.deadAfterMs));
}
