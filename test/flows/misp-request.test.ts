import { strict as assert } from 'node:assert';
import type { ServerResponse } from 'node:http';
import { readRestPath } from '../../src/template/rest-path';
import { READER_KEY } from '../../sandbox/misp/server';
import { MispNodeTest } from '../support/misp-node';
import { sendJson } from '../support/recorder';

describe('misp-request', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  it('reads with GET, path and query filled in from the message', async () => {
    await test.deploy('misp-request', {
      path: '/events/index/limit:{{ count }}',
      query: [{ name: 'searchinfo', value: '{{ text }}' }],
    });
    const [{ payload }] = await test.send({ payload: { count: 2, text: 'a/b & c?' } });
    assert.equal((payload as object[]).length, 2);
    assert.deepEqual(test.calls, ['GET /events/index/limit:2?searchinfo=a%2Fb%20%26%20c%3F']);
  });

  it('reads in a test run and behind a before-save trigger', async () => {
    await test.deploy('misp-request', { path: 'servers/getVersion' });
    const [{ payload }] = await test.send({ misp: { trigger: 'event-before-save', test: true } });
    assert.equal((payload as { version: string }).version, '2.5.1');
  });

  it('posts the payload, and gives the answer', async () => {
    await test.deploy('misp-request', { method: 'POST', path: '/tags/add' });
    test.recorder.answer = (_call, response) => sendJson(response, { Tag: { id: '9' } });
    const [{ payload, misp }] = await test.send({ payload: { name: 'lab:review' } });
    assert.deepEqual(payload, { Tag: { id: '9' } });
    assert.deepEqual(test.recorder.calls, [
      { method: 'POST', path: '/tags/add', body: { name: 'lab:review' } },
    ]);
    assert.equal((misp as { result: { dryRun: boolean } }).result.dryRun, false);
  });

  it('takes any whole JSON for the answer of a reading call, and text for an export', async () => {
    await test.deploy('misp-request', { path: '/events/export' });
    for (const whole of [null, false, [], {}, 7, [{ a: 1 }]]) {
      test.recorder.answer = (_call, response) => sendJson(response, whole);
      const message = (await test.send({ payload: {} })).at(-1);
      assert.deepEqual(message?.payload, whole);
      test.sent.length = 0;
    }
    const says = (type: string, body: string) => (_call: unknown, response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': type }).end(body);
      return true;
    };
    test.recorder.answer = says('text/plain', 'alert ip any');
    assert.equal((await test.send({ payload: {} }))[0].payload, 'alert ip any');
    for (const broken of ['Array', '{"a": ', '']) {
      test.clear();
      test.recorder.answer = says('application/json', broken);
      assert.ok(await test.fail({ payload: {} }), broken);
    }
  });

  it('does not take an empty answer for a change that was made', async () => {
    await test.deploy('misp-request', { method: 'POST', path: '/events/unpublish/1' });
    for (const empty of [null, false, [], {}]) {
      test.clear();
      test.recorder.answer = (_call, response) => sendJson(response, empty);
      assert.match(await test.fail({ payload: {} }), /not known whether|did not give/, JSON.stringify(empty));
    }
  });

  it('gives lists that PHP sends as objects with numbers for names as lists', async () => {
    await test.deploy('misp-request', { path: '/events/view/1' });
    test.recorder.answer = (_call, response) =>
      sendJson(response, { Event: { id: '1', Attribute: { 3: { id: '1' }, 9: { id: '2' } } } });
    const [{ payload }] = await test.send({ payload: {} });
    assert.deepEqual(payload, { Event: { id: '1', Attribute: [{ id: '1' }, { id: '2' }] } });
  });

  it('deletes without a body', async () => {
    await test.deploy('misp-request', { method: 'DELETE', path: '/tags/delete/{{ id }}' });
    test.recorder.answer = (_call, response) => sendJson(response, { saved: true });
    await test.send({ payload: { id: 9 } });
    assert.deepEqual(test.recorder.calls, [{ method: 'DELETE', path: '/tags/delete/9', body: undefined }]);
  });

  for (const [how, settings, misp] of [
    ['a dry run', { dryRun: true }, {}],
    ['a test run', {}, { test: true }],
  ] as const) {
    it(`only shows in ${how} what would be asked`, async () => {
      await test.deploy('misp-request', { method: 'POST', path: '/tags/add', ...settings });
      const [{ payload, misp: after }] = await test.send({ payload: { name: 'x' }, misp });
      assert.deepEqual(test.calls, []);
      assert.deepEqual(payload, { name: 'x' });
      const { result } = after as { result: { operations: unknown[] } };
      const operation = { do: 'rest-call', method: 'POST', path: '/tags/add', body: { name: 'x' } };
      assert.deepEqual(result.operations, [{ operation, state: 'planned' }]);
    });
  }

  it('says in MISP’s words what the key may not do', async () => {
    await test.deploy('misp-request', { method: 'POST', path: '/events/unpublish/1', key: READER_KEY });
    assert.match(await test.fail({ payload: {} }), /permission|not allowed|refuses/i);
  });

  for (const [name, payload] of [
    ['an empty part', { id: '' }],
    ['a way upwards', { id: '..' }],
  ] as const) {
    it(`asks nothing with ${name} in the path`, async () => {
      await test.deploy('misp-request', { method: 'DELETE', path: '/events/delete/{{ id }}' });
      assert.match(await test.fail({ payload }), /part of the path|lead elsewhere/);
      assert.deepEqual(test.calls, []);
    });
  }
});

describe('the path of a REST call', () => {
  const render = (path: string, data: object = {}) => readRestPath(path).render(data);

  it('keeps what is written, and encodes what comes from the message', () => {
    assert.equal(render('events/view/1/'), '/events/view/1');
    assert.equal(render('/events/index/limit:5/page:1?minimal=1'), '/events/index/limit:5/page:1?minimal=1');
    assert.equal(render('/a/{{ x }}', { x: 'b/../c?d#e\\f%2f' }), '/a/b%2F..%2Fc%3Fd%23e%5Cf%252f');
    assert.equal(render("/a/{{ x ~ '/' ~ x }}?q={{ x }}", { x: '1&2' }), '/a/1%262%2F1%262?q=1%262');
  });

  for (const path of ['https://evil.test/x', '//evil.test/x', 'javascript:x', 'http:/x']) {
    it(`refuses ${path}`, () => assert.throws(() => readRestPath(path), /without https/));
  }
  for (const path of ['/a/../b', '/a/./b', '/a//b', '/{{ up }}/b']) {
    it(`refuses ${path}`, () =>
      assert.throws(() => render(path, { up: '..' }), /part of the path|elsewhere/));
  }
});
