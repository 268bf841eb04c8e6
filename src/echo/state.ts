import { createHash } from 'node:crypto';
import { isSet } from '../event/flags';
import { isSameValue, uuidKey } from '../event/same';
import { isList, isRecord, textOf } from '../event/values';

/** What a trigger tells of. A sighting shows as the attribute that was sighted. */
export type ThingKind = 'event' | 'attribute' | 'object' | 'event-report' | 'sighting' | 'analyst-data';

/** What a thing is like, field by field, in short: what is not there is not known. Its timestamps are no part of it. */
export type State = Readonly<Record<string, string | undefined>>;

const COMMON = ['distribution', 'sharing_group_id', 'deleted', 'comment', 'first_seen', 'last_seen', 'Tag'];
const ATTRIBUTE = [
  ...['category', 'type', 'value', 'to_ids', 'object_relation', 'disable_correlation'],
  ...COMMON,
];
const FIELDS: Readonly<Record<ThingKind, readonly string[]>> = {
  event: [
    ...['info', 'date', 'threat_level_id', 'analysis', 'distribution', 'sharing_group_id', 'extends_uuid'],
    ...['published', 'publish_timestamp', 'org_id', 'orgc_id', 'locked', 'disable_correlation'],
    ...['attribute_count', 'Tag'],
  ],
  attribute: ATTRIBUTE,
  sighting: ATTRIBUTE,
  object: ['name', 'Attribute', ...COMMON],
  'event-report': ['name', 'content', 'distribution', 'sharing_group_id', 'deleted', 'Tag'],
  'analyst-data': [
    ...['object_uuid', 'object_type', 'authors', 'distribution', 'sharing_group_id', 'note', 'language'],
    ...['opinion', 'comment', 'relationship_type', 'related_object_uuid', 'related_object_type', 'Tag'],
  ],
};

const FLAGS = new Set(['to_ids', 'deleted', 'published', 'disable_correlation', 'locked']);
/** Longer texts are remembered by their fingerprint. */
const MOST_CHARACTERS = 60;

/** What is known of a thing, as MISP or a message has it. */
export function stateOf(kind: ThingKind, thing: Readonly<Record<string, unknown>>): State {
  const state: Record<string, string> = {};
  for (const field of FIELDS[kind]) {
    const value = thing[field];
    if (field === 'Tag') state.Tag = tagsOf(value);
    else if (value === undefined) continue;
    else if (field === 'Attribute') state.Attribute = short(attributesOf(value));
    else if (FLAGS.has(field)) state[field] = isSet(value) ? '1' : '0';
    else state[field] = short(textOf(value));
  }
  return state;
}

/**
 * Whether all that is told of a thing is as expected. What was expected and is not told does not count; what is told
 * and was not expected does.
 */
export function isAsExpected(kind: ThingKind, expected: State, told: State): boolean {
  return FIELDS[kind].every((field) => {
    const [wanted, found] = [expected[field], told[field]];
    if (found === undefined || wanted === found) return true;
    if (wanted === undefined) return found === '' || found === '0';
    return field === 'Tag' ? haveSameTags(wanted, found) : isSameField(field, wanted, found);
  });
}

/** MISP writes "none" in two ways. */
function isSameField(field: string, wanted: string, found: string): boolean {
  const plain = (value: string) => (field.endsWith('_id') && value === '' ? '0' : value);
  return isSameValue(field, plain(wanted), plain(found));
}

function short(value: string): string {
  if (value.length <= MOST_CHARACTERS) return value;
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}

/** Names, each behind a letter: local, global, or not told. */
function tagsOf(list: unknown): string {
  const tags = isList(list) ? list.filter(isRecord) : [];
  const own = tags.filter(({ inherited }) => !isSet(inherited));
  const names = own.map(({ name, local }) => `${scopeOf(local)}${textOf(name).toLowerCase()}`);
  return names.length === 0 ? '' : JSON.stringify(names.sort(byName));
}

const scopeOf = (local: unknown) => (local === undefined || local === null ? '?' : isSet(local) ? 'l' : 'g');
const byName = (one: string, other: string) => (one.slice(1) < other.slice(1) ? -1 : 1);

function haveSameTags(wanted: string, found: string): boolean {
  const [one, other] = [wanted, found].map((tags) => (tags === '' ? [] : (JSON.parse(tags) as string[])));
  return (
    one.length === other.length &&
    one.every((tag, place) => {
      const same = other[place];
      const isScope = tag[0] === same[0] || tag.startsWith('?') || same.startsWith('?');
      return isScope && tag.slice(1) === same.slice(1);
    })
  );
}

function attributesOf(list: unknown): string {
  const rows = isList(list) ? list.filter(isRecord) : [];
  const states = rows.map((row) => [uuidKey(row.uuid), stateOf('attribute', row).value, isSet(row.to_ids)]);
  return JSON.stringify(states.map((state) => JSON.stringify(state)).sort());
}
