import { strict as assert } from 'node:assert';
import { API_KEY, READER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import { TestActionService } from './support/action-service';
import { rest } from './support/rest';

describe('the web page of the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;
  let cookie = '';

  before(async () => {
    service = await new TestActionService().start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:s3cr3t@127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: 'nodered_block' } },
    });
    const reply = await rest(misp.url, 'GET', '/', { Accept: 'text/html' });
    cookie = reply.headers['set-cookie']?.[0] ?? '';
  });
  after(async () => {
    await misp.close();
    await service.close();
  });
  beforeEach(() => {
    service.reset();
    misp.actionService.port = service.port;
  });

  /** As the page does: no key, but the cookie that came with it. */
  const asPage = (method: string, target: string, body?: string) =>
    rest(misp.url, method, target, { Accept: 'application/json', Cookie: cookie.split(';')[0] }, body);
  const choose = (body: string) => asPage('POST', '/sandbox/module', body);

  async function press(id: string) {
    const answer = await asPage('POST', `/events/publish/${id}/disable_background_processing:1`);
    const outcome = [answer.headers['x-sandbox-outcome']].join();
    const { body } = await asPage('GET', `/sandbox/outcomes/${outcome}`);
    return { status: answer.status, words: body.words as { kind: string; lines: string[] }, body };
  }

  it('is one file without anything from elsewhere, and without secrets', async () => {
    const { status, headers, text } = await rest(misp.url, 'GET', '/', {});
    assert.deepEqual([status, headers['content-type']], [200, 'text/html; charset=UTF-8']);
    assert.match([headers['content-security-policy']].join(), /^default-src 'none';/);
    assert.ok(!/https?:\/\//.test(text), 'no address in it');
    assert.ok(!/\ssrc=|@import|url\(/.test(text), 'nothing is loaded');
    for (const secret of [API_KEY, READER_KEY, 's3cr3t']) assert.ok(!text.includes(secret));
    assert.match(text, /<html lang="en">/);
    assert.match(text, /prefers-color-scheme: dark/);
  });

  it('comes with a cookie that neither scripts nor other sites can use', () => {
    assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  });

  it('tells an event that was stopped, why, and how long MISP waited', async () => {
    service.query = { body: '{"error":"The event is tagged tlp:red."}', delayMs: 50 };
    const { status, words, body } = await press('1');
    assert.equal(status, 403);
    assert.equal(words.kind, 'stopped');
    assert.equal(words.lines[0], 'Publishing stopped: The event is tagged tlp:red.');
    assert.match(words.lines[1], /^MISP waited \d+ ms\.$/);
    assert.ok((body.waitedMs as number) >= 50);
    assert.equal((body.log as string[])[1], 'Publishing stopped by a blocking workflow.');
    assert.match((body.log as string[])[0], /^Execution stopped\./);
  });

  it('tells an event that was published, and takes it back', async () => {
    const { status, words } = await press('2');
    assert.deepEqual([status, words.kind], [200, 'allowed']);
    assert.match(words.lines[0], /^Event published\. MISP waited \d+ ms\.$/);
    assert.equal((await asPage('POST', '/events/unpublish/2')).status, 200);
    assert.equal(misp.event('2')?.published, false);
  });

  it('tells that MISP went on when nobody could be asked', async () => {
    misp.actionService.port = await freePort();
    const { status, words } = await press('2');
    assert.deepEqual([status, words.kind], [200, 'unasked']);
    assert.equal(words.lines[0], 'MISP could not ask the flow (connection refused): it went on.');
    assert.match(words.lines[1], /^Event published\./);
  });

  it('tells when no workflow is enabled', async () => {
    misp.workflows['event-publish'].enabled = false;
    const { words } = await press('2');
    assert.deepEqual(words.lines[1], 'No workflow is enabled for event-publish: MISP asked nobody.');
    assert.equal((await asPage('GET', '/sandbox/state')).body.module, null);
    misp.workflows['event-publish'].enabled = true;
  });

  it('knows whom MISP asks, without the credentials', async () => {
    const { body } = await asPage('GET', '/sandbox/state');
    const { key, ...rest } = body;
    assert.deepEqual(rest, {
      module: 'nodered_block',
      modules: [{ name: 'nodered_block', description: 'A test module' }],
      service: `http://127.0.0.1:${service.port}`,
    });
    assert.equal(key, API_KEY);
    const outcomes = await asPage('GET', '/sandbox/outcomes');
    assert.ok(!/s3cr3t|Basic/.test(outcomes.text));
    assert.equal((await asPage('GET', '/sandbox/outcomes/999')).status, 404);
    assert.equal((await asPage('GET', '/sandbox/else')).status, 404);
  });

  it('lets its user choose whom MISP asks, or that it asks nobody', async () => {
    const chosen = async () => (await asPage('GET', '/sandbox/state')).body.module;
    assert.equal((await choose('{"module":null}')).status, 200);
    assert.equal(await chosen(), null);
    assert.match((await press('2')).words.lines[1], /asked nobody/);
    assert.equal((await choose('{"module":"nodered_other"}')).status, 200);
    assert.equal(await chosen(), 'nodered_other');
    const { words } = await press('2');
    assert.match(words.lines[0], /the service does not list the module/);
    assert.equal((await choose('{"module":"nodered_block"}')).status, 200);
    assert.deepEqual((await press('2')).words.kind, 'allowed');
  });

  it('takes nothing else for a module', async () => {
    for (const body of ['', 'x', '{}', '[]', 'null', '{"module":7}', '{"module":""}', '{"module":{"a":1}}']) {
      assert.equal((await choose(body)).status, 400, body);
    }
    assert.equal((await asPage('GET', '/sandbox/module')).status, 404);
    assert.equal(misp.workflows['event-publish'].module, 'nodered_block');
  });

  it('says why there is nobody to ask', async () => {
    misp.actionService.port = await freePort();
    const { body } = await asPage('GET', '/sandbox/state');
    assert.deepEqual([body.module, body.modules, body.failure], ['nodered_block', [], 'connection refused']);
  });

  it('is the only one that needs no key', async () => {
    const stranger = { Accept: 'application/json', Cookie: 'sandbox_1=x' };
    for (const target of ['/events/index', '/sandbox/state', '/sandbox/outcomes']) {
      assert.equal((await rest(misp.url, 'GET', target, stranger)).status, 403, target);
    }
    const other = await rest(misp.url, 'POST', '/sandbox/module', stranger, '{"module":null}');
    assert.equal(other.status, 403);
    assert.equal(misp.workflows['event-publish'].enabled, undefined);
  });
});
