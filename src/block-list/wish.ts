import { withAttributes } from '../actions/targets';
import type { MispAttribute, MispTag } from '../event/core';
import { isSet } from '../event/flags';
import { isList, isRecord, textOf } from '../event/values';
import { entriesOf, type Entry } from './entry';
import type { Source, Wish } from './listed';

/** What a message does with a list. */
export const CHANGES = ['update', 'replace', 'remove'] as const;
export type ListChange = (typeof CHANGES)[number];

/** Which attributes put their values on a list. */
export interface Rules {
  types: ReadonlySet<string>;
  /** Only those with the flag for detection. */
  onlyIds: boolean;
  /** Not those of which a warninglist node has found that they are on one. */
  exceptWarned: boolean;
  /** Not those whose decay scores are all below this; 0: scores do not matter. */
  leastScore: number;
  /** Tags that keep the value off the list. */
  removal: ReadonlySet<string>;
  /** Of these, local ones only: others may come from anybody who shares with this MISP. */
  onlyLocal: boolean;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * What the attributes of a message want of a list.
 * @param whole the data without the flow's filters: what they hide is not missing
 * @param admits whether a list takes an entry
 * @param now seconds since 1970
 * @throws {EventDataError} if the data holds no attributes and no event
 * @throws {WorkflowError} if MISP did not send them
 */
export function wishOf(
  data: unknown,
  whole: unknown,
  change: ListChange,
  rules: Rules,
  admits: (entry: Entry) => boolean,
  now: number,
): Wish {
  const put = new Map<string, Source>();
  const drop = new Set<string>();
  for (const attribute of attributesIn(data, whole)) {
    const entries = entriesOf(textOf(attribute.type), textOf(attribute.value));
    const values = [...new Set(entries.filter(admits).map(({ value }) => value))];
    const key = keyOf(attribute, values);
    if (key === undefined) continue;
    const off = hasAny(attribute, rules);
    if (change === 'remove' || values.length === 0 || !(off || counts(attribute, rules))) drop.add(key);
    else put.set(key, { at: changedAt(attribute, now), values, ...(off ? { off } : {}) });
  }
  for (const key of put.keys()) drop.delete(key);
  return { whole: change === 'replace', put, drop };
}

/** Events, attributes as a search gives them, or lists of both. */
function attributesIn(data: unknown, whole: unknown): readonly MispAttribute[] {
  if (isAttribute(data)) return [data];
  if (!isList(data) || (data.length > 0 && !data.some(isAttribute)))
    return isList(data) && data.length > 1
      ? data.flatMap((event) => flattened(event, event))
      : flattened(data, whole);
  return data.flatMap((item) => (isAttribute(item) ? [item] : flattened(item, item)));
}

const flattened = (data: unknown, whole: unknown) =>
  withAttributes(data, whole).Event._AttributeFlattened ?? [];

const isAttribute = (item: unknown): item is MispAttribute =>
  isRecord(item) && typeof item.value === 'string' && typeof item.type === 'string';

/** An attribute without a uuid is known by what it lists. */
function keyOf({ uuid }: MispAttribute, values: readonly string[]): string | undefined {
  const key = textOf(uuid).toLowerCase();
  if (UUID.test(key)) return key;
  return values.length > 0 ? `=${values.join(' ')}` : undefined;
}

function counts(attribute: MispAttribute, rules: Rules): boolean {
  const { type, to_ids, deleted, warnings } = attribute;
  if (!rules.types.has(textOf(type)) || isSet(deleted)) return false;
  if (rules.onlyIds && !isSet(to_ids)) return false;
  if (rules.exceptWarned && isList(warnings) && warnings.length > 0) return false;
  return !hasFaded(attribute, rules.leastScore);
}

function hasFaded({ decay_score }: MispAttribute, least: number): boolean {
  if (!(least > 0) || !isList(decay_score) || decay_score.length === 0) return false;
  return decay_score.every((one) => isRecord(one) && Number(one.score) < least);
}

function hasAny({ Tag, _allTags, deleted }: MispAttribute, { removal, onlyLocal }: Rules): boolean {
  if (removal.size === 0 || isSet(deleted)) return false;
  const tags = (isList(_allTags) ? _allTags : isList(Tag) ? Tag : []) as readonly Partial<MispTag>[];
  return tags.some((tag) => removal.has(textOf(tag?.name)) && (!onlyLocal || isSet(tag.local)));
}

/** A time that is still to come would never expire. */
function changedAt({ timestamp }: MispAttribute, now: number): number {
  const at = Number(textOf(timestamp));
  return at > 0 && at <= now ? Math.floor(at) : now;
}
