import type { AttributeFields, EditAttributes, Ref } from '../../actions/plan';
import { textOf } from '../../event/values';
import { deleteAttribute, restoreAttribute, updateAttribute } from '../attributes';
import { updateEvent } from '../events';
import {
  callOptions,
  forEach,
  nameOf,
  notChanged,
  outcomeOf,
  portions,
  refuseStopped,
  type Context,
  type Failure,
  type Outcome,
} from './context';
import { eventKey, lookUp } from './lookups';
import { attributesIn } from './tags-by-edit';

type Json = Readonly<Record<string, unknown>>;

interface Change {
  item: Ref;
  fields: AttributeFields;
}

interface Addressed extends Change {
  uuid: string;
}

/** Of what MISP has not changed, so many are tried one by one to hear why. */
const MOST_SINGLE = 50;

/** Changes fields of attributes: one with a call of its own, up to 1,000 of an event by editing the event. */
export async function editAttributes(context: Context, operation: EditAttributes): Promise<Outcome> {
  const changes = merged(operation.changes);
  if (changes.length === 0) return { state: 'unchanged' };
  if (changes.length === 1) {
    const failures = await oneByOne(context, changes);
    return outcomeOf(1, 1 - failures.length, failures);
  }
  const { addressed, failures } = await withUuids(context, operation.event, changes);
  const key = await eventKey(
    context,
    operation.event,
    changes.map(({ item }) => item),
  );
  const left: Addressed[] = [];
  for (const portion of portions(addressed)) {
    refuseStopped(context);
    const Attribute = portion.map(({ uuid, fields }) => ({ uuid, ...fields }));
    const options = { ...callOptions(context, portion.length), repeatable: true };
    const now = attributesIn(await updateEvent(context.client, key, { Attribute }, options));
    left.push(...portion.filter(({ uuid, fields }) => !isAsWanted(now.get(uuid), fields)));
    context.advance(portion.length);
  }
  const quiet = { ...context, advance: () => undefined };
  failures.push(...(await oneByOne(quiet, left.slice(0, MOST_SINGLE))));
  failures.push(
    ...left.slice(MOST_SINGLE).map(({ item }) => ({ item: nameOf(item), problem: notChanged() })),
  );
  return outcomeOf(changes.length, changes.length - failures.length, failures);
}

/** Several changes of one attribute as one; the last word counts. */
function merged(changes: readonly Change[]): Change[] {
  const all = new Map<string, Change>();
  for (const { item, fields } of changes) {
    const key = item.uuid ?? `#${item.id}`;
    const before = all.get(key)?.fields;
    all.set(key, { item, fields: { ...before, ...fields } });
  }
  return [...all.values()];
}

async function withUuids(
  context: Context,
  event: Ref,
  changes: readonly Change[],
): Promise<{ addressed: Addressed[]; failures: Failure[] }> {
  const unknown = changes.filter(({ item }) => item.uuid === undefined).map(({ item }) => item);
  const { found, failures } =
    unknown.length > 0 ? await lookUp(context, event, unknown) : { found: [], failures: [] };
  const uuids = new Map(found.map(({ item, head }) => [item, head.uuid]));
  const addressed = changes.flatMap((change) => {
    const uuid = change.item.uuid ?? uuids.get(change.item);
    return uuid === undefined ? [] : [{ ...change, uuid }];
  });
  return { addressed, failures };
}

/** Whether MISP shows what was asked for. It brings values into a form of its own: those are not compared. */
function isAsWanted(row: Json | undefined, fields: AttributeFields): boolean {
  if (fields.deleted === true) return row === undefined;
  if (!row) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const now = row[name];
    if (name === 'value') return textOf(now).toLowerCase() === String(wanted).trim().toLowerCase();
    if (name === 'deleted') return true;
    if (name === 'to_ids') return (now === true || now === '1') === wanted;
    if (name === 'first_seen' || name === 'last_seen') return isSameTime(now, String(wanted));
    if (name === 'sharing_group_id' && fields.distribution !== '4') return true;
    return textOf(now) === String(wanted);
  });
}

function isSameTime(now: unknown, wanted: string): boolean {
  if (wanted === '') return now === null || now === undefined || now === '';
  return Date.parse(textOf(now)) === Date.parse(wanted);
}

function oneByOne(context: Context, changes: readonly Change[]): Promise<Failure[]> {
  const { client } = context;
  return forEach(
    context,
    changes,
    ({ item }) => nameOf(item),
    async ({ item, fields: { deleted, ...fields } }) => {
      const key = item.uuid ?? item.id ?? '';
      const options = callOptions(context);
      if (deleted === false) await restoreAttribute(client, key, options);
      if (Object.keys(fields).length > 0) await updateAttribute(client, key, fields, options);
      if (deleted === true) await deleteAttribute(client, key, options);
    },
  );
}
