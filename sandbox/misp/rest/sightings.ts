import { randomUUID } from 'node:crypto';
import type { StandIn } from '../stand-in';
import type { Sighting } from '../store/collections';
import { attributesOf, type FoundAttribute } from '../store/items';
import type { MispUser } from '../users';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { fits, searchAnswer, texts } from './attribute-search';
import { maySee, NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { now } from './touch';
import { textOf, without } from './values';

type Row = Record<string, unknown>;

/** `sightings/...` (recordings: test/fixtures/rest/sightings-*.json). */
export const sightings: Resource = {
  index: {
    run: ({ args: [key], url }, misp) => {
      const event = misp.event(key ?? '');
      if (!event) return notFound('Invalid event', url);
      return {
        status: 200,
        body: misp.collections.sightings.filter(({ event_id }) => event_id === event.id),
      };
    },
  },
  add: { post: true, run: add },
  restSearch: {
    run: ({ args: [context], body, user, url }, misp) => {
      const wanted = (body ?? {}) as Row;
      const wrong = context === undefined ? undefined : [wanted.id].flat().find((id) => isBadId(id));
      if (wrong !== undefined) return problem(400, `Invalid ID \`${textOf(wrong)}\` provided.`, url);
      const keys = [...texts(wanted.id), ...texts(wanted.uuid)];
      const rows = misp.collections.sightings.filter((sighting) => {
        const { event_id, attribute_id, attribute_uuid, type, source } = sighting;
        const event = misp.event(event_id);
        const own = context === 'event' ? [event_id, event?.uuid ?? ''] : [attribute_id, attribute_uuid];
        return (
          event &&
          maySee(user, event) &&
          (keys.length === 0 || keys.some((key) => own.includes(key))) &&
          fits(wanted.type, [type]) &&
          fits(wanted.source, [source])
        );
      });
      return searchAnswer(
        rows.map((row) => ({ Sighting: row })),
        rows.length,
      );
    },
  },
};

/** MISP takes ids of sighted things as JSON integers only. */
const isBadId = (id: unknown): boolean => id !== undefined && !Number.isInteger(id);

function add({ args: [key], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  if (!user.Role.perm_sighting) return deny(NO_PERMISSION, url);
  const given = (body ?? {}) as Row;
  const found = targets(misp, user, key ?? given.uuid ?? given.id, given);
  if (found.length === 0) {
    const message = 'Could not add the Sighting. Reason: No valid attributes found that match the criteria.';
    return { status: 200, body: { message } };
  }
  const made = found.map((entry) => record(misp, user, entry, given));
  const row = without(made[made.length - 1], 'attribute_uuid', 'Organisation');
  return { status: 200, body: { Sighting: row } };
}

function targets(misp: StandIn, user: MispUser, key: unknown, given: Row): FoundAttribute[] {
  const visible = ({ event, attribute }: FoundAttribute) => maySee(user, event) && attribute.deleted !== true;
  if (typeof key === 'string') {
    const found = misp.items.attribute(key);
    return found && visible(found) ? [found] : [];
  }
  const values = [...texts(given.values), ...texts(given.value)];
  if (values.length === 0) return [];
  return [...misp.events.values()]
    .flatMap(attributesOf)
    .filter((found) => visible(found) && fits(values, [found.attribute.value]));
}

function record(misp: StandIn, user: MispUser, { event, attribute }: FoundAttribute, given: Row): Sighting {
  const { id, uuid, name } = user.Organisation;
  const sighting: Sighting = {
    id: misp.collections.nextId(),
    attribute_id: attribute.id,
    event_id: event.id,
    org_id: id,
    date_sighting: given.timestamp === undefined ? now() : textOf(given.timestamp),
    uuid: randomUUID(),
    source: typeof given.source === 'string' ? given.source : '',
    type: given.type === undefined ? '0' : textOf(given.type),
    attribute_uuid: attribute.uuid,
    Organisation: { id, uuid, name },
  };
  misp.collections.sightings.push(sighting);
  return sighting;
}
