import { strict as assert } from 'node:assert';
import type { HttpRequest } from '../../src/actions/plan';
import { Deadline } from '../../src/deadline';
import { told } from '../../src/actions/in-words';
import { carryOutRequests } from '../../src/notify/webhook/carry-out';
import { HttpSender } from '../../src/notify/webhook/sender';
import type { WorkflowError } from '../../src/text';
import { freePort } from '../support/misp';
import { startReceiver, type Receiver } from '../support/receiver';

const TOKEN = 'SentinelToken0123456789';
const LIMITS = { signal: new AbortController().signal };

describe('the sender of requests', () => {
  let receiver: Receiver;
  let sender: HttpSender;
  beforeEach(async () => {
    receiver = await startReceiver();
    sender = new HttpSender({ timeoutMs: 1500, verify: true }, { token: TOKEN });
  });
  afterEach(() => {
    sender.close();
    receiver.close();
  });

  const post = (more: Partial<HttpRequest> = {}): HttpRequest => ({
    do: 'http-request',
    method: 'POST',
    url: [`${receiver.url}/hook/`, { secret: 'token' }],
    headers: { Authorization: ['Bearer ', { secret: 'token' }], 'Content-Type': ['application/json'] },
    body: { as: 'json', data: { a: {} } },
    ...more,
  });
  const failure = async (work: Promise<unknown>): Promise<WorkflowError> => {
    try {
      await work;
    } catch (error) {
      return error as WorkflowError;
    }
    throw new Error('It did not fail');
  };

  it('puts the secrets in when it sends', async () => {
    await sender.send(post(), LIMITS);
    const [{ path, headers, text }] = receiver.received;
    assert.equal(path, `/hook/${TOKEN}`);
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
    assert.equal(text, '{"a":{}}');
  });

  it('hides its secrets in what the other side says', async () => {
    receiver.script = [{ status: 400, body: `no ${TOKEN}`, headers: { 'X-Echo': TOKEN } }];
    const answer = await sender.send(post(), LIMITS);
    assert.equal(answer.text, 'no ***');
    assert.equal(answer.headers['x-echo'], '***');
  });

  it('does not follow redirects', async () => {
    receiver.script = [{ status: 302, headers: { Location: 'https://203.0.113.9/inner-page?k=v' } }];
    const [result] = (await carryOutRequests(sender)([post()], { ...LIMITS, progress() {} })).map(told);
    assert.equal(receiver.received.length, 1);
    assert.match(result.failures?.[0].problem ?? '', /https:\/\/203\.0\.113\.9/);
    assert.doesNotMatch(result.failures?.[0].problem ?? '', /inner-page|k=v/);
  });

  for (const status of [429, 503]) {
    it(`tries again when ${status} says when`, async () => {
      receiver.script = [
        { status, headers: { 'Retry-After': '1' } },
        { status: 200, body: 'ok' },
      ];
      assert.equal((await sender.send(post(), LIMITS)).status, 200);
      const [first, second] = receiver.received;
      assert.ok(second.at - first.at >= 900, String(second.at - first.at));
    });
  }

  it('waits for nobody beyond the deadline', async () => {
    receiver.script = [{ status: 429, headers: { 'Retry-After': '20' } }];
    const started = Date.now();
    const answer = await sender.send(post(), { ...LIMITS, deadline: new Deadline(started + 1500) });
    assert.equal(answer.status, 429);
    assert.equal(receiver.received.length, 1);
    assert.ok(Date.now() - started < 1000);
  });

  it('sends nothing twice that is not said to wait', async () => {
    for (const status of [500, 503, 404]) {
      receiver.received.length = 0;
      receiver.script = [{ status }];
      assert.equal((await sender.send(post(), LIMITS)).status, status);
      assert.equal(receiver.received.length, 1, String(status));
    }
  });

  it('gives up on who is slow, at the time-out or before the deadline', async () => {
    receiver.script = ['silent'];
    assert.equal((await failure(sender.send(post(), LIMITS))).key, 'http.slow');
    const started = Date.now();
    const error = await failure(sender.send(post(), { ...LIMITS, deadline: new Deadline(started + 700) }));
    assert.equal(error.key, 'http.deadline');
    assert.ok(Date.now() - started < 700);
  });

  it('gives up when the flow is stopped', async () => {
    receiver.script = ['silent'];
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(), 100);
    assert.equal((await failure(sender.send(post(), { signal: stopping.signal }))).key, 'http.closed');
  });

  it('says who is down, and never with what', async () => {
    const port = await freePort();
    const down = await failure(
      sender.send(post({ url: [`http://127.0.0.1:${port}/`, { secret: 'token' }] }), LIMITS),
    );
    assert.equal(down.key, 'http.unreachable');
    receiver.script = ['cut'];
    const cut = await failure(sender.send(post(), LIMITS));
    assert.equal(cut.key, 'http.cut');
    for (const error of [down, cut]) {
      assert.match(error.message, /127\.0\.0\.1:\d+/);
      assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error)}`, new RegExp(TOKEN));
    }
  });

  it('reads no answer without end', async () => {
    receiver.script = [{ status: 200, body: 'x'.repeat(6 * 1024 * 1024) }];
    assert.equal((await failure(sender.send(post(), LIMITS))).key, 'http.answerTooLarge');
  });

  it('refuses what would begin another header', async () => {
    const request = post({ headers: { 'X-Info': ['a\r\nX-Other: b'] } });
    assert.equal((await failure(sender.send(request, LIMITS))).key, 'http.badHeader');
    assert.equal(receiver.received.length, 0);
  });

  it('refuses what is no address on the web', async () => {
    for (const url of ['', 'file:///etc/passwd', 'ftp://example.org', 'http://', 'javascript:1']) {
      assert.equal((await failure(sender.send(post({ url: [url] }), LIMITS))).key, 'http.badUrl', url);
    }
  });

  it('says what cannot be written as JSON', async () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    const error = await failure(sender.send(post({ body: { as: 'json', data: ring } }), LIMITS));
    assert.equal(error.key, 'http.notJson');
  });

  it('asks who does not answer for one request of a plan only', async () => {
    receiver.script = ['silent'];
    const results = await carryOutRequests(sender)([post(), post(), post()], { ...LIMITS, progress() {} });
    assert.equal(receiver.received.length, 1);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['failed', 'failed', 'failed'],
    );
  });

  it('writes forms as PHP does', async () => {
    const data = {
      Event: { info: 'a b&c', n: null, on: true, off: false, empty: [], Tag: [{ name: 'tlp:red' }] },
    };
    await sender.send(post({ body: { as: 'form', data } }), LIMITS);
    const expected =
      'Event%5Binfo%5D=a+b%26c&Event%5Bon%5D=1&Event%5Boff%5D=0&Event%5BTag%5D%5B0%5D%5Bname%5D=tlp%3Ared';
    assert.equal(receiver.received[0].text, expected);
  });
});
