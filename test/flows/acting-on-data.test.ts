import { strict as assert } from 'node:assert';
import { complete } from '../../src/event/to-core';
import { idOf } from '../support/flows';
import { MispNodeTest, type NodeSettings } from '../support/misp-node';
import { eventOf, isWriting, planOf } from '../support/planned';

const FILTER = {
  selector: 'Event._AttributeFlattened.{n}',
  path: 'value',
  operator: 'not_equals',
  value: 'no such value',
};

/** Nodes that act on attributes, each as it does something on event 2 of the stand-in. */
const NODES: Record<string, NodeSettings> = {
  'misp-tag (attributes)': { scope: 'attribute', tags: ['acted:on'], create: true },
  'misp-tag (event, by a filter)': { tags: ['acted:on'], create: true, filter: FILTER },
  'misp-tag-replace (attributes)': {
    scope: 'attribute',
    taxonomy: 'custom',
    pattern: '/^(.*)$/',
    substitution: 'away:{{1}}',
  },
  'misp-attribute': { change: 'comment', value: 'acted on' },
  'misp-country': {},
  'misp-decay': { models: ['1'] },
  'misp-warninglist (attach)': {},
  'misp-warninglist (add)': { action: 'add', warninglist: '114' },
  'misp-sighting': {},
  'misp-analyst-data': { target: 'Attribute', note: 'acted on' },
  'misp-proposal (by a filter)': { filter: FILTER },
};

/** What sends the event on, whole. */
const SENDING: Record<string, NodeSettings> = {
  'misp-flowintel': {
    own: { url: 'http://127.0.0.1:1' },
    secrets: { [idOf('tested')]: { apiKey: 'x'.repeat(40) } },
  },
};

describe('what acts on an event that MISP cut down', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());
  const typeOf = (name: string) => name.split(' ')[0];
  const deploy = (name: string, settings: NodeSettings) =>
    test.deploy(typeOf(name), { dryRun: true, ...settings });

  for (const [name, settings] of Object.entries({ ...NODES, ...SENDING })) {
    it(`${name} does not take it for one without attributes`, async () => {
      await deploy(name, settings);
      for (const count of ['2', 2]) {
        for (const lists of [{ _AttributeFlattened: [] }, {}, { Attribute: [], Object: [] }]) {
          test.clear();
          const payload = { Event: { id: '2', attribute_count: count, Tag: [], ...lists } };
          assert.match(await test.fail({ payload }), /without its attributes/);
          assert.deepEqual(test.recorder.calls.filter(isWriting), []);
        }
      }
    });

    it(`${name} does its work where a filter of the flow hides them all, and where there are none`, async () => {
      await deploy(name, settings);
      const whole = eventOf(test.misp, '2');
      const payload = { Event: { ...whole.Event, attribute_count: '2', _AttributeFlattened: [] } };
      const filters = { whole, enabled: [], narrowed: ['Event._AttributeFlattened'] };
      await test.send({ payload, misp: { filters } });
      const none = { Event: { id: '2', Tag: [], attribute_count: '0', _AttributeFlattened: [] } };
      await test.send({ payload: none }, 2);
    });
  }

  it('says that it does not know the reports', async () => {
    await deploy('misp-tag', { scope: 'event-report', tags: ['acted:on'] });
    const thin = { id: '2', attribute_count: '2', _AttributeFlattened: [] };
    assert.match(await test.fail({ payload: { Event: thin } }), /not known which reports/);
    test.clear();
    await test.send({ payload: { Event: { ...thin, EventReport: [] } } });
  });

  it('reads the proposals of it', async () => {
    await deploy('misp-proposal', {});
    await test.send({
      payload: { Event: { id: '2', attribute_count: '2', ShadowAttribute: [{ id: '5' }] } },
    });
    assert.deepEqual(test.calls, ['GET /shadow_attributes/index/2']);
  });
});

describe('what acts on an event in another shape', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  /** An event in which every node has something to do. */
  function event() {
    const data = eventOf(test.misp, '2');
    const [first] = data.Event.Attribute ?? [];
    first.Tag = [{ id: '1', name: 'old:one' }];
    first.enrichment = [[{ values: ['Belgium'] }]];
    first.ShadowAttribute = [{ id: '66', old_id: String(first.id), value: 'proposed.example' }];
    return complete(data);
  }

  /** As MISP's REST API gives it: without what the core format adds. */
  function plain() {
    const { _AttributeFlattened, ...Event } = event().Event;
    void _AttributeFlattened;
    for (const attribute of Event.Attribute ?? []) delete attribute._allTags;
    return { Event };
  }
  const SHAPES: Record<string, () => unknown> = {
    'as REST gives it': plain,
    'in a list': () => [plain()],
    'as a search answers': () => ({ response: [plain()] }),
    'in core format, in a list': () => [event()],
  };
  const all = { ...NODES, 'misp-event': { change: 'info', value: 'acted on' }, 'misp-publish': {} };

  /** What a node plans, or asks if it plans nothing. */
  async function outcomeOf(payload: unknown): Promise<string> {
    test.clear();
    const [message] = await test.send({ payload });
    const plan = message.misp === undefined ? [] : planOf(message);
    const asked = test.recorder.calls.map(({ path, body }) => [path, body]);
    // What MISP was asked for once is remembered for a while.
    return JSON.stringify(plan.length > 0 ? plan : asked.filter(([path]) => !/index/.test(String(path))));
  }

  for (const [name, settings] of Object.entries(all)) {
    it(`${name} does the same`, async () => {
      await test.deploy(name.split(' ')[0], { dryRun: true, ...settings });
      const wanted = await outcomeOf(event());
      assert.notEqual(wanted, '[]');
      for (const [shape, payload] of Object.entries(SHAPES))
        assert.equal(await outcomeOf(payload()), wanted, shape);
    });

    it(`${name} takes an operator alone for no filter: all items are meant`, async () => {
      const outcomes: string[] = [];
      for (const operator of ['', 'in', 'any_value']) {
        const filter = { selector: '', value: '', operator, path: '' };
        await test.deploy(name.split(' ')[0], { dryRun: true, version: 2, ...settings, filter });
        outcomes.push(await outcomeOf(event()));
      }
      assert.deepEqual(new Set(outcomes).size, 1);
      assert.notEqual(outcomes[0], '[]');
    });

    it(`${name} refuses what is no event, and what are several`, async () => {
      await test.deploy(name.split(' ')[0], { dryRun: true, ...settings });
      const wrong: [unknown, RegExp][] = [
        ['text', /holds no event: its payload is a text/],
        [[], /an empty list/],
        [[plain(), plain()], /holds 2 events/],
        [{ response: [plain(), plain()] }, /holds 2 events/],
      ];
      for (const [payload, words] of wrong) {
        test.clear();
        assert.match(await test.fail({ payload }), words);
        assert.deepEqual(test.calls, []);
      }
    });
  }

  it('shows what it has done to the nodes behind', async () => {
    await test.deploy('misp-tag', { dryRun: true, tags: ['acted:on'] });
    const payload = { response: [event()] };
    await test.send({ payload });
    assert.ok(payload.response[0].Event.Tag?.some(({ name }) => name === 'acted:on'));
  });
});
