import type { AttachTags, DetachTags, Ref } from '../../actions/plan';
import { isList, isRecord, textOf } from '../../event/values';
import { text, type KeyOf } from '../../text';
import type { Json } from '../expected';
import { nameOf, type Failure } from './context';

/** A tag inside of `events/edit`. */
export interface TagEntry {
  name: string;
  local: 0 | 1;
  deleted?: 1;
  relationship_type?: string;
}

/** The tag as `events/edit` takes it, by what is to be done with it. */
export function tagEntryFor(operation: AttachTags | DetachTags, name: string): TagEntry {
  const local = operation.local === true ? 1 : 0;
  if (operation.do === 'detach-tags') return { name, local, deleted: 1 };
  const { relationship } = operation;
  return { name, local, ...(relationship ? { relationship_type: relationship } : {}) };
}

/** That MISP has not changed the tags of an item. */
export function tagFailure(key: KeyOf<'tag'>, item: Ref, tags: readonly TagEntry[]): Failure {
  return { item: nameOf(item), problem: text(key, { tag: tags.map(({ name }) => name).join(', ') }) };
}

/** Whether a thing in MISP's answer has the tag, or has it no more. */
export function isAsWanted(row: Json, { name, deleted }: TagEntry): boolean {
  const tags = isList(row.Tag) ? row.Tag.filter(isRecord) : [];
  const has = tags.some((tag) => textOf(tag.name).toLowerCase() === name.toLowerCase());
  return has !== (deleted === 1);
}
