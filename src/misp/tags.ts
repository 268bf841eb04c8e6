import { isList, isRecord, textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';
import { listName, nameOf, rows, saved, type Expected, type Json, type Saved } from './expected';

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
    for (const row of await client.post('/tags/search', { tag }, { signal, expect: rows('Tag') })) {
      const tag = tagOf(row);
      if (wanted.has(tag.name.toLowerCase())) found.push(tag);
    }
  }
  return found;
}

/** Makes a tag, or gives the one that there is (`tags/add`). */
export async function addTag(client: MispClient, name: string, signal?: AbortSignal): Promise<TagRow> {
  return client.post('/tags/add', { name }, { signal, repeatable: true, expect: tagNamed(name) });
}

function tagOf({ id, name, colour }: Json): TagRow {
  return { id: textOf(id), name: textOf(name), colour: textOf(colour) };
}

function tagNamed(wanted: string): Expected<TagRow> {
  return {
    what: nameOf('Tag', wanted),
    read(data) {
      const tag = isRecord(data) && isRecord(data.Tag) ? tagOf(data.Tag) : undefined;
      const isIt = tag?.name.trim().toLowerCase() === wanted.trim().toLowerCase();
      return isIt && tag?.id !== '' ? tag : undefined;
    },
  };
}

/** `tags/index` gives its tags without frames. */
export const rowsOfTags: Expected<Json[]> = {
  what: listName('Tag'),
  read(data) {
    const list = isRecord(data) ? data.Tag : undefined;
    return isList(list) && list.every(isRecord) ? [...list] : undefined;
  },
};

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
  return client.post('/tags/attachTagToObject', body, { ...options, repeatable: true, expect: saved() });
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
  const how = { ...options, repeatable: true, expect: saved() };
  return client.post('/tags/removeTagFromObject', { uuid, tag: name }, how);
}
