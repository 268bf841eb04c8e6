import type { NewTag } from '../../actions/add-to-event';
import { tagKey } from '../../actions/tag-state';
import { isList, isRecord } from '../../event/values';
import { text } from '../../text';
import type { Json } from '../expected';
import type { Failure } from './context';

/** The tags of a thing in MISP's answer. */
export const tagsIn = ({ Tag }: Json): Json[] => (isList(Tag) ? Tag.filter(isRecord) : []);

/** The tags that a thing in MISP's answer lacks. */
export function lackingTags(wanted: readonly string[], row: Json): string[] {
  const there = new Set(tagsIn(row).map(({ name }) => tagKey(name)));
  return wanted.filter((name) => !there.has(tagKey(name)));
}

/**
 * Tags that MISP has left out of new attributes, which it does not say: one failure for each.
 * @param added what was asked for, and how MISP has it
 */
export function lostTags(added: Iterable<readonly [{ Tag?: NewTag[] }, Json]>): Failure[] {
  const counts = new Map<string, number>();
  for (const [{ Tag = [] }, row] of added) {
    const names = Tag.map(({ name }) => name);
    for (const tag of lackingTags(names, row)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].map(([tag, count]) => ({
    problem: text('newEvent.tagLost', { tag, count }),
    tags: [tag],
  }));
}
