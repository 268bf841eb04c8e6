import type { MispEvent, MispObject, MispTag } from '../model';
import type { StandIn } from '../stand-in';
import type { FoundAttribute } from '../store/items';
import type { MispUser } from '../users';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { editFields, isTrue, newAttribute } from './attribute-rows';
import { viewOf } from './event-views';
import { mayChange, maySee } from './permissions';
import type { RestRequest } from './router';
import { addObject, addReferences, addReport } from './event-additions';
import { editTags } from './tag-edit';
import { noteSaved } from '../saves';
import { now } from './touch';
import { attributeErrors, eventErrors, failed } from './validate';
import { textOf, without } from './values';

type Row = Record<string, unknown>;

/**
 * `events/edit`: only the named fields change, attributes by uuid, and the event is not published any more unless
 * `published` says so (recordings: test/fixtures/rest/events-edit*.json, bulk-calls.json).
 */
export function editEvent({ args: [id = ''], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const event = misp.event(id);
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  if (!mayChange(user, event)) return deny('You are not authorised to do that.', url);
  const given = ((body as { Event?: Row } | undefined)?.Event ?? body ?? {}) as Row;
  const errors = wrongWith(misp, event, given);
  if (errors) return problem(403, 'Could not edit Event', url, { errors, id: event.id }, true);
  editOwnFields(misp, event, given, user);
  const rows = (list: unknown) => (Array.isArray(list) ? (list as Row[]) : []);
  for (const row of rows(given.Attribute)) editAttribute(misp, user, event, row);
  for (const object of rows(given.Object)) {
    const own = event.Object.find(({ uuid }) => uuid === object.uuid);
    if (own) for (const row of rows(object.Attribute)) editAttribute(misp, user, event, row, own);
    else addObject(misp, user, event, object);
  }
  for (const object of rows(given.Object)) addReferences(misp, event, object);
  for (const row of rows(given.EventReport)) addReport(misp, event, row);
  for (const row of misp.tagsReports ? rows(given.EventReport) : []) {
    const reports = event.EventReport as (Row & { Tag?: MispTag[] })[];
    const report = reports.find(({ uuid }) => uuid === row.uuid);
    if (report) editTags(misp, user, report, rows(row.Tag));
  }
  editTags(misp, user, event, rows(given.Tag));
  return { status: 200, body: { Event: viewOf(event, user) } };
}

function wrongWith(misp: StandIn, event: MispEvent, given: Row): Row | string | undefined {
  if (given.timestamp !== undefined && Number(given.timestamp) <= Number(event.timestamp)) {
    return 'Event could not be saved: Event in the request not newer than the local copy.';
  }
  const errors = eventErrors(given);
  if (failed(errors)) return errors;
  if (textOf(given.distribution) !== '4') return undefined;
  const known = misp.collections.sharingGroups.some(
    ({ SharingGroup }) => SharingGroup.id === textOf(given.sharing_group_id),
  );
  if (known) return undefined;
  return "Event could not be saved: Invalid sharing group or you don't have access to that sharing group.";
}

const OWN_FIELDS = [
  'info',
  'date',
  'threat_level_id',
  'analysis',
  'distribution',
  'sharing_group_id',
  'extends_uuid',
] as const;

function editOwnFields(misp: StandIn, event: MispEvent, given: Row, user: MispUser): void {
  for (const name of OWN_FIELDS) if (given[name] !== undefined) event[name] = textOf(given[name]);
  if (event.distribution === '4') shareWith(misp, event);
  else {
    event.sharing_group_id = '0';
    delete event.SharingGroup;
  }
  event.published = isTrue(given.published) && user.Role.perm_publish;
  event.timestamp = given.timestamp === undefined ? now() : textOf(given.timestamp);
  noteSaved(event);
}

function shareWith(misp: StandIn, event: MispEvent): void {
  const { SharingGroup: before } = event as { SharingGroup?: { id: string } };
  const found = misp.collections.sharingGroups.find(
    ({ SharingGroup }) => SharingGroup.id === event.sharing_group_id,
  );
  if (!found || before?.id === event.sharing_group_id) return;
  const { Organisation, SharingGroupOrg, SharingGroupServer } = found;
  const group = without(found.SharingGroup, 'sync_org_name', 'sync_org');
  event.SharingGroup = { ...group, Organisation, SharingGroupOrg, SharingGroupServer };
}

/**
 * An attribute that cannot be saved stays as it is; the answer does not say so. One of an object is taken for another
 * unless it comes inside of its object.
 */
function editAttribute(misp: StandIn, user: MispUser, event: MispEvent, row: Row, object?: MispObject): void {
  const found: FoundAttribute | undefined =
    typeof row.uuid === 'string' ? misp.items.attribute(row.uuid) : undefined;
  if (found && (found.event !== event || found.object !== object)) return;
  const { Tag, ...fields } = row;
  if (failed(attributeErrors({ type: found?.attribute.type ?? '', ...fields }))) return;
  if (!found) {
    if (!fields.value) return;
    const added = newAttribute(event, misp.collections.nextId(), fields);
    event.Attribute.push(added);
    noteSaved(event, added);
    if (Array.isArray(Tag)) editTags(misp, user, added, Tag as Row[]);
    return;
  }
  editFields(found.attribute, fields);
  found.attribute.timestamp = event.timestamp;
  noteSaved(event, found.attribute);
  if (Array.isArray(Tag)) editTags(misp, user, found.attribute, Tag as Row[]);
}
