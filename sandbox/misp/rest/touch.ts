import { noteSaved } from '../saves';
import type { MispEvent } from '../model';

/** MISP's clock counts seconds. */
export const now = (): string => String(Math.floor(Date.now() / 1000));

/** What a change does to an event: a new timestamp, and it is not published any more. */
export function touch(event: MispEvent, item?: { timestamp?: unknown }): void {
  event.timestamp = now();
  event.published = false;
  if (item) item.timestamp = event.timestamp;
  noteSaved(event, item);
}
