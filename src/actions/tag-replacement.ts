import type { SavedFilters } from '../event/saved-filters';
import { WorkflowError } from '../text';
import type { AttachTags, DetachTags, Plan, Ref } from './plan';
import { substitutions, type Substitute } from './tag-patterns';
import { carriedTags, type CarriedTag } from './tag-state';
import { attributesOf, byEvent, eventOf, isEventMeant } from './targets';

/** The parameters of MISP's tag replacement modules. */
export interface TagReplacementParams {
  /** `event`, `attribute`, or `all` for both. */
  scope?: string;
  /** `yes` removes the replaced tag; anything else keeps it. */
  remove_substituted?: string;
  /** Of the new tag: `local`, `global`, or beyond MISP `same` as the replaced one. */
  locality?: string;
  /** Of the new tag. */
  relationship_type?: string;
}

const NO_TAGS: Map<string, CarriedTag> = new Map();

type TagPlan = Plan<AttachTags | DetachTags>;

/** What is to change on one thing. */
interface Change {
  remove: string[];
  /** New tags for this MISP only, and those that travel. */
  local: string[];
  global: string[];
}

/**
 * Replaces tags by others. Nothing is planned for a tag that stands there as it should already; things with the
 * same change share an operation.
 * @throws {WorkflowError} if the data holds no event, or does not tell which tags it has
 */
export function planTagReplacement(
  params: TagReplacementParams,
  substitute: Substitute,
  filters: Partial<SavedFilters>,
  data: unknown,
): TagPlan {
  const { scope = 'event' } = params;
  const wanted = wantedTag(params);
  const plan: TagPlan = [];
  if (scope !== 'attribute' && isEventMeant(filters, data)) {
    const { event, ref } = eventOf(data);
    const tags = carriedTags(event);
    if (!tags) throw new WorkflowError('action.tagsUnknown');
    plan.push(...operations('event', ref, [], changeFor(tags, substitute, wanted), wanted));
  }
  if (scope === 'event') return plan;
  for (const { event, targets } of byEvent(attributesOf(filters, data))) {
    const groups = new Map<string, { change: Change; items: Ref[] }>();
    for (const { item, ref } of targets) {
      const change = changeFor(carriedTags(item) ?? NO_TAGS, substitute, wanted);
      const key = JSON.stringify(change);
      const group = groups.get(key);
      if (group) group.items.push(ref);
      else groups.set(key, { change, items: [ref] });
    }
    for (const { change, items } of groups.values()) {
      plan.push(...operations('attribute', event, items, change, wanted));
    }
  }
  return plan;
}

interface Wanted {
  remove: boolean;
  /** undefined: as the tag that is replaced. */
  local: boolean | undefined;
  relationship: string;
}

function wantedTag(params: TagReplacementParams): Wanted {
  const { remove_substituted: remove, locality = 'local', relationship_type: relationship = '' } = params;
  return {
    remove: remove === 'yes',
    local: locality === 'same' ? undefined : locality !== 'global',
    relationship,
  };
}

function changeFor(tags: Map<string, CarriedTag>, substitute: Substitute, wanted: Wanted): Change {
  const found = substitutions([...tags.keys()], substitute).filter(({ add }) => add !== '');
  /** The new tags; a tag that takes the place of several travels if one of them does. */
  const added = new Map<string, boolean>();
  for (const { remove, add } of found) {
    const local = wanted.local ?? !tags.get(remove)?.global;
    added.set(add, local && (added.get(add) ?? true));
  }
  const removed = new Set(wanted.remove ? found.map(({ remove }) => remove) : []);
  for (const [name, local] of added) {
    const tag = tags.get(name);
    if (!tag) continue;
    const isAsWanted = (local ? tag.local : tag.global) && tag.relationship === wanted.relationship;
    if (removed.has(name) && !isAsWanted && wanted.local !== undefined) continue;
    added.delete(name);
    removed.delete(name);
  }
  const names = (local: boolean) => [...added].filter((entry) => entry[1] === local).map(([name]) => name);
  return { remove: [...removed], local: names(true), global: names(false) };
}

/** The old tag goes first: it may be the new one, with another locality. */
function operations(
  scope: 'event' | 'attribute',
  event: Ref,
  items: Ref[],
  { remove, local, global }: Change,
  { relationship }: Wanted,
): TagPlan {
  const on = { scope, event, items };
  const plan: TagPlan = remove.length > 0 ? [{ do: 'detach-tags', ...on, tags: remove }] : [];
  for (const [tags, isLocal] of [[local, true] as const, [global, false] as const]) {
    if (tags.length === 0) continue;
    // The notations of the taxonomies are tags that a MISP may not have yet; MISP's modules create them.
    const attach: AttachTags = { do: 'attach-tags', ...on, tags, local: isLocal, create: true };
    plan.push(relationship ? { ...attach, relationship } : attach);
  }
  return plan;
}
