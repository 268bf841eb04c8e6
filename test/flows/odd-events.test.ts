import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventData } from '../../src/event/event-data';
import { node, tab } from '../support/flows';
import { until } from '../support/until';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';

interface OddEvent {
  about: string;
  /** The event itself carries tlp:red. */
  red: boolean;
  /** One of its attributes does, by itself. */
  attribute: boolean;
  data: unknown;
}

const folder = path.join(root, 'test/fixtures/odd-events');
const files = readdirSync(folder);
const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as OddEvent;

const tags = ['tlp:red'];
/** Every logic node, in every way of looking at an event. */
const LOGIC: Record<string, [type: string, settings: Record<string, unknown>]> = {
  'tag-event': ['misp-if-tag', { scope: 'event', tags }],
  'tag-attribute': ['misp-if-tag', { scope: 'attribute', tags }],
  'tag-inherited': ['misp-if-tag', { scope: 'event_attribute', tags }],
  'tag-report': ['misp-if-tag', { scope: 'event_report', tags }],
  'tag-inherited-report': ['misp-if-tag', { scope: 'inherited_report', tags }],
  count: ['misp-if-count', { selector: 'Event._AttributeFlattened.{n}', operator: 'greater', value: 0 }],
  aggregate: [
    'misp-if-aggregate',
    { aggregation_path: 'Event._AttributeFlattened.{n}.type', aggregation_type: 'unique_count', value: '0' },
  ],
  distribution: ['misp-if-distribution', { scope: 'attribute', distribution: '1' }],
  organisation: ['misp-if-organisation', { org_type: 'orgc', org_id: ['2'] }],
  published: ['misp-if-published', {}],
  'threat-level': ['misp-if-threat-level', { threatlevel: '2' }],
  if: ['misp-if', { hash_path: 'Event.Tag.{n}.name', operator: 'in', value: 'tlp:red' }],
  'if-attribute': [
    'misp-if',
    { hash_path: 'Event._AttributeFlattened.{n}.Tag.{n}.name', operator: 'in', value: 'tlp:red' },
  ],
  filter: [
    'misp-filter',
    { selector: 'Event._AttributeFlattened.{n}', hash_path: 'type', operator: 'equals', value: 'ip-dst' },
  ],
  'filter-tag': ['misp-filter-tag', { scope: 'event_attribute', tags }],
  'filter-tag-report': ['misp-filter-tag', { scope: 'inherited_report', tags }],
  'filter-time': ['misp-filter-timestamp', { target: 'attribute', operator: 'since', value: '2020-01-01' }],
  'filter-time-object': ['misp-filter-timestamp', { target: 'object', operator: 'less', value: '1d' }],
  reset: ['misp-filter-reset', {}],
  concurrent: ['misp-concurrent', {}],
  delay: ['misp-delay', { delay: 0 }],
};

interface Seen {
  payload: unknown;
  /** Which output it left at, or what went wrong. */
  way: string;
}

