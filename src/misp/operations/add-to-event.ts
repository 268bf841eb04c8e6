import { sameAttribute, sameObject, titleOf } from '../../actions/add-to-event';
import type {
  AddToEvent,
  NewAttribute,
  NewObject,
  NewReference,
  NewReport,
} from '../../actions/add-to-event';
import { takeOff } from '../../actions/event-things';
import type { DoneOf } from '../../actions/reflect-tags';
import type { MispAttribute, MispEvent, MispObject } from '../../event/core';
import { isSet } from '../../event/flags';
import { uuidKey } from '../../event/same';
import { isList, isRecord, textOf } from '../../event/values';
import { text, type Said } from '../../text';
import { addAttributes } from '../attributes';
import { callOptions, outcomeOf, refuseStopped, wordsOf } from '../carry-out/context';
import type { Context, Failure, Outcome } from '../carry-out/context';
import { rowsByUuid } from '../carry-out/edit-items';
import { lookForLost, type Lost } from '../carry-out/lost-answers';
import { lostTags } from '../carry-out/lost-tags';
import { eventKey } from '../carry-out/lookups';
import { getEvent, updateEvent } from '../events';
import { inEach, laneOfEvent, type OperationEntry } from './entry';

export const addToEvent: OperationEntry<AddToEvent> = {
  carryOut,
  reflect: inEach((event, operation, _result, done) => show(event, operation, done)),
  lane: laneOfEvent,
  size: (operation) => Math.max(1, thingsOf(operation).length),
  items: (operation) => thingsOf(operation).map(({ uuid }) => uuid),
  permission: 'perm_add',
};

type Json = Readonly<Record<string, unknown>>;
type Thing = NewAttribute | NewObject | NewReport;

/** Of one call at most: MISP's limits are the memory of PHP and the time that a proxy waits. */
const MOST_ATTRIBUTES = 2000;
const MOST_OBJECTS = 200;
/** Of what the things hold, in characters: files come with them. */
const MOST_CHARACTERS = 8_000_000;
/** MISP's words for what is there already. */
const THERE = /similar attribute already exists/i;

function thingsOf({ attributes, objects, reports }: AddToEvent): Thing[] {
  return [...attributes, ...objects, ...reports];
}

/** Reads the event once, and adds what it does not have: 2,000 attributes with one call, 200 objects with another. */
async function carryOut(context: Context, operation: AddToEvent): Promise<Outcome> {
  const key = await eventKey(context, operation.event, []);
  const { Event: before } = await getEvent(context.client, key, context.signal);
  const { attributes, objects, reports } = missing(before, operation);
  context.advance(thingsOf(operation).length - attributes.length - objects.length - reports.length);
  const failures: Failure[] = [];
  const lost: Lost[] = [];
  let added = 0;
  const attempt = async <T extends Thing>(portion: T[], work: (things: T[]) => Promise<Failure[]>) => {
    try {
      refuseStopped(context);
      const failed = await work(portion);
      failures.push(...failed);
      added += portion.length - new Set(failed.flatMap(({ item }) => item ?? [])).size;
    } catch (error) {
      lost.push({ portion, problem: wordsOf(error) });
    }
    if (added > 0) context.saved('event', before, 'contents');
    context.advance(portion.length);
  };
  for (const portion of portionsOf(attributes, MOST_ATTRIBUTES)) {
    await attempt(portion, (things) => addPlain(context, key, things));
  }
  for (const portion of portionsOf([...objects, ...reports], MOST_OBJECTS)) {
    await attempt<NewObject | NewReport>(portion, (things) => addByEdit(context, key, things));
  }
  if (lost.length > 0) {
    const found = await lookForLost(context, key, lost);
    failures.push(...found.failures);
    added += found.added;
    if (found.added > 0) context.saved('event', before, 'contents');
  }
  if (added > 0 && failures.length > 0) return { state: 'partial', failures };
  return outcomeOf(thingsOf(operation).length, added, failures);
}

