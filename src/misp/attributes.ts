import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';
import { fields as having, one, said, saved, type Json, type Saved } from './expected';
import { LARGEST_PAGE, restSearch } from './rest-search';
import { fieldsOf, MispValidationError } from './validation';

/** Of an attribute as much as changing it needs. */
export interface AttributeHead {
  id: string;
  uuid: string;
  eventId: string;
  /** `0` if it is in no object. */
  objectId: string;
  tags: { name: string; local: boolean }[];
}

/** One attribute (`attributes/view`). @param key id or uuid */
export function getAttribute(client: MispClient, key: string, signal?: AbortSignal): Promise<Json> {
  return client.get(`/attributes/view/${encodeURIComponent(key)}`, signal, one('Attribute', key));
}

/**
 * Attributes that fit (`attributes/restSearch`), with their own tags, page by page: 5,000 at most for one call.
 * @param conditions of restSearch, such as `{ eventid }` or `{ uuid: [..] }`
 */
export async function* attributeHeads(
  client: MispClient,
  conditions: object,
  signal: AbortSignal,
): AsyncGenerator<AttributeHead> {
  const options = { limit: 0, pageSize: LARGEST_PAGE, signal };
  for await (const page of restSearch(client, 'attributes', { ...conditions }, options)) {
    for (const row of page) if (isRecord(row)) yield attributeHead(row);
  }
}

/** The deleted attributes of an event, as MISP gives them; those of its objects too. @param event id or uuid */
export async function deletedAttributes(client: MispClient, event: string): Promise<Json[]> {
  const options = { limit: 0, pageSize: LARGEST_PAGE, signal: new AbortController().signal };
  const found: Json[] = [];
  for await (const page of restSearch(client, 'attributes', { eventid: event, deleted: [0, 1] }, options)) {
    found.push(...page.filter(isRecord).filter(({ deleted }) => isSet(deleted)));
  }
  return found;
}

/** An attribute as MISP gives it, cut down. */
export function attributeHead(row: Json): AttributeHead {
  const tags = Array.isArray(row.Tag) ? row.Tag.filter(isRecord) : [];
  return {
    id: textOf(row.id),
    uuid: textOf(row.uuid),
    eventId: textOf(row.event_id),
    objectId: textOf(row.object_id) || '0',
    tags: tags.map(({ name, local }) => ({ name: textOf(name), local: isSet(local) })),
  };
}

/**
 * Attaches tags to many attributes with one call (`attributes/addTag/selected`). It is harmless to repeat. MISP
 * says how many it has attached, not which; it refuses a second tag of an exclusive taxonomy.
 * @param ids of the attributes
 * @param tags ids of the tags
 */
export function tagAttributes(
  client: MispClient,
  ids: readonly string[],
  tags: readonly string[],
  local: boolean,
  options: CallOptions = {},
): Promise<Saved> {
  const body = {
    attribute_ids: JSON.stringify(ids.map(Number)),
    tag: tags.length === 1 ? tags[0] : JSON.stringify(tags),
  };
  const path = `/attributes/addTag/selected${local ? '/local:1' : ''}`;
  return client.post(path, body, { ...options, repeatable: true, expect: saved() });
}

/** What `attributes/editSelected` can change, the same for all. */
export interface SelectedFields {
  to_ids?: boolean;
  comment?: string;
  distribution?: string;
}

/**
 * Changes fields of many attributes of an event with one call (`attributes/editSelected`), those of its objects too. An
 * empty comment means to MISP that comments are kept.
 * @param event its id
 * @param ids of the attributes; what is not of this event is passed over
 */
export function editSelected(
  client: MispClient,
  event: string,
  ids: readonly string[],
  { to_ids, comment = '', distribution = '6' }: SelectedFields,
  options: CallOptions = {},
): Promise<Saved> {
  const Attribute = {
    attribute_ids: JSON.stringify(ids.map(Number)),
    to_ids: to_ids === undefined ? '2' : to_ids ? '1' : '0',
    ...{ distribution, comment, event_id: event },
  };
  const path = `/attributes/editSelected/${encodeURIComponent(event)}`;
  return client.post(path, { Attribute }, { ...options, repeatable: true, expect: saved() });
}

