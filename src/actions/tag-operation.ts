import type { SavedFilters } from '../event/saved-filters';
import { chosenTagNames } from '../logic/tag-names';
import type { TagChoice } from '../logic/tag-names';
import type { AttachTags, DetachTags, Plan, Ref, TagScope } from './plan';
import { carriedAs, carriedTags, type CarriedTag } from './tag-state';
import { attributesOf, byEvent, eventOf, isEventMeant, reportsOf, type Target } from './targets';

/** The parameters of MISP's module `tag_operation`. */
export interface TagOperationParams extends Omit<TagChoice, 'tags'> {
  /** Names; a single one may stand alone. */
  tags?: readonly string[] | string;
  /** `event`, `attribute`, or beyond MISP `event-report`. */
  scope?: string;
  /** `add` or `remove`. */
  action?: string;
  /** `local`, `global` or `any`. What is added with `any` becomes global, as in MISP. */
  locality?: string;
  relationship_type?: string;
  /** Beyond MISP: create tags that MISP does not have. */
  create?: boolean;
}

type TagPlan = Plan<AttachTags | DetachTags>;

/**
 * Tags to add to, or remove from, the event or the items that the filter leaves. Nothing is planned for what is
 * known to be tagged already, or not tagged; one operation for each event.
 * @throws {WorkflowError} if the data holds no event that MISP could find
 */
export function planTagOperation(
  params: TagOperationParams,
  filters: Partial<SavedFilters>,
  data: unknown,
): TagPlan {
  const tags = namesIn(params);
  if (tags.length === 0) return [];
  return scopesOf(params, filters, data).flatMap((scope) => planScope(params, tags, scope));
}

interface Scoped {
  scope: TagScope;
  event: Ref;
  things: { ref: Ref; tags: Map<string, CarriedTag> | undefined }[];
}

function scopesOf(
  { scope = 'event' }: TagOperationParams,
  filters: Partial<SavedFilters>,
  data: unknown,
): Scoped[] {
  if (scope === 'attribute') return itemsByEvent(scope, attributesOf(filters, data));
  if (scope === 'event-report') return itemsByEvent(scope, reportsOf(filters, data));
  if (!isEventMeant(filters, data)) return [];
  const { event, ref } = eventOf(data);
  return [{ scope: 'event', event: ref, things: [{ ref, tags: carriedTags(event) }] }];
}

function itemsByEvent(scope: TagScope, targets: Target<object>[]): Scoped[] {
  return byEvent(targets).map(({ event, targets: items }) => ({
    scope,
    event,
    things: items.map(({ ref, item }) => ({ ref, tags: carriedTags(item) })),
  }));
}

function planScope(params: TagOperationParams, tags: string[], scoped: Scoped): TagPlan {
  const { action = 'add', locality = 'local', relationship_type: relationship, create } = params;
  const remove = action === 'remove';
  const local = locality === 'any' ? undefined : locality !== 'global';
  const matters = remove
    ? (known: Map<string, CarriedTag> | undefined, tag: string) => mayCarry(known, tag, local)
    : (known: Map<string, CarriedTag> | undefined, tag: string) => !known?.has(tag);
  const things = scoped.things.filter(({ tags: known }) => tags.some((tag) => matters(known, tag)));
  if (things.length === 0) return [];
  const change = {
    scope: scoped.scope,
    event: scoped.event,
    items: scoped.scope === 'event' ? [] : things.map(({ ref }) => ref),
    tags: tags.filter((tag) => things.some(({ tags: known }) => matters(known, tag))),
  };
  if (remove) return [{ do: 'detach-tags', ...change, ...(local === undefined ? {} : { local }) }];
  return [
    {
      do: 'attach-tags',
      ...change,
      local: local === true,
      ...(relationship ? { relationship } : {}),
      ...(create ? { create } : {}),
    },
  ];
}

/** Whether a tag is there to be removed, or could be. */
function mayCarry(known: Map<string, CarriedTag> | undefined, tag: string, local?: boolean): boolean {
  if (!known) return true;
  const carried = carriedAs(known, tag);
  return carried !== undefined && (local === undefined || (local ? carried.local : carried.global));
}

/** Each name once. */
function namesIn({ tags, clusters }: TagOperationParams): string[] {
  const list = typeof tags === 'string' ? (tags === '' ? [] : [tags]) : tags;
  const names = chosenTagNames({ tags: list, clusters }).map(String);
  return [...new Set(names)].filter((name) => name !== '');
}
