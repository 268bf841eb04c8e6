import type { AttachTags, DetachTags, Ref } from '../../actions/plan';
import { text } from '../../text';
import { updateEvent } from '../events';
import { callOptions, nameOf, outcomeOf, type Context, type Failure, type Outcome } from './context';
import { editItems, TAKEN_OFF, type Row } from './edit-items';
import { eventKey, lookUp } from './lookups';
import { editReportTags } from './report-tags';
import { tagEntryFor, tagFailure, isAsWanted, type TagEntry } from './tag-entries';

/** An attribute whose tags change. */
export interface TagRow extends Row {
  change: { Tag: TagEntry[] };
}

/**
 * Attaches or removes tags by editing the event, which is one call for all of its attributes or reports. MISP takes the
 * event off publication by that, and its answer shows what came of it.
 */
export async function editTags(context: Context, operation: AttachTags | DetachTags): Promise<Outcome> {
  const Tag = operation.tags.map((name) => tagEntryFor(operation, name));
  const { event, items, scope } = operation;
  if (scope === 'event') return editEventTags(context, event, Tag);
  if (scope === 'event-report') return editReportTags(context, operation, Tag);
  const { found, failures } = await lookUp(context, event, items);
  const rows = found.map(({ item, head: { uuid, objectId } }): TagRow => ({
    item,
    uuid,
    objectId,
    change: { Tag },
  }));
  const refused = await editAttributeTags(context, await eventKey(context, event, items), rows);
  return outcomeOf(items.length, rows.length, [...failures, ...refused]);
}

async function editEventTags(context: Context, event: Ref, Tag: TagEntry[]): Promise<Outcome> {
  const options = { ...callOptions(context), repeatable: true };
  const answer = await updateEvent(context.client, await eventKey(context, event, []), { Tag }, options);
  context.advance(1);
  context.saved('event', answer, ['Tag', ...TAKEN_OFF]);
  const left = Tag.filter((tag) => !isAsWanted(answer, tag));
  const failures = left.map(({ name }) => ({ problem: text('carryOut.tagNotChanged', { tag: name }) }));
  return outcomeOf(Tag.length, 1, failures);
}

/**
 * Edits the tags of attributes of one event.
 * @returns what MISP has not done
 */
export async function editAttributeTags(
  context: Context,
  event: string,
  rows: readonly TagRow[],
): Promise<Failure[]> {
  const left = await editItems(
    context,
    event,
    rows,
    ({ change }, now) => now !== undefined && change.Tag.every((tag) => isAsWanted(now, tag)),
  );
  return left.map(({ row: { item, change }, problem }) =>
    problem === undefined
      ? tagFailure('carryOut.tagNotChanged', item, change.Tag)
      : { item: nameOf(item), problem },
  );
}
