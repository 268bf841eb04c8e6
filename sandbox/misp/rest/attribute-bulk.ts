import type { StandIn } from '../stand-in';
import type { FoundAttribute } from '../store/items';
import type { StoredTag } from '../store/tags';
import { deny, notFound, type RestAnswer } from './answers';
import { editFields } from './attribute-rows';
import { hasHost, isOfHost, mayChange, maySee } from './permissions';
import type { RestRequest } from './router';
import { addTag, hasTag } from './tag-objects';
import { isExcluded } from './taxonomies';
import { touch } from './touch';
import { textOf } from './values';

/** A list that is the text of a list, or a single id. */
function idsOf(value: unknown): string[] {
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string') return [];
  try {
    return [JSON.parse(value) as unknown].flat().map(String);
  } catch {
    return [];
  }
}

/** `attributes/addTag/selected`: tags, by id, to many attributes (recording: test/fixtures/rest/bulk-calls.json). */
export function tagSelected({ body, named, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const { attribute_ids, tag } = (body ?? {}) as Record<string, unknown>;
  const local = named.local === '1';
  const found = idsOf(attribute_ids)
    .map((id) => misp.items.attribute(id))
    .filter((entry) => entry !== undefined && maySee(user, entry.event)) as FoundAttribute[];
  if (found.length === 0) return notFound('Invalid attribute', url);
  const tags = idsOf(tag).map((id) => misp.tags.find(id));
  if (tags.length === 0 || tags.includes(undefined)) {
    return { status: 200, body: { saved: false, errors: 'Invalid Tag.' } };
  }
  if (local ? hasHost(misp) && !isOfHost(misp, user) : !mayChange(user, found[0].event)) {
    return deny("You don't have permission to do that.", url);
  }
  let added = 0;
  let refused = 0;
  for (const wanted of tags as StoredTag[]) {
    // What an exclusive taxonomy refuses for one attribute is refused for the whole call.
    const isRefused = found.some(({ attribute }) => isExcluded(attribute.Tag ?? [], wanted.name, local));
    for (const entry of found) {
      if (!isRefused && accepts(entry, wanted, local)) {
        addTag(entry.attribute, wanted, local);
        if (!local) touch(entry.event, entry.attribute);
        added += 1;
      } else refused += 1;
    }
  }
  const words = (count: number, what: string) => `${count} tag${count === 1 ? '' : 's'} ${what}`;
  if (added === 0) {
    return { status: 200, body: { saved: false, errors: words(refused, 'could not be added.') } };
  }
  const success = found.length === 1 && tags.length === 1 ? 'Tag added.' : words(added, 'added');
  return { status: 200, body: { saved: true, success, check_publish: true } };
}

function accepts({ attribute }: FoundAttribute, tag: StoredTag, local: boolean): boolean {
  if (hasTag(attribute, tag) || (tag.local_only && !local)) return false;
  return true;
}

/** `attributes/editSelected/EVENT`: the same for many; 2, 6 and an empty comment mean "keep". */
export function editSelected({ args: [id = ''], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const event = misp.event(id);
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  if (!mayChange(user, event)) return deny('You are not authorized to edit this event.', url);
  const { Attribute: wanted = {} } = body as { Attribute?: Record<string, unknown> };
  const fields: Record<string, unknown> = {};
  if (textOf(wanted.to_ids ?? '2') !== '2') fields.to_ids = wanted.to_ids;
  if (textOf(wanted.distribution ?? '6') !== '6') fields.distribution = wanted.distribution;
  if (wanted.comment) fields.comment = wanted.comment;
  for (const attributeId of idsOf(wanted.attribute_ids)) {
    const found = misp.items.attribute(attributeId);
    if (found?.event !== event) continue;
    editFields(found.attribute, fields);
    touch(event, found.attribute);
  }
  return { status: 200, body: { saved: true } };
}
