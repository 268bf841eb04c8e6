/** Parts of an event that some triggers leave out. */
import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from './client';

type Json = Readonly<Record<string, unknown>>;

/**
 * The tags of an event, without its attributes (`events/restSearch`).
 * @param key id or uuid
 * @returns an empty list if it has none, or the key may not see it
 */
export async function eventTags(client: MispClient, key: string): Promise<unknown[]> {
  const asked = { eventid: key, metadata: 1, returnFormat: 'json' };
  const { response } = await client.post<{ response?: unknown }>('/events/restSearch', asked);
  const [row] = isList(response) ? response.filter(isRecord) : [];
  const tags = isRecord(row?.Event) ? row.Event.Tag : undefined;
  return isList(tags) ? [...tags] : [];
}

/**
 * The open proposals of an event (`shadow_attributes/index`).
 * @param id of the event
 */
export async function eventProposals(client: MispClient, id: string): Promise<Json[]> {
  const rows = await client.get<unknown>(`/shadow_attributes/index/${encodeURIComponent(id)}`);
  if (!isList(rows)) return [];
  const all = rows.flatMap((row) =>
    isRecord(row) && isRecord(row.ShadowAttribute) ? [row.ShadowAttribute] : [],
  );
  return all.filter(({ event_id: event }) => textOf(event) === id);
}
