import { strict as assert } from 'node:assert';
import { idOf, node, tab } from '../support/flows';
import { until } from '../support/until';
import { MispNodeTest, type TestMessage } from '../support/misp-node';
import { deploy } from '../support/node-red';
import { sendJson } from '../support/recorder';

type Row = Record<string, unknown>;

describe('misp-search', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  /** Answers with so many attributes, in pages, as MISP does; `skip` are left out of each page. */
  function answerWith(total: number, skip = 0): void {
    test.recorder.answer = (call, response) => {
      const { limit, page } = call.body as { limit: number; page: number };
      const first = (page - 1) * limit;
      const length = Math.max(0, Math.min(limit, total - first));
      const all = Array.from({ length }, (_, index) => attribute(first + index));
      const headers = {
        'x-result-count': String(total),
        'x-skipped-elements-count': String(Math.min(skip, length)),
      };
      return sendJson(response, { response: { Attribute: all.slice(skip) } }, 200, headers);
    };
  }
  const attribute = (number: number) => ({
    id: String(number),
    uuid: `uuid-${number}`,
    event_id: String(number % 2),
    Event: { id: String(number % 2), uuid: `event-${number % 2}`, info: 'x' },
    value: `node${number}.example.net`,
  });
  const bodies = () => test.recorder.calls.map(({ body }) => body as Row);
  const ids = (message: TestMessage) => (message.payload as Row[]).map(({ id }) => id);

  it('asks with the conditions of the form', async () => {
    await test.deploy('misp-search', {
      value: 'payload.wanted',
      valueType: 'msg',
      types: ['ip-src', '!domain'],
      tags: ['tlp:amber'],
      tagsNone: ['tlp:red'],
      organisations: ['1'],
      timestamp: '3d',
      published: 'yes',
      to_ids: 'no',
      enforceWarninglist: true,
      metadata: true,
      other: '{"deleted": 1}',
      limit: 10,
    });
    answerWith(0);
    const [{ payload }] = await test.send({ payload: { wanted: ['a', 'b'] } });
    assert.deepEqual(payload, []);
    assert.deepEqual(test.calls, ['POST /attributes/restSearch']);
    assert.deepEqual(bodies()[0], {
      returnFormat: 'json',
      value: ['a', 'b'],
      type: ['ip-src', '!domain'],
      tags: { OR: ['tlp:amber'], NOT: ['tlp:red'] },
      org: ['1'],
      timestamp: '3d',
      published: 1,
      to_ids: 0,
      enforceWarninglist: 1,
      deleted: 1,
      limit: 10,
      page: 1,
    });
  });

  for (const empty of [undefined, null, '', []]) {
    it(`does not search for everything when the message has ${JSON.stringify(empty)}`, async () => {
      await test.deploy('misp-search', { value: 'payload.wanted', valueType: 'msg' });
      assert.match(
        await test.fail({ payload: { wanted: empty } }),
        /Value is to come from the message, but is empty/,
      );
      assert.deepEqual(test.calls, []);
    });
  }

  it('reads all pages into one message', async () => {
    await test.deploy('misp-search', { limit: 0 });
    answerWith(10_000);
    const misp = { trigger: 'event-publish', filters: { whole: {}, enabled: [], narrowed: [] }, test: true };
    const [message] = await test.send({ payload: 1, misp });
    assert.equal((message.payload as Row[]).length, 10_000);
    assert.deepEqual(message.misp, { trigger: 'event-publish', test: true }, 'no filter is left');
    assert.deepEqual(
      bodies().map(({ limit, page }) => [limit, page]),
      [
        [5000, 1],
        [5000, 2],
        [5000, 3],
      ],
    );
  });

  it('stops at the number of results that is wanted', async () => {
    await test.deploy('misp-search', { limit: 5, pageSize: 3 });
    answerWith(10);
    const [message] = await test.send({});
    assert.deepEqual(ids(message), ['0', '1', '2', '3', '4']);
    assert.equal(test.calls.length, 2);
  });

  it('goes on behind a page of which MISP left something out', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 3 });
    answerWith(7, 1);
    const [message] = await test.send({});
    assert.deepEqual(ids(message), ['1', '2', '4', '5']);
    assert.equal(test.calls.length, 3);
  });

  it('ends when the same page comes again', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 2 });
    test.recorder.answer = (_call, response) =>
      sendJson(response, { response: { Attribute: [attribute(1), attribute(2)] } });
    const [message] = await test.send({});
    assert.deepEqual(ids(message), ['1', '2']);
  });

  it('sends a message for each page, which a join node puts together', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 3, deliver: 'pages' });
    answerWith(8);
    const messages = await test.send({ topic: 'kept', parts: { id: 'outer', index: 0 } }, 3);
    assert.deepEqual(messages.map(ids), [
      ['0', '1', '2'],
      ['3', '4', '5'],
      ['6', '7'],
    ]);
    const parts = messages.map((message) => message.parts as Row);
    assert.deepEqual(
      parts.map(({ index, count }) => [index, count]),
      [
        [0, undefined],
        [1, undefined],
        [2, 3],
      ],
    );
    assert.deepEqual(
      messages.map(({ complete }) => complete),
      [undefined, undefined, true],
    );
    assert.deepEqual(parts[0].parts, { id: 'outer', index: 0 });
    assert.equal(messages[2].topic, 'kept');
    assert.equal(new Set(parts.map(({ id }) => id)).size, 1);
    assert.deepEqual(await joined({ deliver: 'pages' }), ['0', '1', '2', '3', '4', '5', '6', '7']);
    assert.deepEqual(await joined({ deliver: 'each' }), ['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  /** The ids that a join node makes of a sequence. */
  async function joined(settings: object): Promise<unknown> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: test.recorder.url, timeout: 2, verify: true },
      node('tested', 'misp-search', [['join']], { server: 'misp', limit: 0, pageSize: 3, ...settings }),
      node('join', 'join', [['take']], { mode: 'auto', count: '', timeout: '' }),
      node('take', 'function', [[]], { func: "global.get('take')(0, msg);", outputs: 1 }),
    ];
    await deploy(test.nodeRed.RED, flow, { misp: { apiKey: 'x' } });
    test.clear();
    answerWith(8);
    test.nodeRed.RED.nodes.getNode(idOf('tested'))?.receive({});
    await until(() => test.sent.length > 0);
    return ids(test.sent[0].message);
  }

  it('sends a message for each result', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 2, deliver: 'each' });
    answerWith(3);
    const messages = await test.send({}, 3);
    assert.deepEqual(
      messages.map(({ payload }) => (payload as Row).id),
      ['0', '1', '2'],
    );
    assert.deepEqual(
      messages.map(({ complete }) => complete),
      [undefined, undefined, true],
    );
  });

  it('sends one empty page, and no single result, when nothing was found', async () => {
    await test.deploy('misp-search', { deliver: 'pages' });
    answerWith(0);
    const [message] = await test.send({});
    assert.deepEqual([message.payload, message.complete], [[], true]);
    await test.deploy('misp-search', { deliver: 'each' });
    answerWith(0);
    test.receive({});
    await until(() => test.calls.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(test.sent.length, 0);
  });

  it('gives attributes as events that other nodes can work on', async () => {
    await test.deploy('misp-search', { limit: 0, asEvents: true, deliver: 'each' });
    answerWith(5);
    const messages = await test.send({}, 2);
    const events = messages.map(
      ({ payload }) => (payload as { Event: Row & { _AttributeFlattened: Row[] } }).Event,
    );
    assert.deepEqual(
      events.map(({ uuid, _AttributeFlattened }) => [uuid, _AttributeFlattened.map(({ id }) => id)]),
      [
        ['event-0', ['0', '2', '4']],
        ['event-1', ['1', '3']],
      ],
    );
    assert.ok(Array.isArray(events[0]._AttributeFlattened[0]._allTags));
  });

  it('gives events in core format, and asks for fewer whole ones at a time', async () => {
    await test.deploy('misp-search', { search: 'events', eventid: '1' });
    test.recorder.answer = (_call, response) =>
      sendJson(response, {
        response: [{ Event: { id: '1', Tag: [{ name: 'a' }], Attribute: [{ uuid: 'u' }] } }],
      });
    const [{ payload }] = await test.send({});
    const [{ Event }] = payload as { Event: { _AttributeFlattened: { _allTags: Row[] }[] } }[];
    assert.deepEqual(Event._AttributeFlattened[0]._allTags, [{ name: 'a', inherited: true }]);
    assert.deepEqual(bodies()[0], { returnFormat: 'json', eventid: '1', limit: 100, page: 1 });
  });

  it('searches sightings of an attribute, which MISP gives without pages', async () => {
    const settings = {
      search: 'sightings',
      sightedIn: 'attribute',
      sighted: '7',
      sightingType: '1',
      last: '7d',
    };
    await test.deploy('misp-search', { ...settings, limit: 1 });
    test.recorder.answer = (_call, response) =>
      sendJson(response, { response: [{ Sighting: { id: '1' } }, { Sighting: { id: '2' } }] });
    const [{ payload }] = await test.send({});
    assert.deepEqual(payload, [{ id: '1' }]);
    assert.deepEqual(test.calls, ['POST /sightings/restSearch/attribute']);
    assert.deepEqual(bodies()[0], { returnFormat: 'json', id: 7, type: '1', last: '7d' });
  });

  it('asks for sightings by integers, or by uuids under their own name, as MISP does not take anything else', async () => {
    const uuids = ['5a5b5c5d-0000-4000-8000-00000000000A', '5a5b5c5d-0000-4000-8000-00000000000b'];
    const wanted: [unknown, object][] = [
      ['25', { id: 25 }],
      [25, { id: 25 }],
      [['25', 26], { id: [25, 26] }],
      [uuids[0], { uuid: uuids[0] }],
      [uuids, { uuid: uuids }],
    ];
    const form = { search: 'sightings', sightedIn: 'event', sighted: 'topic', sightedType: 'msg' };
    await test.deploy('misp-search', form);
    for (const [topic, condition] of wanted) {
      test.clear();
      test.recorder.answer = (_call, response) => sendJson(response, { response: [] });
      await test.send({ topic });
      assert.deepEqual(test.calls, ['POST /sightings/restSearch/event']);
      assert.deepEqual(bodies()[0], { returnFormat: 'json', ...condition });
    }
    test.clear();
    assert.ok(await test.fail({ topic: ['25', uuids[0]] }));
    assert.deepEqual(test.calls, []);
  });

  it('searches objects', async () => {
    await test.deploy('misp-search', { search: 'objects', other: '{"object_name": "file"}', metadata: true });
    test.recorder.answer = (_call, response) => sendJson(response, { response: [{ Object: { id: '58' } }] });
    const [{ payload }] = await test.send({});
    assert.deepEqual(payload, [{ id: '58' }]);
    assert.deepEqual(bodies()[0], {
      returnFormat: 'json',
      object_name: 'file',
      metadata: 1,
      limit: 1000,
      page: 1,
    });
  });

  it('finds in a MISP what its conditions say', async () => {
    await test.deploy('misp-search', { types: ['ip-dst'], limit: 0, pageSize: 50, deliver: 'pages' });
    const stored = [...test.misp.events.values()].flatMap(({ Attribute, Object: objects }) => [
      ...Attribute,
      ...objects.flatMap((object) => object.Attribute),
    ]);
    const wanted = stored.filter(({ type }) => type === 'ip-dst').map(({ uuid }) => uuid);
    const messages = await test.send({}, Math.ceil(wanted.length / 50));
    const found = messages.flatMap(({ payload }) => (payload as Row[]).map(({ uuid }) => uuid));
    assert.deepEqual(found.sort(), wanted.sort());

    await test.deploy('misp-search', { search: 'events', tags: ['tlp:red'] });
    const [{ payload }] = await test.send({});
    assert.deepEqual(
      (payload as { Event: Row }[]).map(({ Event }) => Event.id),
      ['1'],
    );
  });

  it('refuses other parameters that are no object', async () => {
    await test.deploy('misp-search', { other: '[1]' });
    assert.match(await test.fail({}), /not an object/);
  });

  it('holds few pages, and lets the other nodes work between them', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 10, deliver: 'pages' });
    answerWith(1000);
    let most = 0;
    const answer = test.recorder.answer;
    test.recorder.answer = (call, response) => {
      most = Math.max(most, test.recorder.calls.length - test.sent.length);
      return answer?.(call, response) ?? false;
    };
    await test.send({}, 100);
    assert.ok(most <= 3, `${most} pages were read and not sent`);
  });

  it('stops when the node is closed, without an error', async () => {
    await test.deploy('misp-search', { limit: 0, pageSize: 2, deliver: 'pages' });
    answerWith(1_000_000);
    test.receive({});
    await until(() => test.sent.length > 3);
    await deploy(test.nodeRed.RED, [tab]);
    const { length } = test.calls;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(test.calls.length <= length + 1, 'no page is read any more');
    assert.deepEqual(test.errors, []);
  });
});
