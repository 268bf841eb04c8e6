import type { DetachTags } from '../../actions/plan';
import { changeTags } from '../../actions/reflect-tags';
import { WorkflowError } from '../../text';
import { untag } from '../tags';
import { refuseUnsaved } from '../validation';
import {
  callOptions,
  forEach,
  nameOf,
  outcomeOf,
  type Context,
  type Failure,
  type Outcome,
} from '../carry-out/context';
import { eventHead, lookUp, type Known } from '../carry-out/lookups';
import type { TagEntry } from '../carry-out/tag-entries';
import { editAttributeTags, editTags, type TagRow } from '../carry-out/tags-by-edit';
import { inEach, ITEMS, laneOfEvent, type OperationEntry } from './entry';

export const detachTags: OperationEntry<DetachTags> = {
  carryOut,
  reflect: inEach(changeTags),
  lane: laneOfEvent,
  ...ITEMS,
  permission: 'perm_tagger',
};

type OwnTag = Readonly<{ name: string; local: boolean }>;

/**
 * Removes tags, where they are attached: of an event with one call for each tag, of attributes with one call for up to
 * 1,000. What is not tagged is unchanged.
 */
async function carryOut(context: Context, operation: DetachTags): Promise<Outcome> {
  if (operation.scope === 'event-report') return editTags(context, operation);
  if (operation.scope === 'attribute') return detachFromItems(context, operation);
  const head = await eventHead(context, operation.event);
  const own = matching(head.tags, operation);
  const refused = await forEach(
    { ...context, parallel: 1 },
    own,
    ({ name }) => name,
    async ({ name }) => void (await remove(context, head.uuid, name)),
  );
  const failures = refused.map(({ item = '', problem }): Failure => ({ problem, tags: [item] }));
  return outcomeOf(own.length, own.length, failures);
}

/** Those of the tags that the operation is about, as they are attached. */
function matching(tags: readonly OwnTag[], { tags: names, local }: DetachTags): OwnTag[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return tags.filter(
    (tag) => wanted.has(tag.name.toLowerCase()) && (local === undefined || tag.local === local),
  );
}

/** One that is gone already is no error: someone else, or a call whose answer was lost, was faster. */
async function remove(context: Context, uuid: string, name: string): Promise<void> {
  try {
    refuseUnsaved(await untag(context.client, uuid, name, callOptions(context)), 'tags/removeTagFromObject');
  } catch (error) {
    if (!(error instanceof WorkflowError) || error.key !== 'misp.notFound') throw error;
  }
}

interface Tagged extends Known {
  own: OwnTag[];
}

async function detachFromItems(context: Context, operation: DetachTags): Promise<Outcome> {
  const { event, items } = operation;
  const { found, failures } = await lookUp(context, event, items);
  const tagged = found
    .map((known): Tagged => ({ ...known, own: matching(known.head.tags, operation) }))
    .filter(({ own }) => own.length > 0);
  context.advance(items.length - tagged.length);
  const refused = tagged.length === 0 ? [] : await detachAll(context, tagged);
  return outcomeOf(items.length, tagged.length - refused.length, [...failures, ...refused]);
}

async function detachAll(context: Context, tagged: readonly Tagged[]): Promise<Failure[]> {
  const [{ head, own }] = tagged;
  const single = tagged.length === 1 && own.length === 1;
  if (single || (await wouldUnpublish(context, head.eventId, tagged))) return oneByOne(context, tagged);
  const rows = tagged.map(({ item, head: { uuid, objectId }, own: tags }): TagRow => {
    return { item, uuid, objectId, change: { Tag: tags.map(entryOf) } };
  });
  return editAttributeTags(context, head.eventId, rows);
}

const entryOf = ({ name, local }: OwnTag): TagEntry => ({ name, local: local ? 1 : 0, deleted: 1 });

/** Editing takes an event off publication; removing local tags one by one does not. */
async function wouldUnpublish(
  context: Context,
  eventId: string,
  tagged: readonly Tagged[],
): Promise<boolean> {
  if (tagged.some(({ own }) => own.some(({ local }) => !local))) return false;
  return (await eventHead(context, { id: eventId })).published;
}

function oneByOne(context: Context, tagged: readonly Tagged[]): Promise<Failure[]> {
  return forEach(
    context,
    tagged,
    ({ item }) => nameOf(item),
    async ({ head, own }) => {
      for (const { name } of own) await remove(context, head.uuid, name);
    },
  );
}