describe('events as others write them', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const seen = new Map<string, Seen>();
  before(async () => {
    const take = (message: Record<string, unknown>, way: string) => {
      const { error } = message as { error?: { message: string } };
      seen.set(message.asked as string, { payload: message.payload, way: error ? error.message : way });
    };
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take } } });
    const taker = (name: string): FlowNode =>
      node(name, 'function', [[]], { func: `global.get('take')(msg, '${name}'); return null;`, outputs: 1 });
    const nodes = Object.entries(LOGIC).map(([name, [type, settings]]) =>
      node(name, type, type.startsWith('misp-if') ? [['then'], ['else']] : [['then']], settings),
    );
    await deploy(nodeRed.RED, [
      tab,
      ...nodes,
      taker('then'),
      taker('else'),
      taker('caught'),
      node('catch', 'catch', [['caught']], { scope: Object.keys(LOGIC) }),
    ]);
  });
  after(() => nodeRed.stop());

  async function ask(name: string, payload: unknown): Promise<Seen> {
    seen.delete(name);
    nodeRed.RED.nodes.getNode(`node-${name}`)?.receive({ asked: name, payload });
    await until(() => seen.has(name));
    return seen.get(name) as Seen;
  }

  it('are more than 30', () => assert.ok(files.length >= 30, String(files.length)));

  for (const file of files) {
    const { about, red, attribute } = read(file);
    it(`${file}: ${about}`, async () => {
      const ways: Record<string, string> = {};
      for (const name of Object.keys(LOGIC)) ways[name] = (await ask(name, read(file).data)).way;
      const wrong = Object.entries(ways).filter(([, way]) => way !== 'then' && way !== 'else');
      assert.deepEqual(wrong, []);
      const way = (isSo: boolean) => (isSo ? 'then' : 'else');
      assert.equal(ways['tag-event'], way(red));
      assert.equal(ways.if, way(red));
      assert.equal(ways['tag-attribute'], way(attribute));
      assert.equal(ways['if-attribute'], way(attribute));
      if (attribute) assert.equal(ways['tag-inherited'], 'then');
      if (red) assert.equal(ways['tag-inherited'], ways.count, 'attributes inherit the tag of the event');
    });
  }

  it('stay as they are in a message that was only asked about', async () => {
    for (const file of files) {
      for (const name of ['tag-event', 'tag-inherited', 'if-attribute', 'distribution']) {
        assert.deepEqual((await ask(name, read(file).data)).payload, read(file).data, file);
      }
    }
  });

  /** What every node that looks at an event refuses. */
  const NONE: [string, unknown, RegExp][] = [
    ['nothing', undefined, /holds no event: its payload is nothing/],
    ['null', null, /nothing/],
    ['a text', 'text', /a text/],
    ['a number', 7, /a number/],
    ['a buffer', Buffer.from('{"Event":{}}'), /a buffer/],
    ['an empty object', {}, /an empty object/],
    ['an empty list', [], /an empty list/],
    ['no event in its place', { Event: null }, /an object without an event/],
    ['a text in its place', { Event: 'tlp:red' }, /an object without an event/],
    ['an empty list in its place', { Event: [] }, /an empty list/],
    ['an empty event', { Event: {} }, /nothing in it/],
    ['nothing found', { response: [] }, /an empty list/],
    ['an error of MISP', { name: 'Invalid event', message: 'Invalid event', url: '/' }, /without an event/],
    ['two events', [{ Event: { id: '1', Tag: [] } }, { Event: { id: '2' } }], /holds 2 events/],
    ['two found', { response: [{ Event: { id: '1' } }, { Event: { id: '2' } }] }, /holds 2 events/],
    ['two in its place', { Event: [{ id: '1' }, { id: '2' }] }, /holds 2 events/],
    ['lists in lists', [[[[[[{ Event: { id: '1' } }]]]]]], /no event/],
  ];
  const looking = Object.keys(LOGIC).filter((name) => !['reset', 'concurrent', 'delay'].includes(name));
  for (const [what, payload, words] of NONE) {
    it(`refuses ${what}`, async () => {
      for (const name of looking) assert.match((await ask(name, payload)).way, words, name);
    });
  }

  it('refuses what is nested without end, in words', () => {
    let payload: unknown = { Event: { id: '1' } };
    for (let level = 0; level < 60_000; level++) payload = [payload];
    // Not through a Catch node, which clones: the node alone.
    assert.throws(() => eventData(payload), /no event/);
  });
});

