import type { AttachTags, DetachTags, Ref } from '../../actions/plan';
import { isList, isRecord, textOf } from '../../event/values';
import { text } from '../../text';
import { getEventReport } from '../event-reports';
import { updateEvent } from '../events';
import {
  callOptions,
  forEach,
  nameOf,
  outcomeOf,
  portions,
  type Context,
  type Failure,
  type Outcome,
} from './context';
import { editItems, rowsByUuid, type Row } from './edit-items';
import { eventKey, lookUp } from './lookups';

type Json = Readonly<Record<string, unknown>>;

/** A tag inside of `events/edit`. */
export interface TagEntry {
  name: string;
  local: 0 | 1;
  deleted?: 1;
  relationship_type?: string;
}

/** An attribute whose tags change. */
export interface TagRow extends Row {
  change: { Tag: TagEntry[] };
}

/**
 * Attaches or removes tags by editing the event, which is one call for all of its attributes or reports. MISP takes the
 * event off publication by that, and its answer shows what came of it.
 */
export async function editTags(context: Context, operation: AttachTags | DetachTags): Promise<Outcome> {
  const Tag = operation.tags.map((name) => entryOf(operation, name));
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

function entryOf(operation: AttachTags | DetachTags, name: string): TagEntry {
  const local = operation.local === true ? 1 : 0;
  if (operation.do === 'detach-tags') return { name, local, deleted: 1 };
  const { relationship } = operation;
  return { name, local, ...(relationship ? { relationship_type: relationship } : {}) };
}

async function editEventTags(context: Context, event: Ref, Tag: TagEntry[]): Promise<Outcome> {
  const options = { ...callOptions(context), repeatable: true };
  const answer = await updateEvent(context.client, await eventKey(context, event, []), { Tag }, options);
  context.advance(1);
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
  return left.map(({ item, change }) => failureOf('carryOut.tagNotChanged', item, change.Tag));
}

async function editReportTags(
  context: Context,
  { event, items }: AttachTags | DetachTags,
  Tag: TagEntry[],
): Promise<Outcome> {
  const { known: all, failures } = await reportsOf(context, items);
  const key = await eventKey(context, event, []);
  const known = Tag.every(({ deleted }) => deleted === 1) ? await carriers(context, all, Tag, failures) : all;
  for (const portion of portions(known)) {
    const options = { ...callOptions(context, portion.length), repeatable: true };
    const EventReport = portion.map(({ uuid }) => ({ uuid, Tag }));
    const now = rowsByUuid((await updateEvent(context.client, key, { EventReport }, options)).EventReport);
    for (const { item, uuid } of portion) {
      const row = now.get(uuid.toLowerCase());
      if (!row || !Tag.every((tag) => isAsWanted(row, tag))) {
        failures.push(failureOf('carryOut.reportTagNotChanged', item, Tag));
      }
    }
    context.advance(portion.length);
  }
  return outcomeOf(items.length, known.length, failures);
}

/**
 * The reports that carry one of the tags. A MISP that cannot tag reports gives them without tags: an edit would change
 * nothing there, but take the event off publication.
 */
async function carriers(
  context: Context,
  reports: readonly Report[],
  Tag: readonly TagEntry[],
  failures: Failure[],
): Promise<Report[]> {
  const found: Report[] = [];
  for (const report of reports) {
    const row = await getEventReport(context.client, report.uuid, context.signal);
    if (!isList(row.Tag)) failures.push(failureOf('carryOut.reportTagNotChanged', report.item, Tag));
    else if (!Tag.every((tag) => isAsWanted(row, tag))) found.push(report);
  }
  return found;
}

interface Report {
  item: Ref;
  uuid: string;
}

/** `events/edit` knows reports by uuid. */
async function reportsOf(context: Context, items: readonly Ref[]) {
  const known: Report[] = [];
  const quiet = { ...context, advance: () => undefined };
  const failures = await forEach(quiet, items, nameOf, async (item) => {
    const { id = '' } = item;
    const uuid = item.uuid ?? textOf((await getEventReport(context.client, id, context.signal)).uuid);
    known.push({ item, uuid });
  });
  return { known, failures };
}

function failureOf(key: string, item: Ref, tags: readonly TagEntry[]): Failure {
  return { item: nameOf(item), problem: text(key, { tag: tags.map(({ name }) => name).join(', ') }) };
}

function isAsWanted(row: Json, { name, deleted }: TagEntry): boolean {
  const tags = isList(row.Tag) ? row.Tag.filter(isRecord) : [];
  const has = tags.some((tag) => textOf(tag.name).toLowerCase() === name.toLowerCase());
  return has !== (deleted === 1);
}
