import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import { WorkflowError } from '../text';
import type { CallOptions, MispClient } from './client';
import { framed, hasKey, one, rowsIn, saved, type Json, type Saved } from './expected';

/** An event without its contents. */
export interface EventHead {
  id: string;
  uuid: string;
  published: boolean;
  timestamp: string;
  publish_timestamp: string;
  tags: { name: string; local: boolean }[];
  /** All fields as MISP gives them. */
  fields: Json;
}

const encode = encodeURIComponent;

/** The event as MISP gives it, in its frame (`events/view`). @param key id or uuid */
export function getEvent(client: MispClient, key: string, signal?: AbortSignal): Promise<{ Event: Json }> {
  return client.get(`/events/view/${encode(key)}`, signal, framed('Event', key));
}

/** Events that one search asks for. */
const MOST_EVENTS = 500;

/**
 * Events without their contents, by id and by uuid (`events/restSearch` with `metadata`): one call for up to 500. Those
 * that the key may not see are left out.
 * @param keys ids or uuids
 * @returns by id, and by uuid in lower case
 */
export async function eventHeads(
  client: MispClient,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, EventHead>> {
  const found = new Map<string, EventHead>();
  const wanted = [...new Set(keys)];
  for (let start = 0; start < wanted.length; start += MOST_EVENTS) {
    const eventid = wanted.slice(start, start + MOST_EVENTS);
    const asked = { returnFormat: 'json', eventid, metadata: 1 };
    const isAsked = (row: Json) => eventid.some((key) => hasKey(row, key));
    const expect = rowsIn('response', 'Event', isAsked);
    for (const row of await client.post('/events/restSearch', asked, { signal, expect })) {
      const head = headOf(row);
      found.set(head.id, head).set(head.uuid.toLowerCase(), head);
    }
  }
  return found;
}

function headOf(fields: Json): EventHead {
  const tags = isList(fields.Tag) ? fields.Tag.filter(isRecord) : [];
  return {
    id: textOf(fields.id),
    uuid: textOf(fields.uuid),
    published: isSet(fields.published),
    timestamp: textOf(fields.timestamp),
    publish_timestamp: textOf(fields.publish_timestamp),
    tags: tags.map(({ name, local }) => ({ name: textOf(name), local: isSet(local) })),
    fields,
  };
}

/**
 * Changes an event (`events/edit`): only the named fields, and attributes, reports and tags in it by uuid. MISP takes
 * the event off publication unless `published` says otherwise.
 * @returns the event with all it has, as MISP has it now
 * @throws {MispValidationError} what MISP does not accept of the event's own fields; of attributes it does not tell
 */
export function updateEvent(
  client: MispClient,
  key: string,
  fields: object,
  options: CallOptions = {},
): Promise<Json> {
  return client.post(
    `/events/edit/${encode(key)}`,
    { Event: fields },
    { ...options, expect: one('Event', key) },
  );
}

/**
 * Publishes an event (`events/publish`, or `events/alert` with mails).
 * @param inline MISP answers when it is done; else a background job does it
 */
export function publish(
  client: MispClient,
  key: string,
  { mail, inline }: { mail: boolean; inline: boolean },
  options: CallOptions = {},
): Promise<Saved> {
  const action = mail ? 'alert' : 'publish';
  const now = inline ? '/disable_background_processing:1' : '';
  return client.post(`/events/${action}/${encode(key)}${now}`, {}, { ...options, expect: saved(key) });
}

/** Takes an event off publication (`events/unpublish`). */
export function unpublish(client: MispClient, key: string, options: CallOptions = {}): Promise<Saved> {
  const how = { ...options, repeatable: true, expect: saved(key) };
  return client.post(`/events/unpublish/${encode(key)}`, {}, how);
}

/**
 * Makes an event of a uuid that nobody else has (`events/add`): asked twice, MISP makes it once.
 * @returns the event as MISP has it
 */
export async function createEvent(
  client: MispClient,
  fields: { uuid: string; [field: string]: unknown },
  options: CallOptions = {},
): Promise<Json> {
  try {
    const how = { ...options, repeatable: true, expect: one('Event', fields.uuid) };
    return await client.post('/events/add', { Event: fields }, how);
  } catch (error) {
    if (!isThere(error)) throw error;
    return (await getEvent(client, fields.uuid, options.signal)).Event;
  }
}

/** MISP's words for an event that it has already: an answer was lost before. */
function isThere(error: unknown): boolean {
  const message = error instanceof WorkflowError && error.key === 'misp.notFound' ? error.params.message : '';
  return typeof message === 'string' && /event already exists/i.test(message);
}

/** Makes an event (`events/add`). @returns its id */
export async function addEvent(
  client: MispClient,
  fields: object,
  options: CallOptions = {},
): Promise<string> {
  const made = await client.post('/events/add', { Event: fields }, { ...options, expect: framed('Event') });
  return textOf(made.Event.id);
}

/** Takes an event away (`events/delete`); MISP keeps its uuid on the event blocklist, so that it does not come again. */
export function deleteEvent(client: MispClient, key: string, options: CallOptions = {}): Promise<Saved> {
  const how = { ...options, expect: saved(key) };
  return client.post(`/events/delete/${encode(key)}`, {}, how);
}
