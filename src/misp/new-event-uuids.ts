import { randomUUID } from 'node:crypto';
import type { MispClient } from './client';

/** Longer than MISP may take to make an event. */
const KEPT_MS = 2 * 60_000;
const making = new WeakMap<MispClient, Map<string, { uuid: string; until: number }>>();

/**
 * The uuid of an event that is about to be made: the same for all who are about to make the same one, so that it is made
 * once.
 * @param what tells it from others
 */
export function uuidOfNew(client: MispClient, what: string): string {
  const known = making.get(client) ?? new Map<string, { uuid: string; until: number }>();
  making.set(client, known);
  const now = Date.now();
  for (const [key, { until }] of known) if (until < now) known.delete(key);
  const before = known.get(what);
  if (before) return before.uuid;
  const uuid = randomUUID();
  known.set(what, { uuid, until: now + KEPT_MS });
  return uuid;
}

/** It was made, or will not be: from now on it is found, or a new one is made. */
export function forgetNew(client: MispClient, what: string): void {
  making.get(client)?.delete(what);
}
