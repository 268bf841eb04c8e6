import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AnnouncedModule } from '../../src/listener/kinds';
import { DEFAULT_LIMITS, quarterOfHeap, type FromWorker } from '../../src/listener/protocol';
import { ListenerServer } from '../../src/listener/thread/server';
import { ask, FORMS } from '../support/ask-as-misp';
import { call, freePort, get, listening } from '../support/misp';
import { until } from '../support/until';
import { answeredWithin } from '../support/soon';

const LIST = Array.from({ length: 170 }, (_, index) => ({
  name: `module_${index}`,
  meta: { 'module-type': ['expansion'] },
}));
const MUCH = Buffer.alloc(50 * 1024 * 1024, ' ');
const SECRET = 'sentinel-secret-4711';
const theirs = 'module_1';
const front = (more: object = {}): AnnouncedModule => ({
  ...{ kind: 'front', name: theirs, description: '', deadlineMs: 500, stage: 'query', onFailure: 'block' },
  ...more,
});

type Answer = (request: http.IncomingMessage, body: string, response: http.ServerResponse) => void;

describe('a listener with a misp-modules behind it', function () {
  this.timeout(20000);
  let port = 0;
  let server: ListenerServer;
  let upstream: http.Server;
  let answer: Answer;
  let bodies: string[] = [];
  let posted: FromWorker[] = [];
  const json = (response: http.ServerResponse, value: unknown, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'text/html; charset=UTF-8' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const start = async (list?: string) => {
    const behind = await freePort();
    port = await freePort();
    bodies = [];
    posted = [];
    upstream = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/query') bodies.push(body);
        answer(request, body, response);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(behind, '127.0.0.1', resolve));
    const settings = {
      ...{ host: '127.0.0.1', port, access: { user: 'misp', password: 'secret' } },
      limits: { ...DEFAULT_LIMITS, handedBytes: quarterOfHeap() },
      upstream: { url: `http://127.0.0.1:${behind}`, verify: true, list },
    };
    server = new ListenerServer(settings, undefined, (message) => posted.push(message));
    await listening(port);
  };
  const names = async () =>
    ((await get(port, '/modules')).json as unknown as { name: string }[]).map((m) => m.name);
  const handed = async () => {
    await until(() => posted.some(({ type }) => type === 'query'));
    return posted.find((message) => message.type === 'query')!;
  };
  beforeEach(() => {
    answer = (request, _body, response) =>
      request.url === '/modules' ? json(response, LIST) : json(response, { results: ['theirs'] });
  });
  afterEach(() => {
    server.close();
    upstream.closeAllConnections();
    upstream.close();
  });

  it('offers its modules and ours in one list; of one name ours counts', async () => {
    await start();
    await until(() => posted.some(({ type }) => type === 'upstream'));
    assert.equal((await names()).length, 170);
    const own = {
      kind: 'expansion',
      name: theirs,
      description: 'ours',
      deadlineMs: 4000,
      expands: true,
      hovers: true,
    };
    const rest = { format: 'plain', input: ['text'], settings: [], userFields: [] };
    server.setModule({ ...own, ...rest } as AnnouncedModule, 'live');
    const list = (await get(port, '/modules')).json as unknown as {
      name: string;
      meta: { description?: string };
    }[];
    assert.equal(list.length, 170);
    assert.equal(list.find(({ name }) => name === theirs)?.meta.description, 'ours');
    const { etag } = (await get(port, '/modules')).headers;
    assert.equal((await get(port, '/modules', { headers: { 'If-None-Match': String(etag) } })).status, 304);
  });

  for (const [what, odd] of Object.entries<Answer>({
    slow: () => undefined,
    dead: (_request, _body, response) => response.destroy(),
    'sending 50 MB': (_request, _body, response) => void response.end(MUCH),
  })) {
    it(`lists what it knew in less than 100 ms while misp-modules is ${what}`, async () => {
      answer = odd;
      await start(JSON.stringify(LIST));
      for (let turn = 0; turn < 5; turn++) {
        const { json: list } = await answeredWithin(100, () => get(port, '/modules'));
        assert.equal((list as unknown as object[]).length, 170);
      }
    });
  }

  it('hands queries on byte for byte, and every answer back', async () => {
    await start();
    const cases: [status: number, text: string][] = [
      [200, '{"results": [1,  2]}'],
      [500, '<html><title>500</title></html>'],
      [200, 'null'],
      [200, 'false'],
      [200, '"a text"'],
    ];
    for (const [status, text] of cases) {
      answer = (_request, _body, response) => json(response, text, status);
      const body = `{"module":"${theirs}",  "config": {"api_key": "${SECRET}"}, "md5": "x"}`;
      const reply = await ask(port, body);
      assert.equal(reply.status, status);
      assert.equal(reply.text, text);
      assert.equal(bodies.at(-1), body);
      assert.match(String(reply.headers['content-type']), /text\/html/);
    }
    for (const body of ['no json', '[]', '{"module": "none"}', '']) {
      answer = (_request, _body, response) => json(response, '<html>', 500);
      assert.equal((await call(body, { port })).status, 500, body);
    }
    answer = (request, _body, response) => json(response, String(request.url), 404);
    assert.equal((await get(port, '/elsewhere?x=1')).text, '/elsewhere?x=1');
    assert.equal(posted.filter(({ type }) => type === 'query').length, 0);
  });

  it('keeps what it cannot read, and what may be meant for a flow of ours, from misp-modules', async () => {
    answer = (_, __, response) => json(response, '<html>', 500);
    await start();
    server.setModule({ ...front(), name: 'my_gate' }, 'live');
    for (const body of ['{"module" "my_gate"}', '["my_gate"]', '{"modul\\u0065": "my_gat\\u0065"}']) {
      const { status, text } = await call(body, { port });
      assert.equal(status, 200, body);
      assert.match(text, /"error":"[^"]/, body);
    }
    assert.deepEqual(bodies, []);
    assert.equal((await call('no json', { port })).status, 500);
  });

  it('takes nobody elsewhere: the path that is asked for names no other host', async () => {
    const asked: string[] = [];
    answer = (request, _body, response) => {
      asked.push(String(request.url));
      json(response, {});
    };
    await start();
    let others = 0;
    const other = http.createServer((_, response) => response.end(String(others++)));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(other.address() as { port: number }).port}`;
    asked.length = 0;
    for (const path of [`//${host}/x`, `http://${host}/x`, `/\\\\${host}/x`])
      await call(undefined, { port, path, method: 'GET' });
    other.close();
    assert.equal(others, 0);
    assert.equal(asked.length, 3);
  });

  it('says that misp-modules is away in the shape that MISP can read, and hangs up with its caller', async () => {
    await start(JSON.stringify(LIST));
    answer = (_request, _body, response) => response.destroy();
    const away = await ask(port, FORMS.page(theirs, {})[0]);
    assert.equal(away.status, 200);
    assert.match(String(away.json.error), /does not answer/);
    assert.deepEqual(away.json.results, []);
    let closed = false;
    answer = (_request, _body, response) => response.on('close', () => (closed = true));
    const agent = new http.Agent();
    const open = call(FORMS.page(theirs, {})[0], { port, agent }).catch(() => undefined);
    await until(() => bodies.length === 2);
    agent.destroy();
    await open;
    await until(() => closed);
  });

  it('lets a flow in front of a module stop, change or hand on the query', async () => {
    await start();
    server.setModule(front(), 'live');
    const body = FORMS.page(theirs, { config: { api_key: SECRET } })[0];
    const run = async (reply: Parameters<ListenerServer['answer']>[1]) => {
      posted = [];
      const asked = ask(port, body);
      const query = await handed();
      if (query.type === 'query') server.answer(query.head.id, reply);
      return (await asked).json;
    };
    const blocked = await run({ body: '{"error":"no","results":[]}', blocks: true });
    assert.deepEqual(blocked, { error: 'no', results: [] });
    assert.equal(bodies.length, 0);
    assert.deepEqual(await run({ body: '', blocks: false, handOn: {} }), { results: ['theirs'] });
    assert.equal(bodies[0], JSON.stringify(body));
    await run({ body: '', blocks: false, handOn: { value: 'other' } });
    const changed = JSON.parse(bodies[1]) as { attribute: { value: string }; config: object };
    assert.equal(changed.attribute.value, 'other');
    assert.deepEqual(changed.config, { api_key: SECRET });
  });

  it('hands on nothing that the flow has not seen: a module could take that', async () => {
    await start();
    server.setModule(front(), 'live');
    const run = async (body: object) => {
      posted = [];
      const asked = ask(port, { module: theirs, ...body });
      const query = await handed();
      if (query.type === 'query') server.answer(query.head.id, { body: '', blocks: false, handOn: {} });
      await asked;
      return JSON.parse(bodies.at(-1)!) as object;
    };
    const config = { api_key: SECRET };
    assert.deepEqual(await run({ text: 'seen', 'ip-dst': 'unseen', config }), {
      ...{ module: theirs, text: 'seen', config },
    });
    const attribute = { type: 'text', value: 'seen' };
    const more = { event_id: '1', persistent: 1 };
    assert.deepEqual(await run({ object: { name: 'unseen' }, attribute, md5: 'unseen', ...more }), {
      ...{ module: theirs, attribute, ...more },
    });
    const data = [{ Event: {} }];
    assert.deepEqual(await run({ data, attribute, md5: 'unseen' }), { module: theirs, data });
  });

  it('stops the query when that flow does not answer, or is gone, unless it is told otherwise', async () => {
    await start();
    server.setModule(front(), 'live');
    const body = FORMS.hover(theirs, {})[1];
    assert.ok((await ask(port, body)).json.error);
    server.setModule(front(), 'gone');
    assert.ok((await ask(port, body)).json.error);
    assert.equal(bodies.length, 0);
    server.setModule(front({ onFailure: 'allow' }), 'live');
    assert.deepEqual((await ask(port, body)).json, { results: ['theirs'] });
  });

  it('lets a flow change what comes back, without settings and user', async () => {
    await start();
    server.setModule(front({ stage: 'result' }), 'live');
    const asked = ask(port, FORMS['attach-enrichment'](theirs, { config: { api_key: SECRET } })[0]);
    const query = await handed();
    assert.ok(query.type === 'query');
    const given = Buffer.from(query.body).toString();
    assert.match(given, /theirs/);
    assert.ok(!given.includes(SECRET) && !given.includes('perm_site_admin'));
    server.answer(query.head.id, { body: '', blocks: false, handOn: { answer: { results: ['ours'] } } });
    assert.deepEqual((await asked).json, { results: ['ours'] });
    assert.match(bodies[0], new RegExp(SECRET));
  });
});
