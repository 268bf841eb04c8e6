import { strict as assert } from 'node:assert';
import { until } from '../support/until';
import { SendingNodeTest } from '../support/sending-node';

const TOKEN = 'Sentinel-0000-1111-2222';
const attributes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index),
    type: 'ip-dst',
    value: `203.0.113.${index}`,
  }));
const eventWith = (count: number) => {
  const list = attributes(count);
  return { Event: { id: '7', info: 'Harbor', Attribute: list, _AttributeFlattened: list } };
};
const MODEL = '{"info": "Event.info", "value": "Attribute.value"}';

/** Events as they stand in a batch: JSON objects, one after another. */
const eventsIn = (text: string) =>
  text.split('\n').map((line) => JSON.parse(line) as { event: unknown; sourcetype?: string });

describe('misp-splunk', function () {
  this.timeout(30000);
  let test: SendingNodeTest;
  before(async () => {
    test = await SendingNodeTest.start();
  });
  after(() => test.stop());
  beforeEach(() => {
    test.receiver.script = [{ status: 200, body: { text: 'Success', code: 0 } }];
  });

  const start = (settings: object = {}, credentials: object = { token: TOKEN }) =>
    test.deploy(
      'misp-splunk',
      { url: `${test.receiver.url}/services/collector/event`, ...settings },
      credentials,
    );

  it('sends the data as one event', async () => {
    await start({ sourcetype: 'misp:event', index: 'threats' });
    const data = eventWith(2);
    await test.send({ payload: data });
    const [{ path, headers, json }] = test.receiver.received;
    assert.equal(path, '/services/collector/event');
    assert.equal(headers.authorization, `Splunk ${TOKEN}`);
    assert.deepEqual(json, { event: data, index: 'threats', sourcetype: 'misp:event' });
  });

  it('sends an event for each attribute, in batches', async () => {
    await start({ perAttribute: true, model: MODEL });
    const { misp } = await test.send({ payload: eventWith(1200) });
    assert.ok(test.receiver.received.length >= 3 && test.receiver.received.length < 20);
    const events = test.receiver.received.flatMap(({ text }) => eventsIn(text));
    assert.equal(events.length, 1200);
    assert.deepEqual(events[1199].event, { info: 'Harbor', value: '203.0.113.1199' });
    assert.ok(misp.result.operations.every(({ state }) => state === 'done'));
  });

  it('sends each attribute with its event, not with all the others', async () => {
    await start({ perAttribute: true });
    const data = eventWith(1000);
    await test.send({ payload: data });
    const events = test.receiver.received.flatMap(({ text }) => eventsIn(text));
    assert.equal(events.length, 1000);
    assert.deepEqual(events[5].event, {
      Event: { id: '7', info: 'Harbor' },
      Attribute: data.Event.Attribute[5],
    });
    assert.ok(test.receiver.received.reduce((sum, { text }) => sum + text.length, 0) < 500_000);
  });

  it('sends nothing when there is nothing', async () => {
    await start({ perAttribute: true });
    await test.send({ payload: eventWith(0) });
    assert.equal(test.receiver.received.length, 0);
    assert.deepEqual(test.errors, []);
  });

  /** Status and answer of the collector, and what the error must say. */
  const refusals: [number, string, number, RegExp][] = [
    [403, 'Token disabled', 1, /disabled/i],
    [401, 'Token is required', 2, /token/i],
    [403, 'Invalid token', 4, /does not know the token/],
    [400, 'Invalid data format', 6, /Invalid data format/],
    [400, 'Incorrect index', 7, /index/],
    [503, 'Server is busy', 9, /busy/],
    [400, 'Data channel is missing', 10, /acknowledgement/],
    [500, 'Internal server error', 8, /Internal server error/],
    [404, 'The requested URL was not found on this server.', 404, /not found/],
  ];
  for (const [status, text, code, expected] of refusals) {
    it(`explains ${text}`, async () => {
      test.receiver.script = [{ status, body: { text, code } }];
      await start();
      await test.send({ payload: eventWith(1) });
      await until(() => test.errors.length === 1);
      assert.match(test.errors[0], expected);
      assert.doesNotMatch(test.errors[0], /Sentinel/);
    });
  }

  it('refuses a model that is none when it is deployed', async () => {
    for (const model of ['{broken', '[]', '"x"', '{"a": 5}']) {
      test.seen.length = 0;
      await start({ model });
      await until(() => test.seen.some((line) => /extraction model/.test(line)));
    }
  });

  it('only shows what it would send in a dry run, without its token', async () => {
    await start({ dryRun: true });
    const { misp } = await test.send({ payload: eventWith(1) });
    const { headers } = misp.result.operations[0].operation as { headers: Record<string, unknown> };
    assert.deepEqual(headers.Authorization, ['Splunk ', { secret: 'token' }]);
    assert.equal(test.receiver.received.length, 0);
  });

  it('a slow collector is not waited for beyond the deadline, also with many batches', async () => {
    test.receiver.script = ['silent'];
    await start({ perAttribute: true, model: MODEL, timeout: 30 });
    const started = Date.now();
    await test.send({ payload: eventWith(1200), misp: { blocking: true, deadline: started + 900 } });
    assert.ok(Date.now() - started < 900, String(Date.now() - started));
    await until(() => test.errors.length === 1);
    assert.match(test.errors[0], /before MISP must have its answer/);
  });

  it('shows its token to nobody', async () => {
    test.receiver.script = [{ status: 403, body: { text: `Invalid token ${TOKEN}`, code: 4 } }, 'cut'];
    await start();
    for (let count = 0; count < 2; count++) await test.send({ payload: eventWith(1) });
    assert.doesNotMatch(await test.visible(), /Sentinel/);
  });
});
