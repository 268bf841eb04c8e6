import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';

const fixtures = path.join(__dirname, '../fixtures');
const read = <T>(file: string) => JSON.parse(readFileSync(path.join(fixtures, file), 'utf8')) as T;

interface Experiment {
  experiment: string;
  status: number;
  body: Record<string, unknown>;
  published: string;
  log: string[];
}
interface Rest {
  request: { method: string; path: string; headers: Record<string, string> };
  response: { status: number; headers: Record<string, string>; body: Record<string, unknown> };
}

/** What the service of an experiment answers to `POST /query`, from the experiment's name. */
interface Behaviour {
  modules?: { status?: number; body?: string; delayMs?: number };
  status?: number;
  body?: string;
  delayMs?: number;
  close?: boolean;
}

describe('the stand-in MISP', function () {
  this.timeout(30000);
  let service: http.Server;
  let misp: StandInMisp;
  let port = 0;
  let behaviour: Behaviour = {};
  const requests: { method: string; path: string; headers: string[]; body: string }[] = [];
  const modules = (blocking: boolean) =>
    JSON.stringify([{ name: 'nodered_block', meta: { 'module-type': ['action'], config: { blocking } } }]);

  before(async () => {
    service = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.rawHeaders.filter((_, index) => index % 2 === 0);
        requests.push({
          method: request.method ?? '',
          path: request.url ?? '',
          headers,
          body: Buffer.concat(chunks).toString(),
        });
        const isList = request.url === '/modules';
        const {
          status = 200,
          body,
          delayMs = 0,
        } = isList ? { body: modules(true), ...behaviour.modules } : { body: '{"data":true}', ...behaviour };
        if (!isList && behaviour.close) return response.destroy();
        setTimeout(() => response.writeHead(status).end(body), delayMs);
      });
    });
    port = await freePort();
    await new Promise<void>((resolve) => service.listen(port, '127.0.0.1', resolve));
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:pass%20word@127.0.0.1', port, timeoutMs: 400 },
      workflows: { 'event-publish': { module: 'nodered_block' } },
    });
  });
  after(async () => {
    await misp.close();
    service.closeAllConnections();
    service.close();
  });
  beforeEach(() => {
    behaviour = {};
    requests.length = 0;
    misp.actionService.port = port;
    misp.workflows['event-publish'] = { module: 'nodered_block' };
    for (const event of misp.events.values()) event.published = false;
  });

  for (const recorded of read<Experiment[]>('behaviour/failure-modes.json')) {
    const set = settingsOf(recorded.experiment);
    if (!set) continue;
    it(`does as MISP did: ${recorded.experiment}`, async () => {
      await set();
      const reply = await rest('POST', '/events/publish/1/disable_background_processing:1');
      assert.equal(reply.status, recorded.status);
      assert.deepEqual(Object.keys(reply.body).sort(), Object.keys(recorded.body).sort());
      assert.equal(misp.events.get('1')?.published, recorded.published === '1');
      const stopped = recorded.log.find((title) => title.startsWith('Execution stopped'));
      if (stopped && !stopped.includes('xxxx')) assert.equal(misp.outcomes.at(-1)?.log.at(-1), stopped);
    });
  }

  it('sends the request that MISP sends', async () => {
    const recorded = read<{
      request: { method: string; path: string; headers: [string, string][]; body: object };
    }>('triggers/event-publish.json').request;
    await rest('POST', '/events/publish/2/disable_background_processing:1');
    const [list, sent] = requests;
    assert.deepEqual([list.method, list.path], ['GET', '/modules']);
    assert.deepEqual([sent.method, sent.path], [recorded.method, recorded.path]);
    const names = recorded.headers.map(([name]) => name);
    assert.deepEqual(
      sent.headers.filter((name) => names.includes(name)),
      names,
    );
    assert.ok(!sent.headers.includes('User-Agent'));
    assert.deepEqual(Object.keys(JSON.parse(sent.body) as object), Object.keys(recorded.body));
  });

  it('asks before it sends more than 1 MB', async () => {
    const { blocked } = await misp.fire('event-publish', { Event: { info: 'x'.repeat(1200000) } });
    assert.equal(blocked, false);
    assert.ok(requests[1].headers.includes('Expect'));
    assert.ok(requests[1].body.length > 1200000);
  });

  it('loses large data of triggers that do not block', async () => {
    misp.workflows['event-after-save'] = { module: 'nodered_block' };
    const outcome = await misp.fire('event-after-save', { Event: { info: 'x'.repeat(140000) } });
    assert.equal(outcome.failedOpen, true);
    assert.equal(requests.length, 0);
  });

  for (const file of readdirSync(path.join(fixtures, 'rest'))) {
    it(`answers as recorded: ${file}`, async () => {
      const { request, response } = read<Rest>(`rest/${file}`);
      const target = request.path.replace(/\/(publish|unpublish|view)\/1(50)?(?=\/|$)/, '/$1/2');
      const key = /key/.test(file) ? (request.headers.Authorization ?? null) : API_KEY;
      const reply = await rest(request.method, target, key);
      assert.equal(reply.status, response.status);
      assert.equal(reply.headers['content-type'], response.headers['content-type']);
      const { name, message } = response.body;
      if (name !== undefined) assert.deepEqual([reply.body.name, reply.body.message], [name, message]);
      for (const key of Object.keys(reply.body)) assert.ok(key in response.body, key);
    });
  }

  function rest(method: string, target: string, key: string | null | undefined = API_KEY) {
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Record<string, unknown> }>(
      (resolve, reject) => {
        const headers: Record<string, string> =
          key === null || key === undefined ? {} : { Authorization: key };
        const request = http.request(`${misp.url}${target}`, { method, headers }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: JSON.parse(text) as Record<string, unknown>,
            }),
          );
        });
        request.on('error', reject);
        request.end();
      },
    );
  }

  /** Sets the service up as in an experiment; nothing for those that the stand-in does not have. */
  function settingsOf(experiment: string): (() => Promise<void> | void) | undefined {
    const say = (next: Behaviour) => () => void (behaviour = next);
    const reply = /^reply (.*?)( \((?:array|object|JSON string)\))?$/.exec(experiment);
    const status = /^HTTP (\d+) with (.*)$/.exec(experiment);
    if (/5000 characters/.test(experiment)) return say({ body: JSON.stringify({ error: 'x'.repeat(5000) }) });
    if (reply) return say({ body: reply[1].replace('"text"', reply[1] === '"text"' ? '"text"' : '"no"') });
    if (status) return say({ status: Number(status[1]), body: status[2] });
    const named: Record<string, () => Promise<void> | void> = {
      'empty body, 200': say({ body: '' }),
      '204 without body': say({ status: 204, body: '' }),
      'invalid JSON, 200': say({ body: '{"error": ' }),
      'connection closed without an answer': say({ close: true }),
      'answer after 12 s (default timeout 10 s)': say({ delayMs: 600, body: '{"error":"x"}' }),
      'GET /modules takes 1.5 s': say({ modules: { delayMs: 1500 } }),
      'GET /modules takes 0.7 s': say({ modules: { delayMs: 700 }, body: '{"error":"x"}' }),
      'GET /modules answers 500': say({ modules: { status: 500 } }),
      'GET /modules answers 401': say({ modules: { status: 401 } }),
      'GET /modules answers invalid JSON': say({ modules: { body: '[' } }),
      'GET /modules answers [] (module gone)': say({ modules: { body: '[]' } }),
      'service down (connection refused)': async () => void (misp.actionService.port = await freePort()),
      'module disabled in MISP (toggleModule/nodered_block/0)': () =>
        void (misp.workflows['event-publish'].enabled = false),
      'trigger disabled': () => void delete misp.workflows['event-publish'],
    };
    return named[experiment];
  }
});
