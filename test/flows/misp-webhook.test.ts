import { strict as assert } from 'node:assert';
import { idOf } from '../support/flows';
import { SendingNodeTest } from '../support/sending-node';
import { until } from '../support/until';

const SECRETS = { urlSecret: 'SentinelUrlEnd0123', authorization: 'Bearer SentinelAuthorization' };
const DATA = { Event: { id: '7', info: 'Harbor & "co"', Tag: [{ name: 'tlp:red' }], empty: {} } };

describe('misp-webhook', function () {
  this.timeout(30000);
  let test: SendingNodeTest;
  before(async () => {
    test = await SendingNodeTest.start();
  });
  after(() => test.stop());
  beforeEach(() => {
    test.receiver.script = [{ status: 200, body: { taken: true }, headers: { 'X-Id': '5' } }];
  });

  const start = (settings: object = {}, credentials: object = SECRETS) =>
    test.deploy('misp-webhook', { url: `${test.receiver.url}/{{ Event.id }}/`, ...settings }, credentials);

  it('sends the data, and puts the answer on the message', async () => {
    await start();
    const { misp } = await test.send({ payload: DATA });
    const [{ method, path, headers, json }] = test.receiver.received;
    assert.equal(method, 'POST');
    assert.equal(path, '/7/SentinelUrlEnd0123');
    assert.equal(headers.authorization, 'Bearer SentinelAuthorization');
    assert.deepEqual(json, DATA);
    assert.equal(misp.response?.status, 200);
    assert.equal(misp.response?.headers['x-id'], '5');
    assert.deepEqual(misp.response?.body, { taken: true });
    assert.equal(misp.result.operations[0].state, 'done');
  });

  it('sends what the path finds', async () => {
    await start({ path: 'Event.Tag.{n}.name' });
    await test.send({ payload: DATA });
    assert.deepEqual(test.receiver.received[0].json, ['tlp:red']);
  });

  it('sends a payload of its own, with headers', async () => {
    const headers = [{ name: 'X-Event', value: '{{ Event.id }}' }];
    await start({ payload: '{"info": {{ Event.info | tojson }}, "none": {}}', headers, method: 'PUT' });
    await test.send({ payload: DATA });
    const [received] = test.receiver.received;
    assert.equal(received.method, 'PUT');
    assert.equal(received.headers['x-event'], '7');
    assert.deepEqual(received.json, { info: 'Harbor & "co"', none: {} });
  });

  it('sends forms, and texts', async () => {
    await start({ contentType: 'form' });
    await test.send({ payload: { Event: { info: 'a&b' } } });
    assert.equal(test.receiver.received[0].text, 'Event%5Binfo%5D=a%26b');
    await start({ contentType: 'text', payload: 'Seen: {{ Event.info }}' });
    await test.send({ payload: DATA });
    assert.equal(test.receiver.received[0].text, 'Seen: Harbor & "co"');
  });

  it('a GET has no body', async () => {
    await start({ method: 'GET' });
    await test.send({ payload: DATA });
    assert.equal(test.receiver.received[0].text, '');
  });

  it('only says what it would send in a dry run, and in a test run', async () => {
    for (const [settings, message] of [
      [{ dryRun: true }, { payload: DATA }],
      [{}, { payload: DATA, misp: { test: true } }],
    ]) {
      await start(settings);
      const { misp } = await test.send(message);
      const [{ state, operation }] = misp.result.operations;
      assert.equal(state, 'planned');
      assert.equal(operation.do, 'http-request');
      assert.deepEqual(operation.url, [`${test.receiver.url}/7/`, { secret: 'urlSecret' }]);
      assert.equal(test.receiver.received.length, 0);
    }
  });

  for (const status of [302, 400, 401, 404, 429, 500]) {
    it(`goes on after ${status}, and the error can be caught`, async () => {
      test.receiver.script = [{ status, body: { error: 'no way' }, headers: { 'Retry-After': '60' } }];
      await start();
      const { misp } = await test.send({ payload: DATA });
      await until(() => test.errors.length === 1);
      assert.match(test.errors[0], new RegExp(`127\\.0\\.0\\.1:\\d+ .*status ${status}`));
      if (status !== 302) assert.equal(misp.response?.status, status);
    });
  }

  it('stops its path, if it is told to', async () => {
    test.receiver.script = [{ status: 500 }];
    await start({ onFailure: 'stop' });
    test.nodeRed.RED.nodes.getNode('node-tested')?.receive({ payload: DATA });
    await until(() => test.errors.length === 1);
    assert.equal(test.sent.length, 0);
  });

  it('a slow receiver is not waited for beyond the deadline', async () => {
    test.receiver.script = ['silent'];
    await start({ timeout: 30 });
    const started = Date.now();
    await test.send({ payload: DATA, misp: { blocking: true, deadline: started + 800 } });
    assert.ok(Date.now() - started < 800, String(Date.now() - started));
    await until(() => test.errors.length === 1);
    assert.match(test.errors[0], /before MISP must have its answer/);
  });

  it('tells what is wrong with a template, and sends nothing', async () => {
    await start({ payload: '{{ Event.missing.name }}' });
    await test.send({ payload: DATA });
    await until(() => test.errors.length === 1);
    assert.equal(test.receiver.received.length, 0);
  });

  it('says that a method is none, and sends nothing', async () => {
    await start({ method: 'post' });
    test.nodeRed.RED.nodes.getNode(idOf('tested'))?.receive({ payload: DATA });
    await until(() => /"post" is not a request method/.test(test.errors.join()));
    assert.equal(test.receiver.received.length, 0);
  });

  it('shows its secrets to nobody', async () => {
    test.receiver.script = [
      { status: 401, body: `bad ${SECRETS.authorization} at ${SECRETS.urlSecret}` },
      'cut',
      { status: 200 },
    ];
    await start();
    for (let count = 0; count < 3; count++) await test.send({ payload: DATA });
    assert.doesNotMatch(await test.visible(), /Sentinel/);
  });
});