/** In portions of a size that MISP can take. */
function* portionsOf<T extends Thing>(list: readonly T[], most: number): Generator<T[]> {
  let portion: T[] = [];
  let size = 0;
  for (const thing of list) {
    const own = sizeOf(thing);
    if (portion.length > 0 && (portion.length >= most || size + own > MOST_CHARACTERS)) {
      yield portion;
      [portion, size] = [[], 0];
    }
    portion.push(thing);
    size += own;
  }
  if (portion.length > 0) yield portion;
}

function sizeOf(thing: Thing): number {
  if ('content' in thing) return thing.content.length;
  if ('Attribute' in thing) return thing.Attribute.reduce((sum, attribute) => sum + sizeOf(attribute), 0);
  return thing.value.length + (thing.comment?.length ?? 0) + (thing.data?.length ?? 0);
}

/** What the event does not have; references to what is left out lead to what is there in its place. */
function missing(
  event: Json,
  { attributes, objects, reports }: AddToEvent,
): Omit<AddToEvent, 'do' | 'event'> {
  const uuids = new Map<string, string>();
  const newOf = <T extends Thing>(
    things: readonly T[],
    list: unknown,
    same: (thing: Json) => string,
  ): T[] => {
    const there = new Map<string, string>();
    for (const row of rowsIn(list)) {
      const uuid = uuidKey(row.uuid);
      there.set(same(row), uuid).set(uuid, uuid);
    }
    return things.filter((thing) => {
      // What has its uuid is the same thing, even if somebody has changed it since.
      const known = there.get(same({ ...thing })) ?? there.get(uuidKey(thing.uuid));
      if (known !== undefined) uuids.set(thing.uuid, known);
      return known === undefined;
    });
  };
  const newOnes = {
    attributes: newOf(attributes, event.Attribute, sameAttribute),
    objects: newOf(objects, event.Object, sameObject),
    reports: newOf(reports, event.EventReport, ({ name, content }) => `${textOf(name)}\n${textOf(content)}`),
  };
  return { ...newOnes, objects: newOnes.objects.map((object) => relinked(object, uuids)) };
}

function relinked(object: NewObject, uuids: ReadonlyMap<string, string>): NewObject {
  if (!object.ObjectReference) return object;
  const ObjectReference = object.ObjectReference.map((reference): NewReference => ({
    ...reference,
    referenced_uuid: uuids.get(reference.referenced_uuid) ?? reference.referenced_uuid,
  }));
  return { ...object, ObjectReference };
}

async function addPlain(context: Context, key: string, attributes: NewAttribute[]): Promise<Failure[]> {
  const rows = new Map<string, Json>();
  const problems = await addAttributes(
    context.client,
    key,
    attributes,
    callOptions(context, attributes.length),
    (row) => {
      rows.set(uuidKey(row.uuid), row);
      context.saved('attribute', row, 'new');
    },
  );
  const failed = attributes.flatMap((attribute, index) => {
    const problem = problems.get(index);
    // Somebody has added it in the meantime, or MISP takes more for the same than this does.
    return problem === undefined || THERE.test(problem) ? [] : [refused(attribute, problem)];
  });
  return [...failed, ...lostTags(withRows(attributes, rows))];
}

/** What was asked for, and how MISP has it, as far as it does. */
function withRows<T extends Thing>(things: readonly T[], rows: ReadonlyMap<string, Json>): [T, Json][] {
  return things.flatMap((thing): [T, Json][] => {
    const row = rows.get(uuidKey(thing.uuid));
    return row ? [[thing, row]] : [];
  });
}

