import { randomUUID } from 'node:crypto';
import type { MispEvent } from '../model';
import { publish } from '../publish';
import { noteSaved } from '../saves';
import type { StandIn } from '../stand-in';
import { triggerData } from '../trigger-data';
import type { MispUser } from '../users';
import { deny, done, notFound, problem, type RestAnswer } from './answers';
import { isTrue, newAttribute } from './attribute-rows';
import { addObject } from './event-additions';
import { viewOf } from './event-views';
import { mayChange, NO_PERMISSION } from './permissions';
import type { RestRequest } from './router';
import { editTags } from './tag-edit';
import { now } from './touch';
import { attributeErrors, eventErrors, failed } from './validate';
import { textOf } from './values';

type Row = Record<string, unknown>;
const rows = (list: unknown) => (Array.isArray(list) ? (list as Row[]) : []);

/**
 * `events/add` (recordings: events-add*.json, error-validation-event.json). The trigger before the save may stop it;
 * that of the publication runs afterwards, when the event is published already.
 */
export async function addEvent(request: RestRequest, misp: StandIn): Promise<RestAnswer> {
  const { body, user, url } = request;
  if (!user.Role.perm_add) return deny(NO_PERMISSION, url);
  const given = ((body as { Event?: Row } | undefined)?.Event ?? body ?? {}) as Row;
  const refusal = refused(misp, given, url);
  if (refusal) return refusal;
  const event = made(misp, user, given);
  const { blocked, crashed } = await misp.fire('event-before-save', triggerData(event));
  if (crashed !== undefined) return problem(500, 'An Internal Error Has Occurred.', url);
  if (blocked) return problem(403, 'Could not add Event', url, { errors: { Event: [] } }, true);
  misp.events.set(event.id, event);
  noteSaved(event, event);
  if (isTrue(given.published) && user.Role.perm_publish) {
    await publish(misp, event.id, { by: user });
    event.published = true;
  }
  return { status: 200, body: { Event: viewOf(event, user) } };
}

function refused(misp: StandIn, given: Row, url: string): RestAnswer | undefined {
  const uuid = textOf(given.uuid);
  if (misp.collections.blocklist.some(({ event_uuid }) => event_uuid === uuid)) {
    return deny('Event blocked by event blocklist.', url);
  }
  if (uuid && misp.items.event(uuid)) {
    const message = 'Event already exists, if you would like to edit it, use the url in the location header.';
    return notFound(message, url);
  }
  const errors = eventErrors({ info: '', ...given });
  return failed(errors)
    ? problem(403, 'Could not add Event', url, { errors: { Event: errors } }, true)
    : undefined;
}

function made(misp: StandIn, user: MispUser, given: Row): MispEvent {
  const { id, name, uuid } = user.Organisation;
  const Org = { id, name, uuid, local: true };
  const last = Math.max(0, ...[...misp.events.keys()].map(Number));
  const event: MispEvent = {
    ...{ id: String(last + 1), orgc_id: id, org_id: id },
    date: textOf(given.date) || new Date().toISOString().slice(0, 10),
    threat_level_id: textOf(given.threat_level_id) || '4',
    info: textOf(given.info),
    published: false,
    uuid: textOf(given.uuid) || randomUUID(),
    attribute_count: String(rows(given.Attribute).length),
    analysis: textOf(given.analysis) || '0',
    timestamp: now(),
    distribution: textOf(given.distribution) || '1',
    ...{ proposal_email_lock: false, locked: false, publish_timestamp: '0' },
    sharing_group_id: textOf(given.sharing_group_id) || '0',
    ...{ disable_correlation: false, extends_uuid: '', protected: null },
    event_creator_email: user.User.email,
    ...{ Org, Orgc: Org, Attribute: [], ShadowAttribute: [], RelatedEvent: [], Galaxy: [] },
    ...{ Object: [], EventReport: [], CryptographicKey: [], Tag: [] },
  };
  for (const row of rows(given.Attribute)) {
    if (failed(attributeErrors(row))) continue;
    const attribute = newAttribute(event, misp.collections.nextId(), row);
    editTags(misp, user, attribute, rows(row.Tag));
    event.Attribute.push(attribute);
  }
  for (const object of rows(given.Object)) addObject(misp, user, event, object);
  editTags(misp, user, event, rows(given.Tag));
  return event;
}

/** `events/delete/ID`. MISP remembers the event, so that it does not come again. */
export function deleteEvent({ args: [id = ''], user, url }: RestRequest, misp: StandIn): RestAnswer {
  const event = misp.event(id);
  if (!event) return notFound('Invalid event', url);
  if (!mayChange(user, event)) return deny(NO_PERMISSION, url);
  misp.events.delete(event.id);
  const { blocklist } = misp.collections;
  blocklist.push({
    id: misp.collections.nextId(),
    event_uuid: event.uuid,
    created: new Date().toISOString().slice(0, 19).replace('T', ' '),
    event_info: event.info,
    comment: '',
    event_orgc: event.Orgc.name,
  });
  return done('Event deleted.', 'delete', event.id);
}
