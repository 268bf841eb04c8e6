/** Tags that were attached or removed, in the data. */
import { isSet } from '../event/flags';
import type { MispEffectiveTag, MispEvent, MispTag } from '../event/core';
import { isList } from '../event/values';
import { attributesIn, find, isSame, reportsIn, takeOff } from './event-things';
import type { AttachTags, DetachTags, OperationResult, Ref } from './plan';
import { tagKey } from './tag-state';

type TagChange = AttachTags | DetachTags;

/** Which of some tags were attached to a thing, or removed; the event itself has no name. */
export type DoneOf = (ref: Ref, tags: readonly string[]) => readonly string[];

/** Shows the tags of an operation that was done, as far as it was done. */
export function changeTags(
  event: MispEvent,
  change: TagChange,
  { state, spelled = {} }: Pick<OperationResult, 'state' | 'spelled'>,
  done: DoneOf,
): void {
  const tagsOf = (ref: Ref) =>
    done(ref, change.tags).map((name): MispTag => tagOf(spelled[name] ?? name, change));
  // What MISP had already has not taken the event off publication.
  const unpublishes = change.do === 'attach-tags' && !change.local && state !== 'unchanged';
  if (change.scope === 'event') {
    if (changeOwn(event, tagsOf({}), change) && unpublishes) takeOff(event);
    return;
  }
  const things = change.scope === 'attribute' ? attributesIn(event) : reportsIn(event);
  for (const [item, ref] of find(things, change.items)) {
    const tags = tagsOf(ref);
    if (tags.length === 0) continue;
    const own = tags.map((tag): MispEffectiveTag => ({ ...tag, inherited: false }));
    item.Tag = changed(item.Tag ?? [], tags, change);
    if (isList(item._allTags)) item._allTags = changed(item._allTags, own, change);
    if (unpublishes) takeOff(event);
  }
}

/** The tags of the event itself, which all that is in it inherits. */
function changeOwn(event: MispEvent, tags: MispTag[], change: TagChange): boolean {
  // An event without its tags, as some triggers send it, must not look as if it had just these.
  if (event.Tag === undefined && event._AttributeFlattened === undefined) return false;
  if (!isSame(event, change.event) || tags.length === 0) return false;
  event.Tag = changed(event.Tag ?? [], tags, change);
  const inherited = event.Tag.map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
  for (const item of [...attributesIn(event), ...reportsIn(event)]) {
    if (isList(item._allTags))
      item._allTags = inherited.concat(item._allTags.filter((tag) => !isSet(tag.inherited)));
  }
  return true;
}

function tagOf(name: string, change: TagChange): MispTag {
  if (change.do === 'detach-tags') return { name };
  const { local, relationship } = change;
  return { name, local, ...(relationship ? { relationship_type: relationship } : {}) };
}

/**
 * A new list: the old one may be shared with another thing. Inherited tags are not the thing's own. What is removed is
 * the same tag to MISP however its letters are written; what is attached has MISP's spelling.
 */
function changed<T extends MispTag>(present: readonly T[], tags: readonly T[], change: TagChange): T[] {
  const isOwn = (tag: T) => !isSet(tag.inherited);
  if (change.do === 'attach-tags') {
    const names = new Set(present.filter(isOwn).map(({ name }) => name));
    return [...present, ...tags.filter(({ name }) => !names.has(name))];
  }
  const names = new Set(tags.map(({ name }) => tagKey(name)));
  const goes = (tag: T) =>
    names.has(tagKey(tag.name)) &&
    isOwn(tag) &&
    (change.local === undefined || isSet(tag.local) === change.local);
  return present.filter((tag) => !goes(tag));
}
