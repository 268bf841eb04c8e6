import type { Ref } from '../../actions/plan';
import { text, WorkflowError } from '../../text';
import { attributeHead, attributeHeads, getAttribute, type AttributeHead } from '../attributes';
import { eventHeads, type EventHead } from '../events';
import { forEach, mispKey, nameOf, portions, type Context, type Failure } from './context';

/** An item of a plan, and what MISP knows of it. */
export interface Known {
  item: Ref;
  head: AttributeHead;
}

/** Uuids of one search. */
const MOST_UUIDS = 2500;

/**
 * Looks attributes up in MISP: by uuid, or as those of their event, 5,000 with one call; those that are known by id only
 * and without event one by one.
 * @returns those that were found, in order; the others are failures
 */
export async function lookUp(
  context: Context,
  event: Ref,
  items: readonly Ref[],
): Promise<{ found: Known[]; failures: Failure[] }> {
  const heads = new Map<string, AttributeHead>();
  const learn = (head: AttributeHead) => heads.set(head.id, head).set(head.uuid.toLowerCase(), head);
  const eventKey = mispKey(event);
  const uuids = items.flatMap(({ uuid }) => uuid ?? []);
  const deleted = [0, 1];
  if (uuids.length === items.length) {
    for (const uuid of portions(uuids, MOST_UUIDS)) {
      for await (const head of attributeHeads(context.client, { uuid, deleted }, context.signal)) learn(head);
    }
  } else if (eventKey !== undefined) {
    const conditions = { eventid: eventKey, deleted };
    for await (const head of attributeHeads(context.client, conditions, context.signal)) learn(head);
  }
  const quiet = { ...context, advance: () => undefined };
  const unknown = eventKey === undefined ? items.filter(({ uuid }) => uuid === undefined) : [];
  await forEach(quiet, unknown, nameOf, async ({ id = '' }) => {
    learn(attributeHead(await getAttribute(context.client, id, context.signal)));
  });
  const found: Known[] = [];
  const failures: Failure[] = [];
  for (const item of items) {
    const head = heads.get(item.uuid?.toLowerCase() ?? '') ?? heads.get(item.id ?? '');
    if (head) found.push({ item, head });
    else failures.push({ item: nameOf(item), problem: text('carryOut.noAttribute') });
  }
  return { found, failures };
}

/**
 * What MISP knows of an event, without its contents.
 * @throws {WorkflowError} if it is not there, or the key may not see it
 */
export async function eventHead({ client, signal }: Context, ref: Ref): Promise<EventHead> {
  const key = mispKey(ref);
  if (key === undefined) throw new WorkflowError('carryOut.noEvent');
  const head = (await eventHeads(client, [key], signal)).get(key.toLowerCase());
  if (!head) throw new WorkflowError('misp.notFound', { message: text('misp.noEvent', { key }) });
  return head;
}

/**
 * How MISP is asked for the event of a plan: what the plan says, or what its attributes say.
 * @throws {WorkflowError} if nothing tells
 */
export async function eventKey(context: Context, event: Ref, items: readonly Ref[]): Promise<string> {
  const key = mispKey(event);
  if (key !== undefined) return key;
  const { found } = await lookUp(context, event, items.slice(0, 1));
  const own = found[0]?.head.eventId;
  if (!own) throw new WorkflowError('carryOut.noEvent');
  return own;
}
