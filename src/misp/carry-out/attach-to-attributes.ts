import type { AttachTags, Ref } from '../../actions/plan';
import { textOf } from '../../event/values';
import { text } from '../../text';
import { tagAttributes } from '../attributes';
import type { Saved } from '../expected';
import {
  callOptions,
  forPortions,
  nameOf,
  outcomeOf,
  type Context,
  type Failure,
  type Outcome,
} from './context';
import { lookUp, type Known } from './lookups';

interface Item {
  item: Ref;
  id: string;
}

/**
 * Attaches tags to attributes, to 1,000 with one call.
 * @param ids of the tags, by the names of the plan
 */
export async function tagItems(
  context: Context,
  { event, items, local }: AttachTags,
  ids: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const known = items.every(({ id }) => id !== undefined)
    ? { refs: items.map((item): Item => ({ item, id: item.id ?? '' })), failures: [] }
    : await resolve(context, event, items);
  let changed = 0;
  const failures = await forPortions(
    context,
    known.refs,
    ({ item }) => nameOf(item),
    async (portion) => {
      const saved = await attach(
        context,
        portion.map(({ id }) => id),
        [...ids.values()],
        local,
      );
      const added = countOf(saved);
      changed += added;
      if (added >= portion.length * ids.size) return [];
      const refs = portion.map(({ item }) => item);
      const rest = await attachRest(
        context,
        { event, items: refs, local, reason: textOf(saved.errors) },
        ids,
      );
      changed += rest.changed;
      return rest.failures;
    },
  );
  return outcomeOf(items.length, changed, [...known.failures, ...failures]);
}

async function resolve(context: Context, event: Ref, items: readonly Ref[]) {
  const { found, failures } = await lookUp(context, event, items);
  return { refs: found.map(({ item, head: { id } }): Item => ({ item, id })), failures };
}

function attach(context: Context, items: string[], tags: string[], local: boolean): Promise<Saved> {
  return tagAttributes(context.client, items, tags, local, callOptions(context, items.length * tags.length));
}

/** "500 tags added", "Tag added." for a single one, or `saved: false`. */
function countOf({ saved, success }: Saved): number {
  if (!saved) return 0;
  const [, count] = /^(\d+) tag/i.exec(success) ?? [];
  return count === undefined ? Number(/^tag added/i.test(success)) : Number(count);
}

interface Portion {
  event: Ref;
  items: readonly Ref[];
  local: boolean;
  /** MISP's words. */
  reason: string;
}

/**
 * MISP has attached less than asked: some were there, or it refused a tag. An exclusive taxonomy makes it refuse a tag for
 * all attributes of a call if one of them has another tag of that taxonomy. MISP does not say which, so they are looked
 * up, and the tag is tried once more for those that have none: one call for each tag. Nothing is attached by another way,
 * which would not mind the taxonomy.
 */
async function attachRest(
  context: Context,
  portion: Portion,
  ids: ReadonlyMap<string, string>,
): Promise<{ changed: number; failures: Failure[] }> {
  const { event, items, local, reason } = portion;
  const { found, failures } = await lookUp(context, event, items);
  let changed = 0;
  for (const [name, id] of ids) {
    const lacking = found.filter((known) => !carries(known, name));
    let refused = lacking;
    const free = lacking.filter((known) => !hasSameTaxonomy(known, name));
    const isNew = ids.size > 1 || free.length < found.length;
    if (free.length > 0 && isNew) {
      const added = countOf(
        await attach(
          context,
          free.map(({ head }) => head.id),
          [id],
          local,
        ),
      );
      changed += added;
      if (added >= free.length) refused = lacking.filter((known) => !free.includes(known));
    }
    const problem = text('carryOut.tagRefused', { tag: name, reason: reason || 'saved: false' });
    failures.push(...refused.map(({ item }) => ({ item: nameOf(item), problem, tags: [name] })));
  }
  return { changed, failures: onePerItem(failures) };
}

/** An item that several tags were refused for fails once, with all that was said. */
function onePerItem(failures: readonly Failure[]): Failure[] {
  const byItem = new Map<string | undefined, Failure>();
  for (const failure of failures) {
    const { problem: first, tags = [] } = byItem.get(failure.item) ?? {};
    const next = failure.problem;
    const problem = first === undefined ? next : text('carryOut.severalRefusals', { first, next });
    // What failed whatever the tag has none.
    const both = failure.tags && { tags: [...tags, ...failure.tags] };
    byItem.set(failure.item, { item: failure.item, problem, ...both });
  }
  return [...byItem.values()];
}

function carries({ head }: Known, name: string): boolean {
  return head.tags.some((own) => own.name.toLowerCase() === name.toLowerCase());
}

function hasSameTaxonomy({ head }: Known, name: string): boolean {
  const taxonomy = taxonomyOf(name);
  return taxonomy !== '' && head.tags.some((own) => taxonomyOf(own.name) === taxonomy);
}

/** `tlp` of `tlp:red`; nothing for a free tag. */
function taxonomyOf(name: string): string {
  return name.includes(':') ? name.slice(0, name.indexOf(':')).toLowerCase() : '';
}
