/** Tags as others write them: names alone, one tag without a list, or rows that link to a tag. */
import { omit } from './edit';
import type { MispTag } from './core';
import { isEntries, isList, isRecord, valuesOf } from './values';

/** The tags in the core format. What has no name stays as it is: it is a tag that nobody can tell. */
export function tagsOf(tags: unknown): MispTag[] {
  if (!isEntries(tags)) return typeof tags === 'string' && tags !== '' ? [{ name: tags }] : [];
  if (isRecord(tags) && typeof tags.name === 'string') return [tagOf(tags)];
  return valuesOf(tags).flatMap((tag) => {
    if (typeof tag === 'string') return [{ name: tag }];
    return isRecord(tag) ? [tagOf(tag)] : [];
  });
}

/** The tag of a row such as `{tag_id, local, Tag: {name}}`, or the tag itself. */
export function tagOf(row: Readonly<Record<string, unknown>>): MispTag {
  if (!isRecord(row.Tag)) return row as MispTag;
  const tag = omit(row.Tag, 'org_id') as MispTag;
  // Whether a tag is local is a matter of the link, not of the tag.
  return row.local === undefined ? tag : { ...tag, local: row.local as MispTag['local'] };
}

/** Whether there is a tag without a name, as MISP sends them of events that are about to be saved. */
export function hasNamelessTag(tags: unknown): boolean {
  return isList(tags) && tags.some((tag) => !isRecord(tag) || typeof tag.name !== 'string');
}