describe('events without what MISP has of them', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const seen = new Map<string, string>();
  const statuses = new Map<string, string | undefined>();
  const onStatus = ({ id, status }: { id: string; status: { text?: string } }) =>
    statuses.set(id, status.text);
  const looking = Object.entries(LOGIC).filter(([, [, settings]]) =>
    /_AttributeFlattened|attribute/.test(JSON.stringify(settings)),
  );
  before(async () => {
    const take = (message: { asked: string; error?: { message: string } }, way: string) =>
      seen.set(message.asked, message.error?.message ?? way);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take } } });
    nodeRed.RED.events.on('node-status', onStatus);
    const taker = (name: string): FlowNode =>
      node(name, 'function', [[]], { func: `global.get('take')(msg, '${name}'); return null;`, outputs: 1 });
    const both = looking.flatMap(([name, [type, settings]]) =>
      [false, true].map((asMisp) =>
        node(`${name}-${asMisp}`, type, type.startsWith('misp-if') ? [['then'], ['else']] : [['then']], {
          ...settings,
          asMisp,
          version: 2,
        }),
      ),
    );
    await deploy(nodeRed.RED, [
      tab,
      ...both,
      node('narrow', 'misp-filter-timestamp', [['behind']], {
        target: 'attribute',
        operator: 'less',
        value: '1d',
      }),
      node('behind', 'misp-if-tag', [['then'], ['else']], {
        scope: 'attribute',
        condition: 'not_in_or',
        tags,
      }),
      node('nameless', 'misp-if-tag', [['then'], ['else']], { scope: 'event', tags }),
      taker('then'),
      taker('else'),
      taker('caught'),
      node('catch', 'catch', [['caught']], {
        scope: [...both.map(({ id }) => id.replace('node-', '')), 'nameless'],
      }),
    ]);
  });
  after(async () => {
    nodeRed.RED.events.off('node-status', onStatus);
    await nodeRed.stop();
  });

  async function ask(name: string, payload: unknown): Promise<string> {
    seen.delete(name);
    nodeRed.RED.nodes.getNode(`node-${name}`)?.receive({ asked: name, payload });
    await until(() => seen.has(name));
    return seen.get(name) as string;
  }
  const thin = (more: object) => ({ Event: { id: '29242', uuid: 'u', Tag: [], ...more } });

  for (const [name] of looking) {
    it(`${name} fails on an event whose attributes are missing, unless it decides as MISP does`, async () => {
      for (const count of ['2', 2]) {
        for (const list of [{ _AttributeFlattened: [] }, {}, { Attribute: [], Object: [] }]) {
          const data = thin({ attribute_count: count, ...list });
          assert.match(await ask(`${name}-false`, data), /has attributes in MISP \(2\)/);
          assert.ok(['then', 'else'].includes(await ask(`${name}-true`, data)));
        }
      }
      await until(() => statuses.get(`node-${name}-false`) === 'MISP left data out');
      assert.equal(statuses.get(`node-${name}-true`), 'decided without data MISP left out');
    });

    it(`${name} decides where there is nothing to miss`, async () => {
      for (const more of [
        { attribute_count: '0' },
        { attribute_count: '' },
        { attribute_count: 'many' },
        {},
      ]) {
        const data = thin({ _AttributeFlattened: [], ...more });
        assert.ok(['then', 'else'].includes(await ask(`${name}-false`, data)));
      }
    });
  }

  it('what a filter of the flow hides is not missing', async () => {
    const attribute = {
      uuid: 'a',
      value: 'x',
      timestamp: String(Math.floor(Date.now() / 1000)),
      Tag: [],
      _allTags: [],
    };
    const data = thin({ attribute_count: '1', Attribute: [attribute], _AttributeFlattened: [attribute] });
    seen.delete('narrow');
    nodeRed.RED.nodes.getNode('node-narrow')?.receive({ asked: 'narrow', payload: data });
    await until(() => seen.has('narrow'));
    assert.equal(seen.get('narrow'), 'then');
  });

  it('tags without names are no tags of another name', async () => {
    const links = { EventTag: [{ tag_id: 2, local: false }], _AttributeFlattened: [] };
    assert.match(await ask('nameless', thin({ Tag: undefined, ...links })), /tags without their names/);
    assert.match(
      await ask('nameless', { Event: { id: '1', Tag: [{ id: '2' }] } }),
      /tags without their names/,
    );
  });
});
