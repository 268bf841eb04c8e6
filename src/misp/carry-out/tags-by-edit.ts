import type { AttachTags, DetachTags, Ref } from '../../actions/plan';
import { isList, isRecord, textOf } from '../../event/values';
import { text, WorkflowError } from '../../text';
import { getEventReport } from '../event-reports';
import { updateEvent } from '../events';
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
import { eventKey, lookUp } from './lookups';

type Json = Readonly<Record<string, unknown>>;

/** A tag inside of `events/edit`. */
export interface TagEntry {
  name: string;
  local: 0 | 1;
  deleted?: 1;
  relationship_type?: string;
}

/** Something that carries tags, by the uuid that `events/edit` wants. */
export interface Holder {
  item: Ref;
  uuid: string;
  tags: TagEntry[];
}

/**
 * Attaches or removes tags by editing the event, which is one call for all of its attributes or reports. MISP takes the
 * event off publication by that, and its answer shows what came of it.
 */
export async function editTags(context: Context, operation: AttachTags | DetachTags): Promise<Outcome> {
  const tags = operation.tags.map((name) => entryOf(operation, name));
  const { event, items, scope } = operation;
  if (scope === 'event') {
    const answer = await updateEvent(
      context.client,
      await eventKey(context, event, []),
      { Tag: tags },
      {
        ...callOptions(context),
        repeatable: true,
      },
    );
    context.advance(1);
    const left = tags.filter((tag) => !isAsWanted(answer, tag));
    return outcomeOf(
      tags.length,
      1,
      left.map(({ name }) => ({ problem: text('carryOut.tagNotChanged', { tag: name }) })),
    );
  }
  const { holders, failures } = await holdersOf(context, operation, tags);
  const key = await eventKey(context, event, items);
  const refused = await editHolders(context, key, scope, holders);
  return outcomeOf(items.length, holders.length, [...failures, ...refused]);
}

function entryOf(operation: AttachTags | DetachTags, name: string): TagEntry {
  const local = operation.local === true ? 1 : 0;
  if (operation.do === 'detach-tags') return { name, local, deleted: 1 };
  const { relationship } = operation;
  return { name, local, ...(relationship ? { relationship_type: relationship } : {}) };
}

async function holdersOf(
  context: Context,
  { event, items, scope }: AttachTags | DetachTags,
  tags: TagEntry[],
): Promise<{ holders: Holder[]; failures: Failure[] }> {
  const holders: Holder[] = [];
  const add = (item: Ref, uuid: string) => holders.push({ item, uuid, tags });
  const unknown = items.filter((item) => {
    if (item.uuid !== undefined) add(item, item.uuid);
    return item.uuid === undefined;
  });
  if (unknown.length === 0) return { holders, failures: [] };
  if (scope === 'attribute') {
    const { found, failures } = await lookUp(context, event, unknown);
    for (const { item, head } of found) add(item, head.uuid);
    return { holders, failures };
  }
  const quiet = { ...context, advance: () => undefined };
  const failures = await forEach(quiet, unknown, nameOf, async (item) => {
    const report = await getEventReport(context.client, item.id ?? '', context.signal);
    add(item, textOf(report.uuid));
  });
  return { holders, failures };
}

/**
 * Edits the tags of attributes or reports of one event.
 * @returns what MISP has not done
 */
export async function editHolders(
  context: Context,
  key: string,
  scope: 'attribute' | 'event-report',
  holders: readonly Holder[],
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const list = scope === 'attribute' ? 'Attribute' : 'EventReport';
  for (const portion of portions(holders)) {
    refuseStopped(context);
    const rows = portion.map(({ uuid, tags }) => ({ uuid, Tag: tags }));
    const options = { ...callOptions(context, portion.length), repeatable: true };
    const answer = await updateEvent(context.client, key, { [list]: rows }, options);
    const now = scope === 'attribute' ? attributesIn(answer) : rowsByUuid(answer.EventReport);
    for (const { item, uuid, tags } of portion) {
      const row = now.get(uuid);
      const left = tags.filter((tag) => !row || !isAsWanted(row, tag)).map(({ name }) => name);
      if (left.length > 0) failures.push({ item: nameOf(item), problem: problemOf(scope, left) });
    }
    context.advance(portion.length);
  }
  return failures;
}

function problemOf(scope: 'attribute' | 'event-report', tags: string[]): string {
  const key = scope === 'attribute' ? 'carryOut.tagNotChanged' : 'carryOut.reportTagNotChanged';
  return new WorkflowError(key, { tag: tags.join(', ') }).message;
}

function isAsWanted(row: Json, { name, deleted }: TagEntry): boolean {
  const tags = isList(row.Tag) ? row.Tag.filter(isRecord) : [];
  const has = tags.some((tag) => textOf(tag.name).toLowerCase() === name.toLowerCase());
  return has !== (deleted === 1);
}

/** All attributes of an event that MISP gave, those of objects too, by uuid. */
export function attributesIn(event: Json): Map<string, Json> {
  const all = rowsByUuid(event.Attribute);
  for (const object of isList(event.Object) ? event.Object.filter(isRecord) : []) {
    for (const [uuid, row] of rowsByUuid(object.Attribute)) all.set(uuid, row);
  }
  return all;
}

function rowsByUuid(list: unknown): Map<string, Json> {
  const rows = isList(list) ? list.filter(isRecord) : [];
  return new Map(rows.map((row) => [textOf(row.uuid), row]));
}
