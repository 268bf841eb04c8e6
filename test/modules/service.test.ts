import { strict as assert } from 'node:assert';
import { words as told } from '../../src/text';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { KeptAnswers, MOST_KEPT, MOST_KEPT_BYTES } from '../../src/modules/kept';
import { Lanes, NoPlace } from '../../src/modules/lanes';
import { replyOf } from '../../src/modules/reply';
import { ModuleService } from '../../src/modules/service';
import { configFor, mergeSettings } from '../../src/modules/settings';
import { freePort } from '../support/misp';

const folder = path.join(__dirname, '../fixtures/misp-modules');
const settings = { verify: true, timeoutMs: 500, mostBytes: 1024 * 1024, parallel: 5 };
const signal = new AbortController().signal;

interface Case {
  what: string;
  request: { method: string; path: string; body?: { module?: string } };
  answer?: unknown;
}

describe('the client against a recorded misp-modules', function () {
  this.timeout(30000);
  let player: ChildProcess;
  let service: ModuleService;
  before(async () => {
    const port = await freePort();
    player = spawn(process.execPath, [path.join(folder, 'player.mjs'), 'serve', String(port)]);
    await new Promise<void>((resolve) => player.stdout?.once('data', () => resolve()));
    service = new ModuleService({ ...settings, timeoutMs: 10_000, url: `http://127.0.0.1:${port}` });
  });
  after(() => {
    service.close();
    player.kill();
  });

  for (const file of readdirSync(path.join(folder, 'query'))) {
    it(`reads every answer of ${file}`, async () => {
      const { cases } = JSON.parse(readFileSync(path.join(folder, 'query', file), 'utf8')) as {
        cases: Case[];
      };
      for (const { what, request, answer } of cases) {
        if (request.path !== '/query' || request.body === undefined) continue;
        const reply = await service.query(request.body, { ms: 10_000, signal });
        assert.deepEqual(reply, replyOf(answer), what);
      }
    });
  }
});

describe('the client against a service in trouble', function () {
  this.timeout(30000);
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse) => void;
  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      response.on('error', () => undefined);
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = async (how: (response: ServerResponse) => void, to = url) => {
    answer = how;
    const service = new ModuleService({ ...settings, url: to });
    try {
      return await service.query({ module: 'x' }, { ms: settings.timeoutMs, signal });
    } finally {
      service.close();
    }
  };
  /** Sends until nobody reads any more. */
  const endless = (response: ServerResponse, begin: string) => {
    response.write(begin);
    const chunk = 'x'.repeat(256 * 1024);
    let left = 200;
    const more = () => {
      while (left-- > 0 && !response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };

  it('says what was wrong, whatever it was', async () => {
    const before = process.memoryUsage().rss;
    const trouble: [how: (response: ServerResponse) => void, outcome: string, words: RegExp][] = [
      [(response) => void response.writeHead(500).end('<html>500</html>'), 'failed', /status 500/],
      [(response) => void response.end('<html>'), 'failed', /no JSON/],
      [(response) => void response.end(''), 'failed', /no JSON/],
      [(response) => void response.end('{"results": ['), 'failed', /no JSON/],
      [(response) => endless(response, '{"results": "'), 'failed', /more than 1 MB/],
      [
        (response) => void response.end(`{"results": ${'['.repeat(5000)}${']'.repeat(5000)}}`),
        'failed',
        /levels/,
      ],
      [(response) => void response.destroy(), 'failed', /broke off/],
      [() => undefined, 'timedOut', /did not answer in time/],
      [(response) => void response.writeHead(200).write('{'), 'timedOut', /did not answer in time/],
    ];
    for (const [how, outcome, words] of trouble) {
      const reply = await ask(how);
      assert.equal(reply.outcome, outcome, String(words));
      assert.match(told(reply.problem ?? ''), words);
    }
    assert.match(told((await ask(() => undefined, 'http://127.0.0.1:1')).problem ?? ''), /cannot be reached/);
    assert.ok(process.memoryUsage().rss - before < 150e6);
  });

  it('has no list where none is', async () => {
    const service = new ModuleService({ ...settings, url });
    const fails = async (how: (response: ServerResponse) => void, words: RegExp) => {
      answer = how;
      await assert.rejects(service.modules(), words);
    };
    await fails((response) => void response.writeHead(401).end(), /does not let us in/);
    await fails((response) => void response.writeHead(500).end('[]'), /status 500/);
    await fails((response) => void response.end('{}'), /does not list its modules/);
    await fails((response) => endless(response, '['), /more than 1 MB/);
    service.close();
  });

  it('takes no login in the address, and shows no password', async () => {
    assert.throws(
      () => new ModuleService({ ...settings, url: 'http://a:secret@x' }),
      /holds a user or password/,
    );
    assert.throws(() => new ModuleService({ ...settings, url: 'ftp://x' }), /not an address/);
    const service = new ModuleService({ ...settings, url, user: 'me', password: 'SentinelPassword' });
    answer = (response) => void response.writeHead(401).end('SentinelPassword');
    await assert.rejects(service.modules(), (error: Error) => !error.message.includes('Sentinel'));
    service.close();
  });
});

describe('what is kept', () => {
  it('is bounded in number and in size, and ends', () => {
    let time = 0;
    const kept = new KeptAnswers(1000, () => time);
    for (let index = 0; index < MOST_KEPT + 500; index++) kept.set(`key ${index}`, { index });
    assert.equal(kept.size.values, MOST_KEPT);
    assert.equal(kept.get('key 0'), undefined);
    assert.deepEqual(kept.get(`key ${MOST_KEPT}`), { index: MOST_KEPT });
    const large = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 100; index++) kept.set(`large ${index}`, large);
    assert.ok(kept.size.bytes <= MOST_KEPT_BYTES);
    time = 1001;
    assert.equal(kept.get('large 99'), undefined);
    assert.notEqual(kept.get('x'), {});
  });

  it('is nobody else’s: what is taken out can be changed', () => {
    const kept = new KeptAnswers(1000);
    kept.set('a', { list: [1] });
    (kept.get('a') as { list: number[] }).list.push(2);
    assert.deepEqual(kept.get('a'), { list: [1] });
  });
});

describe('places among the queries', () => {
  it('are as many as there are, and one that is given up while it waits is not asked', async () => {
    const lanes = new Lanes(2);
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
    };
    const stopping = new AbortController();
    const all = Array.from({ length: 6 }, () => lanes.run(work));
    const late = lanes.run(work, stopping.signal);
    stopping.abort();
    await assert.rejects(late, NoPlace);
    await assert.rejects(lanes.run(work, stopping.signal), NoPlace);
    await Promise.all(all);
    await lanes.run(work);
    assert.equal(most, 2);
  });
});

describe('settings of modules', () => {
  it('join what is kept, and end when they are empty', () => {
    const kept = JSON.stringify({ 'a.key': '1', 'b.key': '2' });
    assert.deepEqual(mergeSettings(kept, JSON.stringify({ 'a.key': '', 'c.key': '3' })), {
      'b.key': '2',
      'c.key': '3',
    });
    assert.deepEqual(mergeSettings(undefined, undefined), {});
    for (const odd of ['{', '[1]', '"x"', '{"a": 1}']) {
      assert.throws(() => mergeSettings(undefined, odd), /cannot be read/);
    }
  });

  it('that are not set are null, and none is inherited', () => {
    const module = { name: 'a', settings: ['key', 'toString'] };
    assert.deepEqual(configFor(module, { 'a.key': 'x' }), { key: 'x', toString: null });
    assert.deepEqual(configFor({ name: 'a', settings: [] }, {}), { _: '_' });
  });
});
