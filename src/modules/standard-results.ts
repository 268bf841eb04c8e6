/** Results in MISP's own format. */
import type { NewAttribute, NewObject, NewReference, NewReport, NewTag } from '../actions/add-to-event';
import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import { text, type Said } from '../text';
import { rowsOf, uuidOf } from './fresh';

type Json = Readonly<Record<string, unknown>>;
type Read<T> = { found: T; problem?: undefined } | { found?: undefined; problem: Said };

const REPORT_LEVELS = /^[0-5]$/;

/** An attribute of an answer, without what MISP gives it itself; of several types the first. */
export function standardAttribute(row: Json): Read<NewAttribute> {
  const { value, type, category } = row;
  const name = textOf(isList(type) ? type[0] : type);
  if (name === '') return { problem: text('enrich.noType') };
  if (value === undefined || value === null || value === '' || typeof value === 'object')
    return { problem: text('enrich.noText', { type: name.slice(0, 50) }) };
  const tags = tagsOf(row.Tag);
  const found: NewAttribute = { uuid: uuidOf(row.uuid), type: name, value: textOf(value), ...common(row) };
  const chosen = textOf(isList(category) ? category[0] : category);
  if (chosen) found.category = chosen;
  if (row.to_ids !== undefined && row.to_ids !== null) found.to_ids = isSet(row.to_ids);
  if (isSet(row.disable_correlation)) found.disable_correlation = true;
  if (textOf(row.data)) found.data = textOf(row.data);
  if (tags.length > 0) found.Tag = tags;
  if (textOf(row.object_relation)) found.object_relation = textOf(row.object_relation);
  return { found };
}

export function objectOf(entry: unknown): Read<NewObject> {
  const refused = { problem: text('enrich.noObject') };
  if (!isRecord(entry) || textOf(entry.name) === '') return refused;
  const uuid = uuidOf(entry.uuid);
  const Attribute = rowsOf(entry.Attribute).flatMap((row) => standardAttribute(row).found ?? []);
  if (Attribute.length === 0) return refused;
  const found: NewObject = {
    uuid,
    name: textOf(entry.name),
    'meta-category': textOf(entry['meta-category']) || 'misc',
    template_uuid: textOf(entry.template_uuid),
    template_version: textOf(entry.template_version) || '1',
    ...common(entry),
    Attribute,
  };
  if (textOf(entry.description)) found.description = textOf(entry.description);
  const references = rowsOf(entry.ObjectReference).flatMap((row) => referenceOf(row, uuid));
  if (references.length > 0) found.ObjectReference = references;
  return { found };
}

function referenceOf(row: Json, object_uuid: string): NewReference[] {
  const { referenced_uuid: to, relationship_type: type, comment } = row;
  if (textOf(to) === '') return [];
  const reference = {
    uuid: uuidOf(row.uuid),
    object_uuid,
    referenced_uuid: textOf(to),
    relationship_type: textOf(type) || 'related-to',
  };
  return [textOf(comment) ? { ...reference, comment: textOf(comment) } : reference];
}

export function reportOf(row: Json): NewReport[] {
  const { name, content, distribution } = row;
  if (textOf(name) === '' || textOf(content) === '') return [];
  const level = textOf(distribution);
  const report = { uuid: uuidOf(row.uuid), name: textOf(name), content: textOf(content) };
  return [REPORT_LEVELS.test(level) ? { ...report, distribution: level } : report];
}

/** Tags of an answer, in a list or alone. */
export function tagsOf(tags: unknown): NewTag[] {
  const rows = isRecord(tags) && 'name' in tags ? [tags] : rowsOf(tags);
  return rows
    .filter(({ name }) => textOf(name) !== '')
    .map(({ name, local }) => (isSet(local) ? { name: textOf(name), local: true } : { name: textOf(name) }));
}

/** What attributes and objects have alike. */
function common(
  row: Json,
): Pick<NewAttribute, 'comment' | 'distribution' | 'sharing_group_id' | 'first_seen' | 'last_seen'> {
  const names = ['comment', 'distribution', 'first_seen', 'last_seen'] as const;
  const given = names.filter((name) => textOf(row[name]) !== '').map((name) => [name, textOf(row[name])]);
  const group = textOf(row.sharing_group_id);
  const fields = Object.fromEntries(given) as ReturnType<typeof common>;
  return fields.distribution === '4' && group ? { ...fields, sharing_group_id: group } : fields;
}
