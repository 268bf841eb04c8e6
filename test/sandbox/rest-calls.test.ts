import { strict as assert } from 'node:assert';
import type { MispEvent } from '../../sandbox/misp/model';
import {
  ANALYST_KEY,
  API_KEY,
  READER_KEY,
  startStandInMisp,
  type StandInMisp,
} from '../../sandbox/misp/server';
import { TestActionService } from './support/action-service';
import { recording } from './support/recordings';
import { rest } from './support/rest';

type Json = Record<string, unknown>;

/** A recorded call of a real MISP, lists cut to two entries. */
interface Call {
  as: string;
  method: string;
  path: string;
  body: unknown;
  status: number;
  headers: Record<string, string>;
  answer: unknown;
}

const CALLS = recording<Record<string, Call>>('rest-calls.json');
const KEYS: Record<string, string> = {
  'site admin': API_KEY,
  'read only user': READER_KEY,
  'analyst (role User) of another organisation': ANALYST_KEY,
};

/** What had happened before the recording. */
const BEFORE: Record<string, ((misp: StandInMisp) => Promise<unknown> | void) | undefined> = {
  'tags-attachTagToObject.already-attached': attach('to-publish'),
  'tags-removeTagFromObject': attach('to-publish'),
  'tags-removeTagFromObject.forbidden': attach('tlp:green'),
  'tags-removeTagFromObject.local': attach('blocklisted', 1),
  'tags-removeTagFromObject.attribute': attach('lab:review', 0, 'bb8e329d-4546-4e53-a5b1-df9eb9335f93'),
  'events-addTag': attach('lab:review'),
  'events-removeTag': attach('lab:review'),
  'events-edit.bad-distribution': () => undefined,
  'attributes-add.duplicate': (misp) => call(misp, CALLS['attributes-add']),
  'eventBlocklists-add.again': (misp) => call(misp, CALLS['eventBlocklists-add']),
  'eventBlocklists-index': (misp) => call(misp, CALLS['eventBlocklists-add']),
  'shadowAttributes-accept': propose('10'),
  'shadowAttributes-discard': propose('11'),
  'shadowAttributes-index': (misp) => {
    const rows = CALLS['shadowAttributes-index'].answer as { ShadowAttribute: { old_id: string } }[];
    const [edit, added] = rows.map(({ ShadowAttribute }) => ShadowAttribute);
    misp.items.attribute(edit.old_id)!.attribute.ShadowAttribute = [edit];
    misp.event('150')!.ShadowAttribute = [added];
  },
  'sightings-index': (misp) => call(misp, CALLS['sightings-add']),
  'jobs-index': (misp) => misp.publish('150', { inline: false }),
};

/** Ids that are others here. */
const ELSEWHERE: Record<string, string> = {
  'attributes-delete': '/attributes/delete/3787',
  'objects-view': '/objects/view/OBJECT',
  'warninglists-view': '/warninglists/view/2',
  'galaxies-attachCluster': '/galaxies/attachCluster/150/event/local:0',
};

/** Fields that an answer has or has not, by what the data is; and those whose names are data. */
const OPTIONAL =
  /^(?:SharingGroup|Tag|GalaxyCluster|GalaxyElement|Taxonomy|TaxonomyPredicate|description|decay_score|warnings|kill_chain_order|existing_tag|Object|icon_path|default|options|placeholder|picker_options|display_on|html_template|hashpath|jinja_supported|\d+|\d+\.\d+.*|www\..*|attribute_\d+)$/;

function attach(tag: string, local = 0, uuid = '405fbefc-f75d-4e9e-ae8a-ba7f09d0251e') {
  return (misp: StandInMisp) =>
    call(misp, { ...CALLS['tags-attachTagToObject.event-global'], body: { uuid, tag, local } });
}

function propose(id: string) {
  return async (misp: StandInMisp) => {
    await call(misp, CALLS['shadowAttributes-add']);
    (misp.event('150')!.ShadowAttribute as Json[])[0].id = id;
  };
}

function call(misp: StandInMisp, { as, method, path, body }: Call) {
  const headers = { Accept: 'application/json', Authorization: KEYS[as] };
  const text = body === null || body === undefined ? undefined : JSON.stringify(body);
  const target = path.replace('OBJECT', misp.event('150')!.Object[0].id);
  return rest(misp.url, method, target, headers, text);
}

