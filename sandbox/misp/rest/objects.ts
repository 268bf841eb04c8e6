import { randomUUID } from 'node:crypto';
import templates from '../data/object-templates.json';
import type { MispAttribute } from '../model';
import type { StandIn } from '../stand-in';
import { deny, notFound, type RestAnswer } from './answers';
import { plainRow } from './attribute-rows';
import { searchAnswer, texts } from './attribute-search';
import { addObject } from './event-additions';
import { page } from './paging';
import { mayChange, maySee } from './permissions';
import type { Resource, RestRequest } from './router';
import { touch } from './touch';
import { without } from './values';

type Row = Record<string, unknown>;

/** `objects/view`, `objects/add` and `objects/restSearch`. */
export const objects: Resource = {
  view: {
    run: ({ args: [key = ''], url, user }, misp) => {
      for (const event of misp.events.values()) {
        const object = event.Object.find(({ id, uuid }) => id === key || uuid === key);
        if (!object || !maySee(user, event)) continue;
        const { id, info, org_id, orgc_id } = event;
        const row = {
          ...without(object, 'ObjectReference', 'Attribute'),
          Event: { id, info, org_id, orgc_id },
          Attribute: object.Attribute.map(attributeRow),
        };
        return { status: 200, body: { Object: row } };
      }
      return notFound('Invalid object', url);
    },
  },
  add: { post: true, run: add },
  restSearch: { run: search },
};

/** `objects/add/EVENT/TEMPLATE` (recording: objects-add). */
function add({ args: [id = ''], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const event = misp.event(id);
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  if (!user.Role.perm_add || !mayChange(user, event)) {
    return deny('You do not have permission to do that.', url);
  }
  const { Object: framed, ...rest } = (body ?? {}) as Row & { Object?: Row };
  const given = framed ?? rest;
  const template = templates.find(({ name }) => name === given.name);
  const { description } = template ?? { description: '' };
  addObject(misp, user, event, { uuid: randomUUID(), description, ...given });
  touch(event);
  const object = event.Object[event.Object.length - 1];
  const Attribute = object.Attribute.map((attribute) => without(attributeRow(attribute), 'AttributeTag'));
  return { status: 200, body: { Object: { ...without(object, 'ObjectReference', 'Attribute'), Attribute } } };
}

function attributeRow(attribute: MispAttribute): Row {
  const { value, Tag = [] } = attribute;
  return { ...plainRow(attribute), value1: value, value2: '', AttributeTag: Tag };
}

function search({ body, user }: RestRequest, misp: StandIn): RestAnswer {
  const wanted = (body ?? {}) as Record<string, unknown>;
  const ids = texts(wanted.eventid);
  const all = [...misp.events.values()]
    .filter((event) => maySee(user, event))
    .filter(({ id, uuid }) => ids.length === 0 || ids.includes(id) || ids.includes(uuid))
    .flatMap((event) => event.Object.map((object) => ({ event, object })));
  const rows = page(all, wanted).map(({ event: { id, info, org_id, orgc_id, uuid }, object }) => ({
    Object: { ...object, Event: { id, distribution: '1', info, org_id, orgc_id, uuid } },
  }));
  return searchAnswer(rows, all.length);
}
