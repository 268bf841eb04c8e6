import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import zlib from 'node:zlib';
import type { AnnouncedModule } from '../../src/listener/kinds';
import { DEFAULT_LIMITS, quarterOfHeap, type FromWorker } from '../../src/listener/protocol';
import { ListenerServer } from '../../src/listener/thread/server';
import type { UpstreamSettings } from '../../src/listener/upstream-settings';
import { ask, FORMS, moduleList } from '../support/ask-as-misp';
import { until } from '../support/until';
import { call, freePort, listening } from '../support/misp';

const LIST = JSON.stringify([{ name: 'theirs', meta: { 'module-type': ['expansion'] } }]);
const FOUND = { results: ['theirs'] };
const [QUERY] = FORMS.page('theirs', {});
const tls = (file: string) => readFileSync(path.join(__dirname, '../fixtures/tls', file));

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

describe('the way from a listener to the misp-modules behind it', function () {
  this.timeout(20000);
  let port = 0;
  let server: ListenerServer;
  let behind: http.Server;
  let answer: Answer;
  let connections = 0;
  const asked: http.IncomingMessage[] = [];
  let posted: FromWorker[] = [];
  const opened: http.Server[] = [];

  const open = async (one: http.Server) => {
    opened.push(one);
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return (one.address() as AddressInfo).port;
  };
  const handle: http.RequestListener = (request, response) => {
    request.resume();
    request.on('end', () => {
      asked.push(request);
      if (request.url === '/modules') response.end(LIST);
      else answer(request, response);
    });
  };
  const limits = { ...DEFAULT_LIMITS, handedBytes: quarterOfHeap() };
  const settings = (upstream?: UpstreamSettings, more: object = {}) => ({
    ...{ host: '127.0.0.1', port, access: { user: 'misp', password: 'secret' } },
    ...{ limits, upstream, ...more },
  });
  const start = async (upstream?: UpstreamSettings, more: object = {}) => {
    port = await freePort();
    posted = [];
    server = new ListenerServer(settings(upstream, more), undefined, (message) => posted.push(message));
    await listening(port);
  };
  const at = (inner: number, more: object = {}) => ({
    url: `http://127.0.0.1:${inner}`,
    verify: true,
    ...more,
  });

  let inner = 0;
  beforeEach(async () => {
    asked.length = 0;
    connections = 0;
    answer = (_, response) => response.end(JSON.stringify(FOUND));
    behind = http.createServer(handle);
    behind.on('connection', () => connections++);
    inner = await open(behind);
  });
  afterEach(() => {
    server.close();
    for (const one of opened.splice(0)) {
      one.closeAllConnections();
      one.close();
    }
  });

  it('waits as long as it is told, for the first byte and for all of them, and then says so', async () => {
    await start(at(inner), { limits: { ...limits, passMs: 300 } });
    answer = () => undefined;
    const silent = await ask(port, QUERY);
    assert.match(String(silent.json.error), /does not answer/);
    assert.ok(silent.ms >= 300 && silent.ms < 3000, `${silent.ms} ms`);
    answer = (_, response) => void response.writeHead(200).write('{"results":');
    await assert.rejects(ask(port, QUERY), /aborted|hang up/);
    assert.equal(DEFAULT_LIMITS.passMs, 300_000);
  });

  it('keeps connections open, also encrypted ones', async () => {
    const secure = https.createServer({ cert: tls('cert.pem'), key: tls('key.pem') }, handle);
    let handshakes = 0;
    secure.on('secureConnection', () => handshakes++);
    const inside = await open(secure);
    for (const upstream of [at(inner), { url: `https://127.0.0.1:${inside}`, verify: false }]) {
      await start(upstream);
      for (let turn = 0; turn < 10; turn++) assert.deepEqual((await ask(port, QUERY)).json, FOUND);
      server.close();
    }
    assert.ok(connections <= 2 && handshakes <= 2, `${connections} connections, ${handshakes} handshakes`);
    await start({ url: `https://127.0.0.1:${inside}`, verify: true });
    assert.match(
      String((await ask(port, QUERY)).json.error),
      /does not answer/,
      'a certificate is looked at',
    );
  });

  it('goes through the proxy that misp-modules is reached through', async () => {
    const passed: string[] = [];
    const proxy = http.createServer((request, response) => {
      passed.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const onward = http.request(request.url ?? '', { method: request.method, headers: request.headers });
      onward.on('response', (answered) => answered.pipe(response));
      request.pipe(onward);
    });
    const between = await open(proxy);
    await start(at(inner, { user: 'me', password: 'pw', proxy: `http://p:q@127.0.0.1:${between}` }));
    assert.deepEqual((await ask(port, QUERY)).json, FOUND);
    const login = Buffer.from('p:q').toString('base64');
    assert.ok(passed.includes(`http://127.0.0.1:${inner}/query Basic ${login}`), passed.join());
    const { authorization } = asked.at(-1)!.headers;
    assert.equal(authorization, `Basic ${Buffer.from('me:pw').toString('base64')}`);
  });

  it('asks for the list every 30 seconds', async () => {
    const real = globalThis.setTimeout;
    const sooner = (work: () => void, ms?: number) => real(work, ms === 30_000 ? 20 : ms);
    globalThis.setTimeout = sooner as typeof setTimeout;
    try {
      await start(at(inner));
      await until(() => asked.filter(({ url }) => url === '/modules').length >= 3);
    } finally {
      globalThis.setTimeout = real;
    }
  });

  it('adds nothing to what MISP asks with', async () => {
    await start(at(inner));
    await call(undefined, { port, path: '/somewhere', method: 'GET', headers: { 'X-Own': '1' } });
    const { host, connection, ...headers } = asked.at(-1)!.headers;
    assert.deepEqual(headers, { 'x-own': '1' });
    assert.ok(host && connection);
  });

  it('lives through a path that is none', async () => {
    await start(at(inner));
    for (const odd of ['//', '//[', 'http://[']) {
      const { status } = await call(undefined, { port, path: odd, method: 'GET' });
      assert.equal(status, 200, odd);
    }
    assert.deepEqual((await ask(port, QUERY)).json, FOUND);
  });

  it('lets what is on its way come to its end when misp-modules is another one', async () => {
    await start(at(inner));
    let release: () => void = () => undefined;
    answer = (_, response) => (release = () => response.end(JSON.stringify(FOUND)));
    const waiting = ask(port, QUERY);
    await until(() => asked.some(({ url }) => url === '/query'));
    server.configure(settings(at(await freePort())));
    release();
    assert.deepEqual((await waiting).json, FOUND);
  });

  describe('with a flow that gets the answers', () => {
    const front = {
      ...{ kind: 'front', name: 'theirs', description: '', deadlineMs: 500 },
      ...{ stage: 'result', onFailure: 'allow' },
    } as AnnouncedModule;
    const pack = (response: http.ServerResponse) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(zlib.gzipSync(JSON.stringify(FOUND)));
    };
    beforeEach(async () => {
      await start(at(inner));
      server.setModule(front, 'live');
    });

    it('asks for none that the flow could not read', async () => {
      answer = ({ headers }, response) =>
        headers['accept-encoding'] ? pack(response) : void response.end(JSON.stringify(FOUND));
      const asking = ask(port, QUERY);
      await until(() => posted.some(({ type }) => type === 'query'));
      const query = posted.find((message) => message.type === 'query');
      assert.ok(query?.type === 'query' && Buffer.from(query.body).includes('theirs'));
      server.answer(query.head.id, { body: '{"error":"no","results":[]}', blocks: true });
      assert.equal((await asking).json.error, 'no');
    });

    it('takes none that is packed all the same: it would go on without the flow', async () => {
      answer = (_, response) => pack(response);
      const { json } = await ask(port, QUERY);
      assert.match(String(json.error), /does not answer/);
    });
  });

  describe('before the flows are there', () => {
    it('lists what was there, and what is asked of it waits until it is known how to ask', async () => {
      await start(undefined, { expected: LIST });
      assert.deepEqual(Object.keys(await moduleList(port)), ['theirs']);
      const waiting = ask(port, QUERY);
      const template = ask(port, { module: 'jinja_template_rendering', text: '{}' });
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(asked.length, 0);
      server.configure(settings(at(inner, { list: LIST })));
      assert.deepEqual((await waiting).json, FOUND);
      assert.deepEqual((await template).json, FOUND);
      assert.deepEqual(Object.keys(await moduleList(port)), ['theirs']);
    });

    it('is answered when there is none behind it any more', async () => {
      await start(undefined, { expected: LIST });
      const waiting = ask(port, QUERY);
      await new Promise((resolve) => setTimeout(resolve, 100));
      server.configure(settings());
      assert.match(String((await waiting).json.error), /theirs/);
      assert.deepEqual(await moduleList(port), {});
    });

    it('takes no list that is none', async () => {
      for (const expected of ['', '{}', 'no json']) {
        await start(undefined, { expected });
        assert.deepEqual(await moduleList(port), {});
        assert.ok((await ask(port, QUERY)).json.error);
        server.close();
      }
    });
  });
});
