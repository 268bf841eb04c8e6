import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';

/** A tag on a thing, as far as actions care. */
export interface CarriedTag {
  name: string;
  /** MISP lets a tag be there twice: for this MISP only, and travelling with the event. */
  local: boolean;
  global: boolean;
  relationship: string;
}

/**
 * The tags that a thing carries itself, by name; undefined if the data does not tell. MISP leaves `Tag` out for
 * what is untagged, but some of its triggers send events without their tags. Attributes with `_allTags` are
 * complete.
 */
export function carriedTags(thing: object): Map<string, CarriedTag> | undefined {
  const { Tag: own, _allTags: all } = thing as { Tag?: unknown; _allTags?: unknown };
  if (isList(own)) return byName(own);
  return isList(all) ? byName(all.filter((tag) => isRecord(tag) && !isSet(tag.inherited))) : undefined;
}

/** A tag that is carried, however its letters are written: to MISP it is the same tag. */
export function carriedAs(
  tags: ReadonlyMap<string, CarriedTag> | undefined,
  name: string,
): CarriedTag | undefined {
  const known = tags?.get(name);
  if (known || !tags) return known;
  const key = tagKey(name);
  return [...tags.values()].find((tag) => tagKey(tag.name) === key);
}

/** The name of a tag as a key to compare by. */
export function tagKey(name: unknown): string {
  return textOf(name).toLowerCase();
}

function byName(tags: readonly unknown[]): Map<string, CarriedTag> {
  const found = new Map<string, CarriedTag>();
  for (const tag of tags) {
    if (!isRecord(tag) || typeof tag.name !== 'string') continue;
    const before = found.get(tag.name);
    const local = isSet(tag.local);
    found.set(tag.name, {
      name: tag.name,
      local: local || before?.local === true,
      global: !local || before?.global === true,
      relationship: textOf(tag.relationship_type),
    });
  }
  return found;
}
