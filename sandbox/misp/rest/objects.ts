import type { MispAttribute } from '../model';
import type { StandIn } from '../stand-in';
import { notFound, type RestAnswer } from './answers';
import { plainRow } from './attribute-rows';
import { searchAnswer, texts } from './attribute-search';
import { page } from './paging';
import { maySee } from './permissions';
import type { Resource, RestRequest } from './router';
import { without } from './values';

/** `objects/view` and `objects/restSearch`. */
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
  restSearch: { run: search },
};

function attributeRow(attribute: MispAttribute): object {
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
