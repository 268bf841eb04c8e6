import taxonomies from '../data/taxonomies.json';
import type { MispEvent } from '../model';
import { TagStore } from './tags';

/**
 * The tags of a fresh stand-in: those of its taxonomies, and what its events have. A galaxy cluster has a tag only once
 * it was attached somewhere.
 */
export function tagsOf(events: Iterable<MispEvent>): TagStore {
  const tags = new TagStore();
  for (const event of events) {
    const holders = [event, ...event.Attribute, ...event.Object.flatMap(({ Attribute }) => Attribute)];
    for (const { Tag = [] } of holders) for (const { name, ...rest } of Tag) tags.make(name, rest);
  }
  for (const { entries } of taxonomies) {
    for (const { id, tag, colour } of entries) tags.make(tag, tags.find(id) ? { colour } : { id, colour });
  }
  return tags;
}
