import { isSet } from '../event/flags';
import { entryOf, isEntries, isList, isRecord, keysOf, textOf } from '../event/values';
import { text } from '../text';
import type { CallOptions, MispClient } from './client';
import { one, rowsIn, type Expected, type Json } from './expected';

/** A list, as the lists of lists give it. */
export interface WarninglistRow {
  id: string;
  name: string;
  category: string;
  /** One of MISP's own, which cannot be changed. */
  isDefault: boolean;
}

/** A list with its entries. */
export interface WarninglistContent extends WarninglistRow {
  type: string;
  description: string;
  version: string;
  entries: { value: string; comment: string }[];
  /** Attribute types that are checked. */
  types: string[];
}

/** The lists of a MISP (`warninglists/index`). */
export async function warninglists(
  client: MispClient,
  conditions: { enabled?: boolean; value?: string } = {},
  signal?: AbortSignal,
): Promise<WarninglistRow[]> {
  const expect = rowsIn('Warninglists', 'Warninglist');
  return (await client.post('/warninglists/index', conditions, { signal, expect })).map(rowOf);
}

function rowOf(row: Json): WarninglistRow {
  const { id, name, category } = row;
  return {
    id: textOf(id),
    name: textOf(name),
    category: textOf(category),
    isDefault: isSet(row.default),
  };
}

/** Without its entries it would be written anew without them. */
function listWithEntries(id: string): Expected<Json> {
  const list = one('Warninglist', id);
  return {
    what: list.what,
    read(data) {
      const row = list.read(data);
      return row && isList(row.WarninglistEntry) ? row : undefined;
    },
  };
}

/** A list with its entries (`warninglists/view`). */
export async function getWarninglist(
  client: MispClient,
  id: string,
  signal?: AbortSignal,
): Promise<WarninglistContent> {
  const row = await client.get(`/warninglists/view/${encodeURIComponent(id)}`, signal, listWithEntries(id));
  const entries = isList(row.WarninglistEntry) ? row.WarninglistEntry.filter(isRecord) : [];
  const types = isList(row.WarninglistType) ? row.WarninglistType.filter(isRecord) : [];
  return {
    ...rowOf(row),
    type: textOf(row.type),
    description: textOf(row.description),
    version: textOf(row.version),
    entries: entries.map(({ value, comment }) => ({ value: textOf(value), comment: textOf(comment) })),
    types: types.map(({ type }) => textOf(type)),
  };
}

/** A hit of a value: the list, and the entry of it. */
export interface WarninglistHit {
  id: string;
  name: string;
  matched: string;
}

/** The switched on lists that values are on, by value (`warninglists/checkValue`). */
export function valuesInWarninglist(
  client: MispClient,
  values: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, WarninglistHit[]>> {
  return client.post('/warninglists/checkValue', values, { signal, expect: hitsOf(values) });
}

/** Lists by value: of values that were asked for, and nothing but lists. */
function hitsOf(values: readonly string[]): Expected<Map<string, WarninglistHit[]>> {
  const asked = new Set(values);
  return {
    what: text('expected.hits'),
    read(data) {
      if (!isEntries(data)) return undefined;
      const hits = new Map<string, WarninglistHit[]>();
      for (const value of keysOf(data)) {
        const list = entryOf(data, value);
        if (!asked.has(value) || !isEntries(list)) return undefined;
        hits.set(value, Object.values(list).filter(isRecord).map(hitOf));
      }
      return hits;
    },
  };
}

function hitOf({ id, name, matched }: Json): WarninglistHit {
  return { id: textOf(id), name: textOf(name), matched: textOf(matched) };
}

/** Writes a custom list anew (`warninglists/edit`): these entries take the place of all that it had. */
export function updateWarninglist(
  client: MispClient,
  list: WarninglistContent,
  options: CallOptions = {},
): Promise<unknown> {
  const { id, name, description, type, category, entries, types } = list;
  const lines = entries.map(({ value, comment }) => (comment ? `${value} # ${comment}` : value));
  const Warninglist = {
    ...{ name, description, type, category },
    entries: lines.join('\n'),
    matching_attributes: types,
  };
  return client.post(
    `/warninglists/edit/${encodeURIComponent(id)}`,
    { Warninglist },
    { ...options, repeatable: true, expect: one('Warninglist', id) },
  );
}
