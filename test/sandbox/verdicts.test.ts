import { strict as assert } from 'node:assert';
import zlib from 'node:zlib';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { inWords } from '../../sandbox/misp/words';
import { freePort } from '../support/misp';
import { moduleEntry, TestActionService, type Script } from './support/action-service';
import { recording, type Experiment } from './support/recordings';

/** How the service of an experiment behaves; times are a thirtieth of the recorded ones. */
interface Setup {
  modules?: Script;
  query?: Script;
  timeoutMs?: number;
  change?: (misp: StandInMisp) => void | Promise<void>;
  inline?: boolean;
}

const json = (value: unknown): Script => ({ body: JSON.stringify(value) });

/** The rows of the table, by name. Those of the form `reply ...` and `HTTP ...` say themselves what is answered. */
const setups: Record<string, Setup> = {
  'reply {"error":"text"}': { query: json({ error: 'no' }) },
  'reply {"error":["a","b"]} (array)': { query: json({ error: ['a', 'b'] }) },
  'reply {"error":{"code":7}} (object)': { query: json({ error: { code: 7 } }) },
  'reply {"error":"long text of 5000 characters"}': { query: json({ error: 'x'.repeat(5000) }) },
  'reply "text" (JSON string)': { query: json('text') },
  'empty body, 200': { query: { body: '' } },
  '204 without body': { query: { status: 204, body: '' } },
  'invalid JSON, 200': { query: { body: '{"error": "no"' } },
  'connection closed without an answer': { query: { close: true } },
  'answer after 4 s (timeout 10 s)': { query: { ...json({ error: 'slow' }), delayMs: 130 }, timeoutMs: 330 },
  'answer after 12 s (default timeout 10 s)': {
    query: { ...json({ error: 'late' }), delayMs: 400 },
    timeoutMs: 330,
  },
  'Plugin.Action_timeout=2, answer after 4 s': {
    query: { ...json({ error: 'late' }), delayMs: 130 },
    timeoutMs: 66,
  },
  'Plugin.Action_timeout=30, answer after 12 s': {
    query: { ...json({ error: 'in time' }), delayMs: 400 },
    timeoutMs: 1000,
  },
  // These two are not scaled: the second that MISP gives is no setting.
  'GET /modules takes 1.5 s': { modules: { delayMs: 1500 } },
  'GET /modules takes 0.7 s': { modules: { delayMs: 700 }, query: json({ error: 'x' }) },
  'GET /modules answers 500': { modules: { status: 500 } },
  'GET /modules answers 401': { modules: { status: 401 } },
  'GET /modules answers invalid JSON': { modules: { body: '[{' } },
  'GET /modules answers [] (module gone)': { modules: { body: '[]' } },
  'service down (connection refused)': { change: nobodyThere },
  'service down, over the queue': { change: nobodyThere, inline: false },
  'Plugin.Action_services_enable=false': { change: (misp) => void (misp.actionService.enabled = false) },
  'module disabled in MISP (toggleModule/nodered_block/0)': {
    query: json({ error: 'not asked' }),
    change: (misp) => void (misp.workflows['event-publish'].moduleEnabled = false),
  },
  'trigger disabled': { change: (misp) => void (misp.workflows['event-publish'].enabled = false) },
  'non-blocking module (blocking:false) replies {"error"}': {
    query: json({ error: 'not blocking' }),
    change: (misp) => void (misp.workflows['event-publish'].module = 'nodered_notify'),
  },
};

async function nobodyThere(misp: StandInMisp): Promise<void> {
  misp.actionService.port = await freePort();
}

function setupOf(experiment: string): Setup {
  if (setups[experiment]) return setups[experiment];
  const [, body] = /^reply (.*)$/.exec(experiment) ?? [];
  if (body !== undefined) return { query: { body } };
  const [, status, text] = /^HTTP (\d+) with (.*)$/.exec(experiment) ?? [];
  assert.ok(status, `no setup for ${experiment}`);
  return { query: { status: Number(status), body: text } };
}

