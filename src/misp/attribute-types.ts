import type { AttributeType, AttributeTypes } from '../actions/new-event/attribute-types';
import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { fields, type Json } from './expected';

/** Types come with MISP's versions: they are asked for once in this time. */
const KEPT_MS = 10 * 60_000;
const kept = new WeakMap<MispClient, { at: number; types: Promise<AttributeTypes> }>();

const TYPES = fields<{ result: Json }>(
  'attributeTypes',
  ({ result }) => isRecord(result) && typesIn(result).size > 0,
);

/** The types of attributes that a MISP has, and their categories (`attributes/describeTypes`). */
export function attributeTypes(client: MispClient): Promise<AttributeTypes> {
  const before = kept.get(client);
  if (before && Date.now() - before.at < KEPT_MS) return before.types;
  const types = client
    .get('/attributes/describeTypes', undefined, TYPES)
    .then(({ result }) => typesIn(result));
  kept.set(client, { at: Date.now(), types });
  types.catch(() => kept.delete(client));
  return types;
}

function typesIn({
  sane_defaults: defaults,
  category_type_mappings: mappings,
}: Json): Map<string, AttributeType> {
  const found = new Map<string, AttributeType & { categories: Set<string> }>();
  for (const [type, row] of Object.entries(isRecord(defaults) ? defaults : {})) {
    const category = isRecord(row) ? textOf(row.default_category) : '';
    if (!isRecord(row) || category === '') continue;
    found.set(type, { category, toIds: isSet(row.to_ids), categories: new Set([category]) });
  }
  for (const [category, types] of Object.entries(isRecord(mappings) ? mappings : {})) {
    for (const type of isList(types) ? types : []) found.get(textOf(type))?.categories.add(category);
  }
  return found;
}
