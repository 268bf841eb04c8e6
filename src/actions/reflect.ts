/**
 * What was done in MISP, done to the message's data as well, so that the nodes behind an action see it. Things
 * are changed in place: the flattened list and filtered views share them.
 */
import { isSet } from '../event/flags';
import type { MispAttribute, MispEffectiveTag, MispEvent, MispEventReport, MispTag } from '../event/core';
import { uuidKey } from '../event/same';
import { isList, isRecord, textOf } from '../event/values';
import type {
  AttachTags,
  AttributeFields,
  DecideProposal,
  DetachTags,
  EditAttributes,
  EditEvent,
  Operation,
  OperationResult,
  Ref,
} from './plan';

/** Only what did not fail; a rehearsal counts as done. Other data than an event is left alone. */
export function reflect(data: unknown, results: readonly OperationResult[]): void {
  const event = isRecord(data) && isRecord(data.Event) ? (data.Event as MispEvent) : undefined;
  if (!event) return;
  for (const { operation, state, failures = [] } of results) {
    if (state === 'failed' || state === 'unknown') continue;
    // Which of several tags is not there cannot be told: none is shown, then.
    const isUnclear = operation.do.endsWith('-tags') && failures.some(({ item }) => item === undefined);
    if (isUnclear) continue;
    const failed = new Set(failures.flatMap(({ item }) => (item === undefined ? [] : uuidKey(item))));
    reflectOne(event, operation, ({ id = '', uuid = '' }) => !failed.has(id) && !failed.has(uuidKey(uuid)));
  }
}

type IsDone = (ref: Ref) => boolean;

function reflectOne(event: MispEvent, operation: Operation, isDone: IsDone): void {
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags':
      return changeTags(event, operation, isDone);
    case 'edit-attributes':
      return editAttributes(event, operation, isDone);
    case 'edit-event':
      return editEvent(event, operation);
    case 'accept-proposal':
    case 'discard-proposal':
      return dropProposal(event, operation);
    case 'publish':
    case 'unpublish':
      if (isSame(event, operation.event)) event.published = operation.do === 'publish';
      return;
    default:
  }
}

type TagChange = AttachTags | DetachTags;

function changeTags(event: MispEvent, change: TagChange, isDone: IsDone): void {
  const tags = change.tags.map((name): MispTag => tagOf(name, change));
  if (change.scope === 'event') {
    // An event without its tags, as some triggers send it, must not look as if it had just these.
    if (event.Tag === undefined && event._AttributeFlattened === undefined) return;
    if (!isSame(event, change.event)) return;
    event.Tag = changed(event.Tag ?? [], tags, change);
    if (change.do === 'attach-tags' && !change.local && event.published !== undefined)
      event.published = false;
    const inherited = event.Tag.map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
    for (const item of [...attributesIn(event), ...reportsIn(event)]) {
      if (isList(item._allTags))
        item._allTags = inherited.concat(item._allTags.filter((tag) => !isSet(tag.inherited)));
    }
    return;
  }
  const own = tags.map((tag): MispEffectiveTag => ({ ...tag, inherited: false }));
  const things = change.scope === 'attribute' ? attributesIn(event) : reportsIn(event);
  for (const [item, ref] of find(things, change.items)) {
    if (!isDone(ref)) continue;
    item.Tag = changed(item.Tag ?? [], tags, change);
    if (isList(item._allTags)) item._allTags = changed(item._allTags, own, change);
    if (change.do === 'attach-tags' && !change.local) takeOff(event);
  }
}

/** MISP takes an event off publication when what travels with it changes. */
function takeOff(event: MispEvent): void {
  if (event.published !== undefined) event.published = false;
}

function tagOf(name: string, change: TagChange): MispTag {
  if (change.do === 'detach-tags') return { name };
  const { local, relationship } = change;
  return { name, local, ...(relationship ? { relationship_type: relationship } : {}) };
}

/** A new list: the old one may be shared with another thing. Inherited tags are not the thing's own. */
function changed<T extends MispTag>(present: readonly T[], tags: readonly T[], change: TagChange): T[] {
  const isOwn = (tag: T) => !isSet(tag.inherited);
  if (change.do === 'attach-tags') {
    const names = new Set(present.filter(isOwn).map(({ name }) => name));
    return [...present, ...tags.filter(({ name }) => !names.has(name))];
  }
  const names = new Set(change.tags);
  const goes = (tag: T) =>
    names.has(tag.name) && isOwn(tag) && (change.local === undefined || isSet(tag.local) === change.local);
  return present.filter((tag) => !goes(tag));
}

function editAttributes(event: MispEvent, { changes }: EditAttributes, isDone: IsDone): void {
  const fields = new Map<Ref, AttributeFields>(changes.map(({ item, fields: own }) => [item, own]));
  for (const [attribute, ref] of find(attributesIn(event), [...fields.keys()])) {
    if (!isDone(ref)) continue;
    Object.assign(attribute, fields.get(ref));
    // MISP sets a new one, which is not known here; its own modules take it out as well.
    delete attribute.timestamp;
    takeOff(event);
  }
}

function editEvent(event: MispEvent, { event: ref, fields, freeze }: EditEvent): void {
  if (!isSame(event, ref)) return;
  Object.assign(event, fields);
  if (!freeze && event.published !== undefined) event.published = false;
}

function dropProposal(event: MispEvent, { proposal }: DecideProposal): void {
  for (const owner of [event, ...attributesIn(event)]) {
    const list = owner.ShadowAttribute;
    if (isList(list) && list.some((entry) => isRecord(entry) && isSame(entry, proposal))) {
      owner.ShadowAttribute = list.filter((entry) => !(isRecord(entry) && isSame(entry, proposal)));
    }
  }
}

/** The things that have one of the names. */
function find(things: Iterable<MispAttribute>, refs: readonly Ref[]): [MispAttribute, Ref][] {
  const byId = new Map(refs.flatMap((ref) => (ref.id ? [[ref.id, ref] as const] : [])));
  const byUuid = new Map(refs.flatMap((ref) => (ref.uuid ? [[uuidKey(ref.uuid), ref] as const] : [])));
  const found: [MispAttribute, Ref][] = [];
  for (const item of things) {
    const ref = byUuid.get(uuidKey(item.uuid)) ?? byId.get(textOf(item.id));
    if (ref) found.push([item, ref]);
  }
  return found;
}

/** Attributes wherever they stand, each once. */
function attributesIn(event: MispEvent): Set<MispAttribute> {
  const ofObjects = recordsOf(event.Object).map(({ Attribute }) => Attribute);
  return new Set([event._AttributeFlattened, event.Attribute, ...ofObjects].flatMap(recordsOf));
}

function reportsIn(event: MispEvent): MispEventReport[] {
  return recordsOf(event.EventReport);
}

function recordsOf<T>(list: readonly T[] | undefined): T[] {
  return isList(list) ? list.filter((entry) => isRecord(entry)) : [];
}

function isSame({ id, uuid }: { id?: unknown; uuid?: unknown }, ref: Ref): boolean {
  return ref.uuid !== undefined && uuid !== undefined
    ? uuidKey(uuid) === uuidKey(ref.uuid)
    : textOf(id) === (ref.id ?? '');
}