/** Where the shape differs: the same keys, and the same types, all the way down; lists by their first entry. */
function differences(actual: unknown, expected: unknown, at = 'answer'): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${at}: no list`];
    return actual.length > 0 && expected.length > 0 ? differences(actual[0], expected[0], `${at}[0]`) : [];
  }
  if (typeof expected !== 'object' || expected === null) {
    const nullable = actual === null || expected === null;
    return nullable || typeof actual === typeof expected
      ? []
      : [`${at}: ${typeof actual}, not ${typeof expected}`];
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return [`${at}: no record`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    const [own, other] = [(actual as Json)[key], (expected as Json)[key]];
    if (own !== undefined && other !== undefined) return differences(own, other, `${at}.${key}`);
    return OPTIONAL.test(key) ? [] : [`${at}.${key}: ${own === undefined ? 'missing' : 'not MISP’s'}`];
  });
}

describe('the REST API of the stand-in MISP, call by call', () => {
  let service: TestActionService;
  let misp: StandInMisp;
  const { Event: event } = recording<{ response: { body: { Event: MispEvent } } }>('rest/events-view.json')
    .response.body;

  beforeEach(async () => {
    service = await new TestActionService(recording('service/modules-reply.json')).start();
    const hidden = { ...structuredClone(event), id: '151', uuid: '00000000-0000-4000-8000-000000000151' };
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: 'nodered_block' } },
      events: [structuredClone(event), { ...hidden, distribution: '0', Attribute: [], Object: [] }],
    });
    const own = { 'lab:review': '141', 'to-publish': '142', blocklisted: '143' };
    for (const [name, id] of Object.entries(own)) misp.tags.make(name, { id });
    event.Tag = event.Tag.filter(({ name }) => !(name in own));
  });
  afterEach(async () => {
    await misp.close();
    await service.close();
  });

  for (const [name, recorded] of Object.entries(CALLS)) {
    it(`answers as recorded: ${name}`, async () => {
      await BEFORE[name]?.(misp);
      if (name.endsWith('nodered_block.error')) service.query = { body: '{"error":"stateless says no"}' };
      const path = ELSEWHERE[name] ?? recorded.path;
      const reply = await call(misp, { ...recorded, path });
      assert.equal(reply.status, recorded.status, reply.text.slice(0, 300));
      for (const header of Object.keys(recorded.headers)) assert.ok(reply.headers[header], header);
      assert.deepEqual(differences(reply.body, recorded.answer), []);
      const expected = recorded.answer as { message?: string; errors?: unknown; success?: unknown };
      if (recorded.status >= 400) {
        assert.deepEqual([reply.body.message, reply.body.errors], [expected.message, expected.errors]);
      } else if (typeof expected.success === 'boolean') assert.equal(reply.body.success, expected.success);
    });
  }
});

describe('the calls of the stand-in that change many things', () => {
  interface Bulk {
    call: string;
    path: string;
    status: number;
    answer: Json | null;
    after: { ids: number; tags: number; t0: string[]; etags: string[]; c: string; d: string };
  }

  it('answer as recorded, and leave the event as recorded', async () => {
    const { Event: template } = recording<{ response: { body: { Event: MispEvent } } }>(
      'rest/events-view.json',
    ).response.body;
    const event: MispEvent = { ...structuredClone(template), id: '191', Tag: [], Object: [] };
    event.uuid = '5f6bef3b-fb82-43e6-bf62-5f1aafa973e2';
    event.Attribute = Array.from({ length: 500 }, (_, index) => ({
      ...structuredClone(template.Attribute[0]),
      ...{ id: String(8783 + index), event_id: '191', Tag: [], comment: '', type: 'domain' },
      uuid:
        index === 0
          ? 'ba5d7f1c-2654-4a04-a603-60354e87a3be'
          : `00000000-0000-4000-8000-${8783 + index}00000000`,
      value: `host${index}.example.com`,
    }));
    const misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      events: [event],
    });
    const ids = `[${event.Attribute.map(({ id }) => id).join()}]`;
    const each = (fields: object) => ({
      Event: { Attribute: event.Attribute.map(({ uuid }) => ({ uuid, ...fields })) },
    });
    const selected = (fields: object) => ({ Attribute: { attribute_ids: ids, event_id: '191', ...fields } });
    const keep = { to_ids: '2', distribution: '6', comment: '' };
    const bodies: Record<string, object | undefined> = {
      'one tag on 500 attributes, local': { attribute_ids: ids, tag: '4' },
      'two tags on 500 attributes, local': { attribute_ids: ids, tag: '["9"]' },
      'the same again': { attribute_ids: ids, tag: '4' },
      'one global tag on 500 attributes': { attribute_ids: ids, tag: '11' },
      'remove by selected': { attribute_ids: ids },
      'to_ids off on 500, events/edit with uuid and to_ids only': each({ to_ids: false }),
      'to_ids on 500, editSelected': selected({ ...keep, to_ids: '1' }),
      'comment on 500, editSelected': selected({ ...keep, comment: 'seen' }),
      'distribution on 500, editSelected': selected({ ...keep, distribution: '1' }),
      'tags inside events/edit, 500 attributes': each({ Tag: [{ name: 'lab:bulk', local: 1 }] }),
      'tag with deleted flag inside events/edit, 500': each({
        Tag: [{ name: 'lab:bulk', local: 1, deleted: 1 }],
      }),
      'exclusive taxonomy (tlp:amber beside tlp:green)': {
        ...{ uuid: event.Attribute[0].uuid, tag: 'tlp:amber', local: 0 },
      },
      'several tags on the event': { uuid: event.uuid, tag: ['tlp:green', 'PAP:RED'], local: 1 },
    };
    const named = (tags: { name: string; local: boolean }[] = []) =>
      tags.map(({ name, local }) => `${name}:${local}`);
    try {
      for (const { call: what, path, status, answer, after } of recording<Bulk[]>('bulk-calls.json')) {
        const body = bodies[what];
        if (!body) continue;
        const headers = { Accept: 'application/json', Authorization: API_KEY };
        const reply = await rest(misp.url, 'POST', path, headers, JSON.stringify(body));
        assert.equal(reply.status, status, what);
        if (answer) assert.deepEqual(reply.body, answer, what);
        const [first] = event.Attribute;
        assert.deepEqual(
          {
            ids: event.Attribute.filter(({ to_ids }) => to_ids === true).length,
            tags: event.Attribute.reduce((sum, { Tag = [] }) => sum + Tag.length, 0),
            t0: named(first.Tag),
            etags: named(event.Tag),
            c: first.comment,
            d: first.distribution,
          },
          after,
          what,
        );
      }
    } finally {
      await misp.close();
    }
  });
});
