import { randomUUID } from 'node:crypto';
import type { StandIn } from '../stand-in';
import { attributesOf } from '../store/items';
import { triggerData } from '../trigger-data';
import type { MispEvent } from '../model';
import { isSince } from '../version';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { maySee, NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { textOf } from './values';

type Row = Record<string, unknown>;

const OWN: Record<string, readonly string[] | undefined> = {
  Note: ['note', 'language'],
  Opinion: ['opinion', 'comment'],
  Relationship: ['relationship_type', 'related_object_type', 'related_object_uuid'],
};

/** `analystData/...`: from MISP's documentation and the words of those who use it, not recorded: it proves nothing about MISP. */
export const analystData: Resource = { add: { post: true, run: add } };

function add({ args: [kind = '', uuid, type], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const own = OWN[kind];
  if (!own) return problem(405, 'Invalid type.', url);
  if (!user.Role.perm_analyst_data) return deny(NO_PERMISSION, url);
  const given = (body as Record<string, Row | undefined> | undefined)?.[kind];
  const refused = (errors: Row) => problem(403, 'Could not add analyst_data', url, { errors }, true);
  // A body without its frame is refused (told of 2.5.34).
  if (!given) return refused({ [own[0]]: ['Could not be saved'] });
  const about = uuid ?? textOf(given.object_uuid);
  const event = [...misp.events.values()].find((one) => maySee(user, one) && has(one, about));
  if (!event) return notFound('Invalid object', url);
  if (textOf(given.distribution) === '5' && isSince(misp.version, '2.5.34'))
    return refused({ distribution: ['Options: 0, 1, 2, 3, 4'] });
  const moment = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const { uuid: org } = user.Organisation;
  const row: Row = {
    ...{ id: misp.collections.nextId(), uuid: randomUUID(), object_uuid: about },
    ...{ object_type: type ?? given.object_type, authors: given.authors ?? user.User.email },
    ...{ org_uuid: org, orgc_uuid: org, created: moment, modified: moment, locked: false },
    ...{ distribution: textOf(given.distribution), sharing_group_id: given.sharing_group_id ?? null },
    ...Object.fromEntries(own.map((field) => [field, given[field] ?? ''])),
    note_type_name: kind,
  };
  misp.collections.analystData.push(row);
  if (misp.firesTriggers && isSince(misp.version, '2.5.37')) {
    const data = triggerData({ ...event, Attribute: [], Object: [] });
    Object.assign(data.Event, { [kind]: [structuredClone(row)] });
    setImmediate(() => void misp.fire('analyst-data-after-save', data));
  }
  return { status: 200, body: { [kind]: row } };
}

function has(event: MispEvent, uuid: string): boolean {
  const reports = (event.EventReport ?? []) as Row[];
  const clusters = ((event.Galaxy ?? []) as { GalaxyCluster: Row[] }[]).flatMap((one) => one.GalaxyCluster);
  const attributes = attributesOf(event).map(({ attribute }) => attribute);
  return [event, ...attributes, ...event.Object, ...reports, ...clusters].some((one) => one.uuid === uuid);
}
