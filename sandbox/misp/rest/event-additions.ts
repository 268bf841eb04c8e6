import type { MispEvent, MispObject } from '../model';
import type { StandIn } from '../stand-in';
import type { MispUser } from '../users';
import { newAttribute } from './attribute-rows';
import { editTags } from './tag-edit';
import { now } from './touch';
import { attributeErrors, failed } from './validate';
import { textOf } from './values';

type Row = Record<string, unknown>;

const rows = (list: unknown) => (Array.isArray(list) ? (list as Row[]) : []);

/** A new object of `events/edit`; attributes that cannot be saved are left out, and the answer does not say so. */
export function addObject(misp: StandIn, user: MispUser, event: MispEvent, given: Row): void {
  if (!textOf(given.name) || !textOf(given.uuid)) return;
  const { name, uuid, comment = '', description = '', distribution = '5' } = given;
  const object = {
    ...{ id: misp.collections.nextId(), name, 'meta-category': given['meta-category'], description },
    ...{
      template_uuid: given.template_uuid,
      template_version: given.template_version,
      event_id: event.id,
      uuid,
    },
    ...{ timestamp: now(), distribution, sharing_group_id: '0', comment, deleted: false },
    ...{ first_seen: null, last_seen: null, ObjectReference: [] },
    Attribute: rows(given.Attribute)
      .filter((row) => !failed(attributeErrors(row)))
      .map((row) => {
        const added = newAttribute(event, misp.collections.nextId(), row);
        added.object_relation = textOf(row.object_relation);
        editTags(misp, user, added, rows(row.Tag));
        return added;
      }),
  } as unknown as MispObject;
  for (const attribute of object.Attribute) attribute.object_id = object.id;
  event.Object.push(object);
}

/** References lead to what the event has; others are left out. */
export function addReferences(misp: StandIn, event: MispEvent, given: Row): void {
  const object = event.Object.find(({ uuid }) => uuid === given.uuid);
  if (!object) return;
  const known = new Set([
    ...[...event.Attribute, ...event.Object].map(({ uuid }) => uuid),
    ...event.Object.flatMap(({ Attribute }) => Attribute.map(({ uuid }) => uuid)),
  ]);
  const references = rows(object.ObjectReference);
  for (const row of rows(given.ObjectReference)) {
    const { uuid, referenced_uuid, relationship_type, comment = '' } = row;
    if (!known.has(textOf(referenced_uuid)) || references.some((one) => one.uuid === uuid)) continue;
    const own = { id: misp.collections.nextId(), object_id: object.id, event_id: event.id, timestamp: now() };
    references.push({ ...own, uuid, referenced_uuid, relationship_type, comment, deleted: false });
  }
  object.ObjectReference = references;
}

/** A new report of `events/edit`. */
export function addReport(misp: StandIn, event: MispEvent, given: Row): void {
  const reports = (event.EventReport ?? []) as Row[];
  const { uuid, name, content, distribution = '5' } = given;
  if (!name || !content || reports.some((report) => report.uuid === uuid)) return;
  const id = misp.collections.nextId();
  const report = { id, uuid, event_id: event.id, name, content, distribution, sharing_group_id: '0' };
  event.EventReport = [...reports, { ...report, timestamp: now(), deleted: false }];
}
