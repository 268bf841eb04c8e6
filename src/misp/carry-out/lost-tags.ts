import type { NewTag } from '../../actions/add-to-event';
import { tagKey } from '../../actions/tag-state';
import { isList, isRecord } from '../../event/values';
import { text } from '../../text';
import type { Json } from '../expected';
import type { Failure } from './context';

/**
 * Tags that MISP has left out of new attributes, which it does not say: one failure for each.
 * @param added what was asked for, and how MISP has it
 */
export function lostTags(added: Iterable<readonly [{ Tag?: NewTag[] }, Json]>): Failure[] {
  const counts = new Map<string, number>();
  for (const [{ Tag: wanted = [] }, row] of added) {
    if (wanted.length === 0) continue;
    const there = new Set((isList(row.Tag) ? row.Tag.filter(isRecord) : []).map(({ name }) => tagKey(name)));
    for (const { name } of wanted)
      if (!there.has(tagKey(name))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([tag, count]) => ({
    problem: text('newEvent.tagLost', { tag, count }),
    tags: [tag],
  }));
}
