import type { Ref } from '../../actions/plan';
import { isList, isRecord, textOf } from '../../event/values';
import type { Said } from '../../text';
import { getEvent, updateEvent } from '../events';
import { callOptions, portions, refuseStopped, wordsOf, type Context } from './context';

type Json = Readonly<Record<string, unknown>>;

/** An attribute that is changed by editing its event. */
export interface Row {
  item: Ref;
  uuid: string;
  /** `0` if it is in no object. */
  objectId: string;
  /** Fields and tags as `events/edit` takes them. */
  change: object;
}

/** What was not done, and why if the call failed. */
export interface Left<R> {
  row: R;
  problem?: Said;
}

/**
 * Changes attributes by editing their event: one call for up to 1,000, and one for those that are in objects, which MISP
 * takes inside of these only. A call that fails does not undo the others: its attributes are left, with the reason. Where
 * there is one call only, it fails as a whole.
 * @param isAsWanted whether MISP's answer shows what was asked for; without a row it is not there (any more)
 * @returns what MISP has not done
 */
export async function editItems<R extends Row>(
  context: Context,
  event: string,
  rows: readonly R[],
  isAsWanted: (row: R, now: Json | undefined) => boolean,
): Promise<Left<R>[]> {
  const left: Left<R>[] = [];
  let answer: Json | undefined;
  const edit = async (portion: R[], fields: object) => {
    const options = { ...callOptions(context, portion.length), repeatable: true };
    answer = await updateEvent(context.client, event, fields, options);
    const now = attributesIn(answer);
    const others = portion.filter((row) => !isAsWanted(row, now.get(row.uuid.toLowerCase())));
    for (const { uuid, change } of portion) {
      const row = now.get(uuid.toLowerCase());
      if (row) context.saved('attribute', row, Object.keys(change));
    }
    context.saved('event', answer, TAKEN_OFF);
    left.push(...others.map((row) => ({ row })));
  };
  const plain = [...portions(rows.filter(({ objectId }) => objectId === '0'))];
  const inside = [...portions(rows.filter(({ objectId }) => objectId !== '0'))];
  const attempt = async (portion: R[], work: () => Promise<void>) => {
    try {
      refuseStopped(context);
      await work();
    } catch (error) {
      if (plain.length + inside.length === 1) throw error;
      const problem = wordsOf(error);
      left.push(...portion.map((row) => ({ row, problem })));
    }
    context.advance(portion.length);
  };
  for (const portion of plain)
    await attempt(portion, () => edit(portion, { Attribute: portion.map(entryOf) }));
  for (const portion of inside) {
    await attempt(portion, async () => {
      answer ??= (await getEvent(context.client, event, context.signal)).Event;
      await edit(portion, { Object: nested(portion, objectUuids(answer)) });
    });
  }
  return left;
}

/** What editing changes of the event itself. */
export const TAKEN_OFF = ['published', 'publish_timestamp'];

const entryOf = ({ uuid, change }: Row) => ({ uuid, ...change });

/** The objects with the attributes that change. */
function nested(rows: readonly Row[], uuids: ReadonlyMap<string, string>): object[] {
  const objects = new Map<string, object[]>();
  for (const row of rows) {
    const uuid = uuids.get(row.objectId);
    if (uuid === undefined) continue;
    const entries = objects.get(uuid) ?? [];
    objects.set(uuid, entries);
    entries.push(entryOf(row));
  }
  return [...objects].map(([uuid, Attribute]) => ({ uuid, Attribute }));
}

function objectUuids({ Object: objects }: Json): Map<string, string> {
  const rows = isList(objects) ? objects.filter(isRecord) : [];
  return new Map(rows.map(({ id, uuid }) => [textOf(id), textOf(uuid)]));
}

/** All attributes of an event that MISP gave, those of objects too, by uuid. */
function attributesIn(event: Json): Map<string, Json> {
  const all = rowsByUuid(event.Attribute);
  for (const object of isList(event.Object) ? event.Object.filter(isRecord) : []) {
    for (const [uuid, row] of rowsByUuid(object.Attribute)) all.set(uuid, row);
  }
  return all;
}

/** Rows of a list in MISP's answer, by uuid in lower case. */
export function rowsByUuid(list: unknown): Map<string, Json> {
  const rows = isList(list) ? list.filter(isRecord) : [];
  return new Map(rows.map((row) => [textOf(row.uuid).toLowerCase(), row]));
}