/**
 * Changes fields of one attribute (`attributes/edit`).
 * @param key id or uuid
 * @throws {MispValidationError} what MISP does not accept
 */
export function updateAttribute(
  client: MispClient,
  key: string,
  fields: object,
  options: CallOptions = {},
): Promise<Json> {
  const path = `/attributes/edit/${encodeURIComponent(key)}`;
  return client.post(path, fields, { ...options, repeatable: true, expect: one('Attribute', key) });
}

/** Deletes an attribute so that it can be restored (`attributes/delete`). */
export function deleteAttribute(
  client: MispClient,
  key: string,
  options: CallOptions = {},
): Promise<unknown> {
  const expect = said(/deleted/i);
  return client.post(
    `/attributes/delete/${encodeURIComponent(key)}`,
    {},
    { ...options, repeatable: true, expect },
  );
}

/**
 * Restores a deleted attribute (`attributes/restore`). MISP sends us to the attribute when it has done so.
 * @param id not a uuid, which MISP does not know here
 */
export function restoreAttribute(
  client: MispClient,
  id: string,
  options: CallOptions = {},
): Promise<unknown> {
  const how = { repeatable: true, doneAt: `/attributes/view/${id}`, expect: RESTORED };
  return client.post(`/attributes/restore/${encodeURIComponent(id)}`, {}, { ...options, ...how });
}

/** Where MISP really sends us, or its words. */
const RESTORED = having('saved', ({ saved: done, message }) => {
  return done === true || (typeof message === 'string' && /restored/i.test(message));
});

/** What MISP says of the attributes that it has added, in its answer to several. */
const ADDED = having<Json>('Attribute', ({ Attribute }) => isRecord(Attribute) || isList(Attribute));

/**
 * Adds attributes to an event with one call (`attributes/add`). Those that MISP does not take do not keep it from taking
 * the others.
 * @param event id or uuid
 * @param added told of each that it has, as MISP answers
 * @returns what MISP says of those that it has not added, by their places
 */
export async function addAttributes(
  client: MispClient,
  event: string,
  attributes: readonly object[],
  options: CallOptions = {},
  added: (row: Json) => void = () => undefined,
): Promise<Map<number, string>> {
  const path = `/attributes/add/${encodeURIComponent(event)}`;
  try {
    const answer = await client.post<Json>(path, attributes, { ...options, expect: ADDED });
    const { errors, Attribute, AttributeTag } = answer;
    for (const row of isList(Attribute) ? Attribute : [withTags(Attribute, AttributeTag)])
      if (isRecord(row)) added(row);
    return errors === undefined ? new Map() : byPlace(fieldsOf(errors));
  } catch (error) {
    // It has taken none of them.
    if (!(error instanceof MispValidationError)) throw error;
    const found = byPlace(error.fields);
    for (const index of attributes.keys()) if (!found.has(index)) found.set(index, error.message);
    return found;
  }
}

/** The tags of a single one stand beside it. */
function withTags(row: unknown, links: unknown): unknown {
  const Tag = isList(links) ? links.filter(isRecord).map((link) => link.Tag) : [];
  return isRecord(row) && Tag.length > 0 ? { ...row, Tag } : row;
}

/** `attribute_3.value`: what is wrong with the value of the fourth. */
function byPlace(fields: Readonly<Record<string, string[]>>): Map<number, string> {
  const found = new Map<number, string>();
  for (const [name, problems] of Object.entries(fields)) {
    const [, place, field] = /^attribute_(\d+)\.?(.*)$/.exec(name) ?? [];
    if (place === undefined) continue;
    const words = `${field ? `${field}: ` : ''}${problems.join(', ')}`;
    const before = found.get(Number(place));
    found.set(Number(place), before ? `${before}; ${words}` : words);
  }
  return found;
}
