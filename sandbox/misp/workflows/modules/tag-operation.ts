import { get } from '../../../../src/event/hash';
import { getMatchingItemsForAttributes } from '../../../../src/event/saved-filters';
import { isRecord, textOf, valuesOf } from '../../../../src/event/values';
import { chosenTagNames } from '../../../../src/logic/tag-names';
import type { Block } from '../../../../src/workflow';
import type { MispEvent, MispTag } from '../../model';
import { addTag, hasTag } from '../../rest/tag-objects';
import { touch } from '../../rest/touch';
import { isSince } from '../../version';
import { eventIn } from './event-in';
import { failed, type Roaming, type Verdict } from './module';

interface Holder {
  timestamp?: unknown;
  Tag?: MispTag[];
}

/**
 * Adds tags to the event or its attributes, or removes them. Where a global tag came, or any went, the event is
 * touched: it has a new timestamp, and is not published any more.
 */
export function tagOperation({ params, filters = {} }: Block, roaming: Roaming): Verdict {
  const event = eventIn(roaming);
  if (!event) return failed('No event was found to tag.');
  const names = chosenTagNames(params).map(textOf);
  const { action = 'add', scope = 'event' } = params;
  const holders = scope === 'attribute' ? attributesIn(roaming, filters) : [event];
  const locality = textOf(params.locality ?? 'local');
  for (const holder of holders) {
    const changed =
      action === 'remove'
        ? remove(holder, names, locality)
        : add(roaming, holder, names, locality === 'local');
    if (changed) touch(event, holder === event ? undefined : holder);
  }
  if (isSince(roaming.misp.version, '2.5.8')) renewTags(roaming.data, event);
  return { ok: true };
}

function attributesIn({ misp, data }: Roaming, filters: object): Holder[] {
  return valuesOf(getMatchingItemsForAttributes(filters, data)).flatMap((item) => {
    const found = misp.items.attribute(textOf(get(item, 'id')));
    return found ? [found.attribute] : [];
  });
}

/** @returns whether a global tag came */
function add({ misp }: Roaming, holder: Holder, names: readonly string[], local: boolean): boolean {
  const wanted = names.map((name) => misp.tags.make(name)).filter((tag) => !hasTag(holder, tag));
  for (const tag of wanted) addTag(holder, tag, local);
  return !local && wanted.length > 0;
}

/** @returns whether one went */
function remove(holder: Holder, names: readonly string[], locality: string): boolean {
  const isMeant = ({ name, local }: MispTag) =>
    names.some((one) => one.toLowerCase() === name.toLowerCase()) &&
    (locality === 'any' || (locality === 'local') === local);
  const kept = (holder.Tag ?? []).filter((tag) => !isMeant(tag));
  const changed = kept.length !== (holder.Tag ?? []).length;
  if (changed) holder.Tag = kept;
  return changed;
}

/** Newer MISPs tell the blocks behind. */
function renewTags(data: unknown, event: MispEvent): void {
  const known = isRecord(data) ? data.Event : undefined;
  if (isRecord(known)) Object.assign(known, { Tag: [...event.Tag] });
}
