import { isSet } from '../event/flags';

interface TagLike {
  name?: string;
  local?: unknown;
}
interface Tagged {
  Tag?: TagLike[];
}
interface Data {
  Event?: Tagged & { Attribute?: Tagged[]; Object?: { Attribute?: Tagged[] }[] };
}

/** MISP's parameters of the trigger `tag-attached-after-save`. */
export interface TagChoice {
  scope: 'event' | 'attribute' | 'any';
  locality: 'local' | 'global' | 'any';
  /** Tag names; none means every tag. */
  tags: readonly string[];
}

/**
 * Whether a `tag-attached-after-save` request is one of those asked for. MISP does not send the tag in
 * question, only the event or attribute with all its tags, so what counts is whether it now carries a tag
 * of that name and locality, as far as MISP tells them.
 */
export function tagChoiceMatches(choice: TagChoice, data: unknown): boolean {
  const event = (data as Data | null)?.Event;
  if (!event) return false;
  const attributes = [
    ...listOf(event.Attribute),
    ...listOf(event.Object).flatMap((object) => listOf(object.Attribute)),
  ];
  const onAttribute = attributes.length > 0;
  if (choice.scope === 'event' && onAttribute) return false;
  if (choice.scope === 'attribute' && !onAttribute) return false;
  const tagged = onAttribute ? attributes : [event];
  return tagged.some((item) => listOf(item.Tag).some((tag) => matches(choice, tag)));
}

function matches({ locality, tags }: TagChoice, tag: TagLike): boolean {
  // Of tags of events MISP does not send it, and has decided about it before it calls.
  const isToldOf = tag.local !== undefined && tag.local !== null;
  if (locality !== 'any' && isToldOf && isSet(tag.local) !== (locality === 'local')) return false;
  return tags.length === 0 || tags.includes(tag.name ?? '');
}

function listOf<T>(list: T[] | undefined): T[] {
  return Array.isArray(list) ? list : [];
}
