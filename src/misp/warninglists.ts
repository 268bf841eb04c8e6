import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import type { CallOptions, MispClient } from './client';

type Json = Readonly<Record<string, unknown>>;

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
  const answer = await client.post<Json>('/warninglists/index', conditions, { signal });
  const rows = isList(answer.Warninglists) ? answer.Warninglists.filter(isRecord) : [];
  return rows.map(({ Warninglist }) => rowOf(isRecord(Warninglist) ? Warninglist : {}));
}

/** The lists that are switched on. */
export function enabledWarninglists(client: MispClient, signal?: AbortSignal): Promise<WarninglistRow[]> {
  return warninglists(client, { enabled: true }, signal);
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

/** A list with its entries (`warninglists/view`). */
export async function getWarninglist(
  client: MispClient,
  id: string,
  signal?: AbortSignal,
): Promise<WarninglistContent> {
  const answer = await client.get<{ Warninglist?: Json }>(
    `/warninglists/view/${encodeURIComponent(id)}`,
    signal,
  );
  const row = answer.Warninglist ?? {};
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
export async function valuesInWarninglist(
  client: MispClient,
  values: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, WarninglistHit[]>> {
  const answer = await client.post<unknown>('/warninglists/checkValue', values, { signal });
  const hits = new Map<string, WarninglistHit[]>();
  for (const [value, list] of isRecord(answer) ? Object.entries(answer) : []) {
    const found = isList(list) ? list.filter(isRecord) : [];
    hits.set(
      value,
      found.map(({ id, name, matched }) => ({
        id: textOf(id),
        name: textOf(name),
        matched: textOf(matched),
      })),
    );
  }
  return hits;
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
    { ...options, repeatable: true },
  );
}

/** Switches lists on or off (`warninglists/toggleEnable`). */
export function toggleWarninglist(
  client: MispClient,
  ids: readonly string[],
  enabled: boolean,
  options: CallOptions = {},
): Promise<unknown> {
  return client.post('/warninglists/toggleEnable', { id: ids, enabled }, { ...options, repeatable: true });
}
