import { isList, isRecord, textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';

/** A tag of a MISP. */
export interface TagRow {
  id: string;
  name: string;
  /** Such as `#ff0000`. */
  colour: string;
}

/** Names that one search asks for. */
const MOST_NAMES = 200;

/**
 * The tags of these names, whatever their case (`tags/search`): one call for up to 200. Tags that MISP does not have are
 * left out.
 */
export async function searchTags(
  client: MispClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<TagRow[]> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const found: TagRow[] = [];
  for (let start = 0; start < names.length; start += MOST_NAMES) {
    // MISP compares with LIKE: what a name has of its signs is meant as it is.
    const tag = names.slice(start, start + MOST_NAMES).map((name) => name.replace(/[\\%]/g, '\\$&'));
    const rows = await client.post<unknown>('/tags/search', { tag }, { signal });
    for (const row of isList(rows) ? rows : []) {
      const { id, name, colour } = isRecord(row) && isRecord(row.Tag) ? row.Tag : {};
      const tag = { id: textOf(id), name: textOf(name), colour: textOf(colour) };
      if (wanted.has(tag.name.toLowerCase())) found.push(tag);
    }
  }
  return found;
}

/** Makes a tag, or gives the one that there is (`tags/add`). */
export async function addTag(client: MispClient, name: string, signal?: AbortSignal): Promise<TagRow> {
  const { Tag } = await client.post<{ Tag: TagRow }>('/tags/add', { name }, { signal, repeatable: true });
  return { id: String(Tag.id), name: Tag.name, colour: Tag.colour };
}

/** What MISP says when it has changed something. */
export interface Saved {
  saved?: boolean;
  message?: string;
  success?: unknown;
  errors?: unknown;
}

/**
 * Attaches tags to one event or attribute (`tags/attachTagToObject`). MISP makes those that it does not have, if the key
 * may.
 * @param tags names or ids
 */
export function tag(
  client: MispClient,
  uuid: string,
  tags: readonly string[],
  local: boolean,
  options: CallOptions = {},
): Promise<Saved> {
  const body = { uuid, tag: tags.length === 1 ? tags[0] : tags, local: local ? 1 : 0 };
  return client.post('/tags/attachTagToObject', body, { ...options, repeatable: true });
}

/**
 * Removes a tag from one event or attribute (`tags/removeTagFromObject`), be it local or global.
 * @throws {WorkflowError} `misp.notFound` if it is not attached
 */
export function untag(
  client: MispClient,
  uuid: string,
  name: string,
  options: CallOptions = {},
): Promise<Saved> {
  return client.post('/tags/removeTagFromObject', { uuid, tag: name }, { ...options, repeatable: true });
}
