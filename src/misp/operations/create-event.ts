import type { CreateEvent } from '../../actions/create-event';
import { tagKey } from '../../actions/tag-state';
import { isList, isRecord, textOf } from '../../event/values';
import { text } from '../../text';
import { callOptions, done, type Context, type Failure, type Outcome } from '../carry-out/context';
import { createEvent as create } from '../events';
import type { Json } from '../expected';
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

/** One call. MISP leaves out tags that it does not have and the key may not make, and does not say so. */
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
  const failures = [...otherFields(made, fields), ...otherTags(made, tags)];
  return failures.length > 0 ? { state: 'partial', failures, answer } : done(answer);
}

function otherFields(made: Json, fields: CreateEvent['fields']): Failure[] {
  const other = SEEN_BY.filter((name) => fields[name] !== undefined && textOf(made[name]) !== fields[name]);
  return other.length > 0
    ? [{ problem: text('carryOut.fieldsNotChanged', { fields: other.join(', ') }) }]
    : [];
}

function otherTags(made: Json, tags: readonly string[]): Failure[] {
  const rows = isList(made.Tag) ? made.Tag.filter(isRecord) : [];
  const there = new Set(rows.map(({ name }) => tagKey(textOf(name))));
  return tags
    .filter((name) => !there.has(tagKey(name)))
    .map((tag) => ({ tags: [tag], problem: text('carryOut.tagNotChanged', { tag }) }));
}
