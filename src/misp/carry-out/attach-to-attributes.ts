import type { AttachTags, Ref } from '../../actions/plan';
import { WorkflowError } from '../../text';
import { tagAttributes } from '../attributes';
import { tag, type Saved } from '../tags';
import {
  callOptions,
  forEach,
  nameOf,
  outcomeOf,
  portions,
  refuseStopped,
  type Context,
  type Failure,
  type Outcome,
} from './context';
import { lookUp, type Known } from './lookups';

/**
 * Attaches tags to attributes, to 1,000 with one call.
 * @param ids of the tags, by the names of the plan
 */
export async function tagItems(
  context: Context,
  { event, items, local }: AttachTags,
  ids: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const withId = items.every(({ id }) => id !== undefined)
    ? { refs: items.map((item) => ({ item, id: item.id ?? '' })), failures: [] }
    : await resolve(context, event, items);
  const failures: Failure[] = [...withId.failures];
  let changed = 0;
  for (const portion of portions(withId.refs)) {
    refuseStopped(context);
    const options = callOptions(context, portion.length * ids.size);
    const own = portion.map(({ id }) => id);
    const saved = await tagAttributes(context.client, own, [...ids.values()], local, options);
    const added = countOf(saved);
    changed += added;
    if (added < portion.length * ids.size) {
      const refs = portion.map(({ item }) => item);
      const rest = await attachRest(context, event, refs, ids, local);
      changed += rest.changed;
      failures.push(...rest.failures);
    }
    context.advance(portion.length);
  }
  return outcomeOf(items.length, changed, failures);
}

async function resolve(context: Context, event: Ref, items: readonly Ref[]) {
  const { found, failures } = await lookUp(context, event, items);
  return { refs: found.map(({ item, head: { id } }) => ({ item, id })), failures };
}

/** "500 tags added", or `saved: false`. */
function countOf({ saved, success }: Saved): number {
  const [, count = '0'] =
    saved === true && typeof success === 'string' ? (/^(\d+) tag/.exec(success) ?? []) : [];
  return Number(count);
}

/**
 * MISP has attached less than asked: some were there, or it refused some. It does not say which, so they are looked up,
 * and those without a tag are tried one by one: then it says why.
 */
async function attachRest(
  context: Context,
  event: Ref,
  items: readonly Ref[],
  ids: ReadonlyMap<string, string>,
  local: boolean,
): Promise<{ changed: number; failures: Failure[] }> {
  const { found, failures } = await lookUp(context, event, items);
  const lacking = found.flatMap((known) => {
    const missing = [...ids].filter(([name]) => !carries(known, name)).map(([, id]) => id);
    return missing.length > 0 ? [{ known, missing }] : [];
  });
  const quiet = { ...context, advance: () => undefined };
  const refused = await forEach(
    quiet,
    lacking,
    ({ known }) => nameOf(known.item),
    async ({ known, missing }) => {
      const { message = '' } = await tag(
        context.client,
        known.head.uuid,
        missing,
        local,
        callOptions(context),
      );
      const [, problem] = /Reasons: (.*)/s.exec(message) ?? [];
      if (problem) throw new WorkflowError('misp.notSaved', { message: 'attachTagToObject', problem });
    },
  );
  return { changed: lacking.length - refused.length, failures: [...failures, ...refused] };
}

function carries({ head }: Known, name: string): boolean {
  return head.tags.some((own) => own.name.toLowerCase() === name.toLowerCase());
}
