import { randomUUID } from 'node:crypto';
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import type { ObjectTemplate } from './template';
import { isUuid } from '../event/same';

/** What counts for all that a flow found, unless that says otherwise. */
export interface Defaults {
  /** The type of values that have none. */
  type: string;
  category?: string;
  comment?: string;
  tags: readonly string[];
  toIds?: boolean;
  /** How new objects refer to the attribute that was asked about; without it they do not. */
  relationship?: string;
  /** Templates of objects by name, of those that the flow named. */
  templates?: ReadonlyMap<string, ObjectTemplate>;
}

export interface Attribute {
  uuid: string;
  type: string;
  value: string;
  Tag?: { name: string }[];
  [name: string]: unknown;
}

/** What of an attribute a flow may say: ids and timestamps are MISP's. */
const KEPT = ['object_relation', 'category', 'comment', 'to_ids', 'disable_correlation', 'first_seen'];
const ALSO_KEPT = ['last_seen', 'distribution', 'sharing_group_id', 'data'];

/** @throws {WorkflowError} if it has no value */
export function attributeOf(given: Record<string, unknown>, defaults: Defaults): Attribute {
  const { value, uuid } = given;
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '') throw new WorkflowError('drawn.noValue');
  const type = typeof given.type === 'string' && given.type !== '' ? given.type : defaults.type;
  const tags = [given.tags ?? given.Tag ?? [], defaults.tags].flat(2).map(tagOf);
  const kept = [...KEPT, ...ALSO_KEPT].filter((name) => given[name] !== undefined);
  return {
    uuid: isUuid(uuid) ? uuid : randomUUID(),
    type,
    value: text,
    ...(defaults.category ? { category: defaults.category } : {}),
    ...(defaults.comment ? { comment: defaults.comment } : {}),
    ...(defaults.toIds === undefined ? {} : { to_ids: defaults.toIds }),
    ...Object.fromEntries(kept.map((name) => [name, plain(given[name])])),
    ...(tags.length > 0 ? { Tag: tags } : {}),
  };
}

/** A file's content goes to MISP in base64. */
const plain = (value: unknown) => (Buffer.isBuffer(value) ? value.toString('base64') : value);

/** @throws {WorkflowError} if it has no name */
export function tagOf(tag: unknown): { name: string } {
  const name = isRecord(tag) ? tag.name : tag;
  if (typeof name !== 'string' || name === '') throw new WorkflowError('drawn.noTag');
  return { name };
}
