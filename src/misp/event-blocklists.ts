import { isList, isRecord, textOf } from '../event/values';
import { text } from '../text';
import type { CallOptions, MispClient } from './client';
import { plainRows, saved, type Expected } from './expected';

/** What is said beside the uuids. */
export interface BlocklistWords {
  comment: string;
  event_info: string;
  event_orgc: string;
}

/** Which uuids MISP has taken, and which not: those that it has already, and what is no uuid. */
export interface BlocklistAnswer {
  successes: string[];
  fails: string[];
}

/** Puts events on MISP's blocklist (`event_blocklists/add`), several with one call. Harmless to repeat. */
export function addEventBlocklist(
  client: MispClient,
  uuids: readonly string[],
  words: BlocklistWords,
  options: CallOptions = {},
): Promise<BlocklistAnswer> {
  const how = { ...options, repeatable: true, expect: resultFor(uuids) };
  return client.post('/event_blocklists/add', { uuids, ...words }, how);
}

/** Each of the uuids is either taken or not. */
function resultFor(uuids: readonly string[]): Expected<BlocklistAnswer> {
  return {
    what: text('expected.saved'),
    read(data) {
      const { successes, fails } = isRecord(data) && isRecord(data.result) ? data.result : {};
      if (!isList(successes) || !isList(fails)) return undefined;
      const found = { successes: successes.map(textOf), fails: fails.map(textOf) };
      const said = new Set([...found.successes, ...found.fails].map((uuid) => uuid.toLowerCase()));
      return uuids.every((uuid) => said.has(uuid.toLowerCase())) ? found : undefined;
    },
  };
}

/** The uuids on the blocklist (`event_blocklists/index`). */
export async function eventBlocklists(client: MispClient, signal?: AbortSignal): Promise<Set<string>> {
  const list = await client.get('/event_blocklists/index', signal, plainRows('EventBlocklist'));
  return new Set(list.map(({ event_uuid }) => textOf(event_uuid).toLowerCase()));
}

/** The entry of an event on the blocklist; undefined if there is none. */
export async function blocklistEntry(client: MispClient, uuid: string): Promise<string | undefined> {
  const list = await client.get('/event_blocklists/index', undefined, plainRows('EventBlocklist'));
  const found = list.find(({ event_uuid }) => textOf(event_uuid).toLowerCase() === uuid);
  return found && textOf(found.id);
}

/** Takes an entry off the blocklist (`event_blocklists/delete`). @param id of the entry */
export async function removeFromEventBlocklist(client: MispClient, id: string): Promise<void> {
  await client.post(`/event_blocklists/delete/${encodeURIComponent(id)}`, {}, { expect: saved() });
}
