import type { CreateEvent } from '../../actions/create-event';
import type { AttachTags } from '../../actions/plan';
import { textOf } from '../../event/values';
import { text } from '../../text';
import { callOptions, done, wordsOf, type Context, type Failure, type Outcome } from '../carry-out/context';
import { lackingTags, tagsIn } from '../carry-out/lost-tags';
import { isClusterTag } from '../clusters';
import { createEvent as create } from '../events';
import type { Json } from '../expected';
import { attachTags } from './attach-tags';
import { laneOfEvent, NOT_IN_DATA, ONE_THING, type OperationEntry } from './entry';

export const createEvent: OperationEntry<CreateEvent> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: laneOfEvent,
  ...ONE_THING,
  permission: 'perm_add',
};

/** Who sees the event: that must be as it was asked for. */
const SEEN_BY = ['distribution', 'sharing_group_id'] as const;

/**
 * One call. MISP leaves out tags that it does not have and the key may not make, and does not say so; those of galaxy
 * clusters come with the cluster being attached.
 */
async function carryOut(context: Context, { event, fields, tags }: CreateEvent): Promise<Outcome> {
  const asked = {
    ...fields,
    uuid: event.uuid,
    published: false,
    ...(tags.length > 0 ? { Tag: tags.map((name) => ({ name })) } : {}),
  };
  const made = await create(context.client, asked, callOptions(context));
  context.advance(1);
  context.saved('event', made, 'new');
  const answer = { id: textOf(made.id), uuid: event.uuid };
  const lacking = lackingTags(tags, made);
  const clusters = lacking.filter(isClusterTag);
  const failures = [
    ...otherFields(made, fields),
    ...lacking.filter((tag) => !clusters.includes(tag)).map(notAttached),
    ...(clusters.length > 0 ? await attachClusters(context, made, clusters) : []),
  ];
  return failures.length > 0 ? { state: 'partial', failures, answer } : done(answer);
}

function otherFields(made: Json, fields: CreateEvent['fields']): Failure[] {
  const other = SEEN_BY.filter((name) => fields[name] !== undefined && textOf(made[name]) !== fields[name]);
  return other.length > 0
    ? [{ problem: text('carryOut.fieldsNotChanged', { fields: other.join(', ') }) }]
    : [];
}

function notAttached(tag: string): Failure {
  return { tags: [tag], problem: text('carryOut.tagNotChanged', { tag }) };
}

async function attachClusters(context: Context, made: Json, tags: string[]): Promise<Failure[]> {
  const event = { id: textOf(made.id), uuid: textOf(made.uuid) };
  const within = { ...context, advance: () => undefined };
  const attach: AttachTags = { do: 'attach-tags', scope: 'event', event, items: [], tags, local: false };
  try {
    const { failures = [] } = await attachTags.carryOut(within, attach);
    const names = failures.flatMap((failure) => failure.tags ?? []);
    const Tag = [...tagsIn(made), ...tags.filter((name) => !names.includes(name)).map((name) => ({ name }))];
    context.saved('event', { ...made, Tag }, 'contents');
    return failures;
  } catch (error) {
    // The event is there all the same.
    return [{ tags, problem: wordsOf(error) }];
  }
}
