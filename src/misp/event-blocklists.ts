import { isList, isRecord, textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';

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
export async function addEventBlocklist(
  client: MispClient,
  uuids: readonly string[],
  words: BlocklistWords,
  options: CallOptions = {},
): Promise<BlocklistAnswer> {
  const answer = await client.post<{ result?: Partial<BlocklistAnswer> }>(
    '/event_blocklists/add',
    { uuids, ...words },
    { ...options, repeatable: true },
  );
  return { successes: answer.result?.successes ?? [], fails: answer.result?.fails ?? [] };
}

/** The uuids on the blocklist (`event_blocklists/index`). */
export async function eventBlocklists(client: MispClient, signal?: AbortSignal): Promise<Set<string>> {
  const rows = await client.get<unknown>('/event_blocklists/index', signal);
  const list = isList(rows) ? rows.filter(isRecord) : [];
  return new Set(list.map(({ event_uuid }) => textOf(event_uuid).toLowerCase()));
}
