import { attributesIn, find, takeOff } from '../../actions/event-things';
import type { AttributeFields, EditAttributes, Ref } from '../../actions/plan';
import type { DoneOf } from '../../actions/reflect-tags';
import type { MispEvent } from '../../event/core';
import { isSet } from '../../event/flags';
import { textOf } from '../../event/values';
import { WorkflowError } from '../../text';
import {
  deleteAttribute,
  editSelected,
  restoreAttribute,
  updateAttribute,
  type SelectedFields,
} from '../attributes';
import { refuseUnsaved } from '../validation';
import {
  callOptions,
  forEach,
  forPortions,
  nameOf,
  notChanged,
  outcomeOf,
  type Context,
  type Failure,
  type Outcome,
} from '../carry-out/context';
import { editItems, type Row } from '../carry-out/edit-items';
import { eventKey, lookUp } from '../carry-out/lookups';
import { inEach, laneOfEvent, namesOf, type OperationEntry } from './entry';

export const editAttributes: OperationEntry<EditAttributes> = {
  carryOut,
  reflect: inEach((event, operation, _result, done) => show(event, operation, done)),
  lane: laneOfEvent,
  size: ({ changes }) => changes.length,
  items: ({ changes }) => namesOf(changes.map(({ item }) => item)),
  permission: 'perm_add',
};

/** All that an operation does with a thing. */
const WHOLE = ['all'];

function show(event: MispEvent, { changes }: EditAttributes, done: DoneOf): void {
  const fields = new Map<Ref, AttributeFields>(changes.map(({ item, fields: own }) => [item, own]));
  for (const [attribute, ref] of find(attributesIn(event), [...fields.keys()])) {
    if (done(ref, WHOLE).length === 0) continue;
    Object.assign(attribute, fields.get(ref));
    // MISP sets a new one, which is not known here; its own modules take it out as well.
    delete attribute.timestamp;
    takeOff(event);
  }
}

type Json = Readonly<Record<string, unknown>>;

interface Change {
  item: Ref;
  fields: AttributeFields;
}

interface EditRow extends Row {
  change: AttributeFields;
}

/** Of what MISP has not changed, so many are tried one by one to hear why. */
const MOST_SINGLE = 200;

/**
 * Changes fields of attributes: one with a call of its own, up to 1,000 of an event with one call. The same for all is
 * `attributes/editSelected`, where that can do it; the rest is done by editing the event.
 */
async function carryOut(context: Context, operation: EditAttributes): Promise<Outcome> {
  const { event } = operation;
  const changes = merged(operation.changes);
  if (changes.length === 0) return { state: 'unchanged' };
  // MISP restores attributes one by one, by their ids.
  if (changes.length === 1 || changes.some(({ fields }) => fields.deleted === false)) {
    const failures = await oneByOne(context, await withIds(context, event, changes));
    return outcomeOf(changes.length, changes.length - failures.length, failures);
  }
  const same = sameForAll(changes);
  if (same && event.id !== undefined) return editSame(context, event.id, same);
  const items = changes.map(({ item }) => item);
  const { found, failures } = await lookUp(context, event, items);
  const fields = new Map(changes.map((change) => [change.item, change.fields]));
  const rows = found.map(({ item, head: { uuid, objectId } }): EditRow => {
    return { item, uuid, objectId, change: fields.get(item) ?? {} };
  });
  const key = await eventKey(context, event, items);
  const left = await editItems(context, key, rows, ({ change }, now) => isAsWanted(now, change));
  const quiet = { ...context, advance: () => undefined };
  const silent = left.filter(({ problem }) => problem === undefined);
  const tried = silent.slice(0, MOST_SINGLE).map(({ row: { item, change } }) => ({ item, fields: change }));
  failures.push(...(await oneByOne(quiet, tried)));
  const refused = left.filter(({ problem }) => problem !== undefined);
  const others = [...refused, ...silent.slice(MOST_SINGLE)];
  failures.push(
    ...others.map(({ row: { item }, problem = notChanged() }) => ({ item: nameOf(item), problem })),
  );
  return outcomeOf(changes.length, changes.length - failures.length, failures);
}

interface Same {
  items: Ref[];
  fields: SelectedFields;
}

/** The fields that are the same for all, if `attributes/editSelected` knows them, and the ids are known. */
function sameForAll(changes: readonly Change[]): Same | undefined {
  const items = changes.map(({ item }) => item);
  const [{ fields }] = changes;
  const { to_ids, comment, distribution, ...others } = fields;
  const canBe = Object.keys(others).length === 0 && comment !== '' && distribution !== '4';
  const first = JSON.stringify([to_ids, comment, distribution]);
  const isSame = changes.every(
    ({ fields: own }) =>
      Object.keys(own).length === Object.keys(fields).length &&
      JSON.stringify([own.to_ids, own.comment, own.distribution]) === first,
  );
  return canBe && isSame && items.every(({ id }) => id !== undefined)
    ? { items, fields: { to_ids, comment, distribution } }
    : undefined;
}

async function editSame(context: Context, event: string, { items, fields }: Same): Promise<Outcome> {
  const failures = await forPortions(context, items, nameOf, async (portion) => {
    const ids = portion.map(({ id = '' }) => id);
    const options = callOptions(context, portion.length);
    refuseUnsaved(await editSelected(context.client, event, ids, fields, options), 'attributes/editSelected');
    return [];
  });
  return outcomeOf(items.length, items.length - failures.length, failures);
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

/** Whether MISP shows what was asked for. It brings values into a form of its own: those are not compared. */
function isAsWanted(row: Json | undefined, fields: AttributeFields): boolean {
  if (fields.deleted === true) return row === undefined;
  if (!row) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const now = row[name];
    if (name === 'value') return textOf(now).toLowerCase() === String(wanted).trim().toLowerCase();
    if (name === 'deleted') return true;
    if (name === 'to_ids') return isSet(now) === wanted;
    if (name === 'first_seen' || name === 'last_seen') return isSameTime(now, String(wanted));
    if (name === 'sharing_group_id' && fields.distribution !== '4') return true;
    return textOf(now) === String(wanted);
  });
}

function isSameTime(now: unknown, wanted: string): boolean {
  if (wanted === '') return now === null || now === undefined || now === '';
  return Date.parse(textOf(now)) === Date.parse(wanted);
}

/** Those that are to be restored with their ids, which are looked up from the uuids. */
async function withIds(context: Context, event: Ref, changes: readonly Change[]): Promise<Change[]> {
  const unknown = changes.filter(({ item, fields }) => fields.deleted === false && item.id === undefined);
  if (unknown.length === 0) return [...changes];
  const { found } = await lookUp(
    context,
    event,
    unknown.map(({ item }) => item),
  );
  const ids = new Map(found.map(({ item, head }) => [item, head.id]));
  return changes.map((change) => {
    const id = ids.get(change.item);
    return id === undefined ? change : { ...change, item: { ...change.item, id } };
  });
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
      if (deleted === false) {
        if (item.id === undefined) throw new WorkflowError('carryOut.noAttribute');
        await restoreAttribute(client, item.id, options);
      }
      if (Object.keys(fields).length > 0) {
        const now = await updateAttribute(client, key, fields, options);
        context.saved('attribute', now, Object.keys(fields));
        if (!isAsWanted(now, fields)) throw new WorkflowError('carryOut.notChanged');
      }
      if (deleted === true) await deleteAttribute(client, key, options);
    },
  );
}