/** MISP does not say what it has not taken of an event: its answer shows it. */
async function addByEdit(
  context: Context,
  key: string,
  things: (NewObject | NewReport)[],
): Promise<Failure[]> {
  const objects = things.filter((thing): thing is NewObject => 'Attribute' in thing);
  const reports = things.filter((thing): thing is NewReport => 'content' in thing);
  const fields = {
    ...(objects.length > 0 ? { Object: objects } : {}),
    ...(reports.length > 0 ? { EventReport: reports } : {}),
  };
  const now = await updateEvent(context.client, key, fields, {
    ...callOptions(context, things.length * 5),
    // By their uuids MISP knows them again.
    repeatable: true,
  });
  const shown = rowsByUuid(now.Object);
  for (const { uuid } of objects) {
    const row = shown.get(uuid);
    if (!row) continue;
    context.saved('object', row, 'new');
    for (const attribute of rowsByUuid(row.Attribute).values()) context.saved('attribute', attribute, 'new');
  }
  const reportsNow = isList(now.EventReport) ? rowsByUuid(now.EventReport) : undefined;
  for (const { uuid } of reports) {
    const row = reportsNow?.get(uuid);
    if (row) context.saved('event-report', row, 'new');
  }
  return [
    ...objects.flatMap((object) => lackingOf(object, shown.get(object.uuid))),
    ...lostTags(
      withRows(objects, shown).flatMap(([{ Attribute }, row]) =>
        withRows(Attribute, rowsByUuid(row.Attribute)),
      ),
    ),
    ...reports.filter(({ uuid }) => reportsNow && !reportsNow.has(uuid)).map((one) => refused(one)),
  ];
}

function lackingOf(object: NewObject, row: Json | undefined): Failure[] {
  if (!row) return [refused(object)];
  const attributes = rowsByUuid(row.Attribute);
  const references = isList(row.ObjectReference) ? rowsByUuid(row.ObjectReference) : undefined;
  const lost = object.Attribute.filter(({ uuid }) => !attributes.has(uuid)).map(titleOf);
  const unlinked = (object.ObjectReference ?? []).filter(({ uuid }) => references && !references.has(uuid));
  const parts = [...lost, ...unlinked.map((one) => `${one.relationship_type} ${one.referenced_uuid}`)];
  return parts.map((what) => ({
    item: object.uuid,
    refused: true,
    problem: text('enrich.refused', {
      what: `${titleOf(object)}, ${what}`,
      problem: text('enrich.notTaken'),
    }),
  }));
}

function refused(thing: Thing, problem: Said = text('enrich.notTaken')): Failure {
  return {
    item: thing.uuid,
    problem: text('enrich.refused', { what: titleOf(thing), problem }),
    refused: true,
  };
}

function rowsIn(list: unknown): Json[] {
  return isList(list) ? list.filter(isRecord).filter(({ deleted }) => !isSet(deleted)) : [];
}

const WHOLE = ['all'];

/** Adds to the data what it does not hold yet. */
function show(event: MispEvent, operation: AddToEvent, done: DoneOf): void {
  const isDone = (thing: Thing) => done({ uuid: thing.uuid }, WHOLE).length > 0;
  const there = new Set(rowsIn(event.Attribute).map(sameAttribute));
  const objectsThere = new Set(rowsIn(event.Object).map(sameObject));
  const own = { event_id: event.id };
  const attributes = operation.attributes
    .filter((one) => isDone(one) && !there.has(sameAttribute(one)))
    .map((one) => shown({ ...one, ...own, object_id: '0' }));
  const objects = operation.objects
    .filter((one) => isDone(one) && !objectsThere.has(sameObject(one)))
    .map((one) => ({ ...one, ...own, Attribute: one.Attribute.map((row) => shown({ ...row, ...own })) }));
  if (attributes.length + objects.length === 0) return;
  event.Attribute = [...(event.Attribute ?? []), ...attributes];
  event.Object = [...(event.Object ?? []), ...(objects as unknown as MispObject[])];
  const all = [...attributes, ...objects.flatMap(({ Attribute }) => Attribute)];
  event._AttributeFlattened = [...(event._AttributeFlattened ?? []), ...all];
  takeOff(event);
}

function shown(attribute: NewAttribute & { event_id?: unknown; object_id?: string }): MispAttribute {
  const { Tag = [] } = attribute;
  const _allTags = Tag.map((tag) => ({ ...tag, inherited: false }));
  return { ...attribute, Tag, _allTags } as unknown as MispAttribute;
}
