import { randomUUID } from 'node:crypto';
import { isUuid, uuidKey } from '../../event/same';
import { isForbidden, isList, isRecord, textOf } from '../../event/values';
import { WorkflowError } from '../../text';
import type { NewAttribute, NewTag } from '../add-to-event';
import { short } from './refused';

/** What counts for attributes that say nothing else, and how their data is to be read. */
export interface Reading {
  /** Their type. */
  type: string;
  /** MISP's type for what the data calls it, by names in lower case. */
  types: ReadonlyMap<string, string>;
  category: string;
  /** Nothing: as MISP has it for the type. */
  toIds: boolean | undefined;
  comment: string;
  tags: readonly string[];
  /** Where a field of MISP's stands in a row, if not under its own name. */
  columns: ReadonlyMap<string, string>;
}

type Row = Readonly<Record<string, unknown>>;

/** Fields of an attribute that a column may have. */
export const FIELDS: readonly string[] = [
  ...['value', 'type', 'category', 'to_ids', 'comment', 'tags', 'first_seen', 'last_seen', 'uuid'],
  ...['distribution', 'sharing_group_id', 'disable_correlation', 'data'],
];

/** A field of a row, under MISP's name or the one that stands for it. */
export function fieldOf(row: Row, field: string, { columns }: Pick<Reading, 'columns'>): unknown {
  const name = columns.get(field) ?? field;
  return Object.hasOwn(row, name) && !isForbidden(name) ? row[name] : undefined;
}

/**
 * An attribute as a row says it. Ids and timestamps are MISP's, and not taken over.
 * @throws {WorkflowError} if it cannot be read
 */
export function readAttribute(row: Row, reading: Reading): NewAttribute {
  const at = (field: string) => fieldOf(row, field, reading);
  const value = at('value');
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isPlain || String(value).trim() === '') throw new WorkflowError('newEvent.noValue');
  const said = wordOf(at('type')) || reading.type;
  const type = reading.types.get(said.toLowerCase()) ?? said;
  const data = contentOf(at('data'));
  const uuid = at('uuid');
  const category = wordOf(at('category')) || reading.category;
  const comment = wordOf(at('comment')) || reading.comment;
  const toIds = flagOf(at('to_ids'), 'to_ids') ?? reading.toIds;
  const tags = [...tagsOf(at('tags') ?? at('Tag')), ...reading.tags.map((name) => ({ name }))];
  const relation = wordOf(at('object_relation'));
  return {
    uuid: uuidOf(uuid),
    type,
    value: String(value).trim(),
    ...(category ? { category } : {}),
    ...(toIds === undefined ? {} : { to_ids: toIds }),
    ...(comment ? { comment } : {}),
    ...seenBy(at),
    ...seenAt(at),
    ...(flagOf(at('disable_correlation'), 'disable_correlation') ? { disable_correlation: true } : {}),
    ...filled('data', data),
    ...(type === 'malware-sample' && data !== '' && !isZip(data) ? { encrypt: true as const } : {}),
    ...(tags.length > 0 ? { Tag: tags } : {}),
    ...(relation ? { object_relation: relation } : {}),
  };
}

const wordOf = (value: unknown): string => textOf(value).trim();

function filled<K extends string>(name: K, value: string): Partial<Record<K, string>> {
  return value === '' ? {} : ({ [name]: value } as Record<K, string>);
}

/** Whether the content in base64 begins as zip files do: samples come in one with a password, or MISP makes it. */
const isZip = (data: string): boolean => data.startsWith('UEsDB');

/** A file's content goes to MISP in base64. */
const contentOf = (data: unknown): string => (Buffer.isBuffer(data) ? data.toString('base64') : wordOf(data));

type At = (field: string) => unknown;

/** Its own uuid, if it has one: MISP knows things by them. */
export const uuidOf = (uuid: unknown): string => (isUuid(uuid) ? uuidKey(uuid) : randomUUID());

/** When a thing was seen. */
export function seenAt(at: At): Pick<NewAttribute, 'first_seen' | 'last_seen'> {
  return {
    ...filled('first_seen', wordOf(at('first_seen'))),
    ...filled('last_seen', wordOf(at('last_seen'))),
  };
}

/**
 * Who sees a thing: nobody but those who see the event, and perhaps fewer.
 * @throws {WorkflowError} if it cannot be told
 */
export function seenBy(at: At): Pick<NewAttribute, 'distribution' | 'sharing_group_id'> {
  const [level, group] = [wordOf(at('distribution')), wordOf(at('sharing_group_id'))];
  if (level === '') return { distribution: '5' };
  if (level === '4' && group !== '') return { distribution: level, sharing_group_id: group };
  if (/^[01235]$/.test(level)) return { distribution: level };
  throw new WorkflowError('newEvent.badDistribution', { value: short(level) });
}

/** Flags as tables and MISP write them; nothing if nothing is said. */
function flagOf(value: unknown, field: string): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = wordOf(value).toLowerCase();
  if (word === '') return undefined;
  if (['1', 'true', 'yes'].includes(word)) return true;
  if (['0', 'false', 'no'].includes(word)) return false;
  throw new WorkflowError('newEvent.badFlag', { field, value: short(word) });
}

/** Names in a list, as MISP has them or alone; of one text, with commas between, which may stand in quotes. */
function tagsOf(tags: unknown): NewTag[] {
  if (typeof tags === 'string') return (tags.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []).flatMap(tagNamed);
  return isList(tags) ? tags.flatMap((tag) => tagNamed(isRecord(tag) ? tag.name : tag)) : [];
}

function tagNamed(tag: unknown): NewTag[] {
  const name = wordOf(tag);
  return name === '' ? [] : [{ name }];
}