describe('what MISP makes of an answer', () => {
  let service: TestActionService;
  let misp: StandInMisp;

  beforeEach(async () => {
    const list = [moduleEntry('nodered_block'), moduleEntry('nodered_notify', { blocking: false })];
    service = await new TestActionService(list).start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-publish': { module: 'nodered_block' } },
    });
  });
  afterEach(async () => {
    await misp.close();
    await service.close();
  });

  const experiments = recording<Experiment[]>('behaviour/failure-modes.json');
  it('was recorded in 49 ways', () => assert.equal(experiments.length, 49));

  for (const recorded of experiments) {
    it(`as recorded: ${recorded.experiment}`, async () => {
      const { modules = {}, query = {}, timeoutMs, change, inline = true } = setupOf(recorded.experiment);
      Object.assign(service, { modules, query });
      misp.actionService.timeoutMs = timeoutMs;
      await change?.(misp);
      const [{ request, response }] = recorded.rest;
      const id = request.path.split('/')[3];
      const publication = await misp.publish('1', { inline });
      const outcome = await publication.outcome;
      // The recorded events had other ids and titles.
      const event = misp.events.get('1');
      const asRecorded = (text: string) =>
        text
          .replaceAll('/1', `/${id}`)
          .replace('Event (1)', `Event (${id})`)
          .replace(event?.info ?? '', 'INFO');
      const body = JSON.parse(asRecorded(JSON.stringify(publication.answer.body))) as object;
      assert.equal(publication.answer.status, response.status);
      assert.deepEqual({ ...body, id }, response.body);
      assert.equal(event?.published, recorded.after.published === '1');
      const rows = misp.log.rows.map(({ title, action, model, email }) => [
        asRecorded(title),
        action,
        model,
        email,
      ]);
      assert.deepEqual(
        rows,
        recorded.logRows.map(({ title, action, model, email }) => [
          title.replace(/behaviour mwsijqr1 \d+/, 'INFO').replace(/x{30,}/, 'x'.repeat(5000)),
          action,
          model,
          email,
        ]),
      );
      // The recording MISP asked its enrichment service, on the same port, twice before.
      const asked = recorded.requestsSeenByService
        .slice(2)
        .map((line) => line.split(' ').slice(1, 3).join(' '));
      assert.deepEqual(service.calls, asked);
      assert.equal(outcome?.blocked, response.status === 403);
    });
  }

  const unasked: [cause: string, setup: Setup, mark: RegExp][] = [
    ['nobody is there', { change: nobodyThere }, /^connection refused$/],
    [
      'the time is over',
      { query: { delayMs: 300 }, timeoutMs: 100 },
      /^no answer to POST \/query within 0.1 s$/,
    ],
    ['the connection is closed', { query: { close: true } }, /^connection closed without an answer$/],
    ['the status is none of success', { query: { status: 503 } }, /^status 503 for POST \/query$/],
    ['the password is wrong', { modules: { status: 401 } }, /^status 401 for GET \/modules$/],
    ['the answer is empty', { query: { body: '' } }, /^an empty answer to POST \/query$/],
    ['the answer is not JSON', { query: { body: 'oops' } }, /^an answer to POST \/query that is not JSON$/],
    ['the answer starts with a byte order mark', { query: { body: '\ufeff{"error":"no"}' } }, /not JSON$/],
    [
      'the answer is broken UTF-8',
      { query: { body: Buffer.from('{"error":"\xff"}', 'latin1') } },
      /not JSON$/,
    ],
    [
      'the encoding is unknown',
      { query: { body: 'x', headers: { 'Content-Encoding': 'pack200' } } },
      /encoding pack200/,
    ],
    ['the module is not listed', { modules: { body: '[]' } }, /^the service does not list the module$/],
    [
      'the list is an error',
      { modules: { body: '{"error":"busy"}' } },
      /^the service does not list the module$/,
    ],
    [
      'the service is switched off in MISP',
      { change: (stand) => void (stand.actionService.enabled = false) },
      /switched off in MISP$/,
    ],
    [
      'the URL is no URL',
      { change: (stand) => void (stand.actionService.url = 'nowhere') },
      /URL of the service cannot be used$/,
    ],
  ];
  for (const [cause, { modules = {}, query = {}, timeoutMs, change }, mark] of unasked) {
    it(`tells why MISP went on: ${cause}`, async () => {
      Object.assign(service, { modules, query });
      misp.actionService.timeoutMs = timeoutMs;
      await change?.(misp);
      const outcome = await misp.fire('event-publish', { Event: { id: '1' } });
      assert.match(outcome.failedOpen ?? '', mark);
      assert.equal(outcome.blocked, false);
      const words = inWords(outcome);
      assert.equal(words.kind, 'unasked');
      assert.equal(words.lines[0], `MISP could not ask the flow (${outcome.failedOpen}): it went on.`);
      assert.match(words.lines[1], /^Event published\. MISP waited \d+ ms\.$/);
      const queryFailed = outcome.requests.some(({ path }) => path === '/query');
      assert.equal(misp.log.errors.length, queryFailed ? 1 : 0, 'only a failed query is in error.log');
    });
  }

  const encoded: [name: string, body: (text: string) => Buffer][] = [
    ['gzip', (text) => zlib.gzipSync(text)],
    ['deflate', (text) => zlib.deflateSync(text)],
    ['br', (text) => zlib.brotliCompressSync(text)],
  ];
  for (const [name, encode] of encoded) {
    it(`reads an answer in ${name}`, async () => {
      service.query = { body: encode('{"error":"packed"}'), headers: { 'Content-Encoding': name } };
      const outcome = await misp.fire('event-publish', {});
      assert.deepEqual([outcome.blocked, outcome.reason], [true, 'packed']);
    });
  }

  it('takes a number for an error, but not nought', async () => {
    service.query = json({ error: 7 });
    assert.equal((await misp.fire('event-publish', {})).reason, '7');
    service.query = { body: '{"error":0.0}' };
    assert.equal((await misp.fire('event-publish', {})).blocked, false);
    service.query = json({ error: [] });
    assert.equal((await misp.fire('event-publish', {})).blocked, false);
  });

  it('waits longer than a second for an answer unless told otherwise', async () => {
    service.query = { ...json({ error: 'thought about it' }), delayMs: 1300 };
    const outcome = await misp.fire('event-publish', {});
    assert.equal(outcome.reason, 'thought about it');
    assert.ok(outcome.waitedMs >= 1290 && outcome.waitedMs < 3000, String(outcome.waitedMs));
    assert.deepEqual(inWords(outcome).lines, [
      'Publishing stopped: thought about it',
      `MISP waited ${outcome.waitedMs} ms.`,
    ]);
  });

  it('ends the workflow of a trigger that cannot be stopped, and nothing else', async () => {
    misp.workflows['event-after-save'] = { module: 'nodered_block' };
    service.query = json({ error: 'too late' });
    const outcome = await misp.fire('event-after-save', { Event: {} });
    assert.deepEqual([outcome.blocking, outcome.blocked], [false, false]);
    assert.match(outcome.log[0], /^Execution stopped\. \nNode .* returned the following error: too late$/);
    assert.match(outcome.log[0], /`Workflow for trigger event-after-save` \(2\)/);
  });

  it('goes on when a disabled module is none that blocks', async () => {
    misp.workflows['event-publish'] = { module: 'nodered_notify', moduleEnabled: false };
    const outcome = await misp.fire('event-publish', {});
    assert.equal(outcome.blocked, false);
    assert.match(outcome.log[1], /^Execution encountered an error but continued\./);
    assert.match(inWords(outcome).lines[1], /cannot stop this: Could not execute disabled module/);
  });
});
