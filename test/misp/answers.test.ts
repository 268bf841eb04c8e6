import { strict as assert } from 'node:assert';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkAccount } from '../../src/misp/account';
import { told } from '../../src/actions/in-words';
import { carryOutOn } from '../../src/misp/carry-out';
import { MispClient, type MispSettings } from '../../src/misp/client';
import { proxyOf } from '../../src/http/proxy';
import { restoreAttribute } from '../../src/misp/attributes';
import { quiet, wordsOf } from './support/misp';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const HTML = { 'Content-Type': 'text/html' };

describe('answers of a MISP, and of what stands before it', () => {
  let server: http.Server;
  let url = '';
  let seen: IncomingMessage[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const clients: MispClient[] = [];
  before(async () => {
    server = http.createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (seen = []));
  after(() => {
    for (const client of clients) client.close();
    server.closeAllConnections();
    server.close();
  });

  function client(more: Partial<MispSettings> = {}): MispClient {
    const made = new MispClient({ url, apiKey: 'K'.repeat(40), verify: true, timeoutMs: 2000, ...more });
    clients.push(made);
    return made;
  }
  const says = (status: number, headers: http.OutgoingHttpHeaders, body = '') => {
    answer = (_request, response) => void response.writeHead(status, headers).end(body);
  };

  for (const [status, headers, body, expected] of [
    [500, HTML, 'PHP: Allowed memory size exhausted', /status 500.*memory_limit/],
    [413, HTML, 'nginx: too large', /larger than .*status 413.*client_max_body_size/],
    [403, HTML, 'WAF', /status 403.*firewall/],
    [401, HTML, 'login', /login that is not MISP's \(status 401\)/],
    [404, HTML, 'wrong path', /no MISP here \(status 404.*path/],
    [
      301,
      { ...HTML, Location: 'https://misp.example.org/' },
      '',
      /status 301, to https:\/\/misp\.example\.org/,
    ],
    [302, { ...HTML, Location: '/users/login' }, '', /login page \(status 302\)/],
    [204, {}, '', /empty answer \(status 204\)/],
    [200, JSON_TYPE, '{"Event":{"id":"1"', /cut off/],
    [200, JSON_TYPE, 'Array', /not: something of PHP/],
    [
      403,
      JSON_TYPE,
      '{"message":"It is not possible to use this Auth key from your IP address"}',
      /allowed IPs/,
    ],
  ] as const) {
    it(`has words for ${status} ${body || ''}`, async () => {
      says(status, headers, body);
      assert.match(await wordsOf(client().get('/events/view/1')), expected);
    });
  }

  it('knows a missing permission from data of another organisation, and from local tags', async () => {
    const refused = (path: string, message: string) => {
      says(403, JSON_TYPE, JSON.stringify({ message }));
      return wordsOf(client().post(path, {}));
    };
    const role = 'You do not have permission to use this functionality.';
    assert.match(await refused('/tags/attachTagToObject', role), /role of its user needs perm_tagger/);
    assert.match(await refused('/event_blocklists/add', role), /needs perm_add/);
    const other = await refused('/events/edit/7', 'You are not authorised to do that.');
    assert.match(other, /belongs to another organisation: use a key of that one or of a site admin/);
    assert.ok(!/needs perm_/.test(other), other);
    const either = await refused('/attributes/edit/7', 'You do not have permission to do that.');
    assert.match(either, /Either it belongs to another organisation, or the role.*needs perm_add/);
    const local = 'You are not authorised to do that. Local tags are for the organisation of this instance.';
    assert.match(
      await refused('/events/addTag/7/1', local),
      /Local tags need a key of the organisation.*host_org_id/,
    );
  });

  it('respects the rate limit of MISP, and tells when it ends', async () => {
    says(
      429,
      { ...JSON_TYPE, 'X-Rate-Limit-Limit': '10', 'X-Rate-Limit-Reset': '540' },
      '{"message":"Rate limit exceeded."}',
    );
    const misp = client();
    assert.match(await wordsOf(misp.get('/events/view/1')), /ry again in 540 seconds/);
    assert.match(await wordsOf(misp.post('/events/restSearch', {})), /ry again in (?:540|539) seconds/);
    assert.equal(seen.length, 1);
  });

  it('gives exports that are no JSON as text, where they may come', async () => {
    says(200, { 'Content-Type': 'text/plain; charset=UTF-8' }, 'alert ip any');
    const { data } = await client().call(
      'POST',
      '/events/restSearch',
      { returnFormat: 'suricata' },
      { text: true },
    );
    assert.equal(data, 'alert ip any');
    assert.match(await wordsOf(client().get('/events/view/1')), /not with the API/);
    says(200, HTML, '<h1>Login</h1>');
    assert.match(
      await wordsOf(client().call('POST', '/events/restSearch', {}, { text: true })),
      /not with the API/,
    );
  });

  for (const chunked of [false, true]) {
    it(`does not know what came of a write whose answer is cut${chunked ? ', in chunks' : ''}`, async () => {
      answer = (_request, response) => {
        response.writeHead(200, { ...JSON_TYPE, ...(chunked ? {} : { 'Content-Length': 1000 }) });
        response.write('{"Event":{"id":"7",  ', () => response.destroy());
      };
      const plan = {
        do: 'edit-event',
        event: { id: '7' },
        fields: { threat_level_id: '4' },
        freeze: false,
      } as const;
      const [result] = await carryOutOn(client())([plan], quiet());
      const { state, failures = [] } = told(result);
      assert.equal(state, 'failed');
      assert.match(failures[0].problem, /broke off.*not known whether MISP has carried this out/);
      assert.equal(seen.length, 3, 'it is harmless to do again, so it is tried');
    });
  }

  it('takes the redirect of a restore for its success, and no other', async () => {
    says(302, { Location: '/attributes/view/7' });
    await restoreAttribute(client(), '7');
    says(302, { Location: '/attributes/view/8' });
    assert.match(await wordsOf(restoreAttribute(client(), '7')), /sends us elsewhere.*not known whether/);
  });

  it('gives up what drips, and what waits for a connection, within the time-out', async () => {
    answer = (_request, response) => {
      response.writeHead(200, JSON_TYPE);
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
    };
    const misp = client({ timeoutMs: 500 });
    const started = Date.now();
    const words = await Promise.all(
      Array.from({ length: 20 }, (_, index) => wordsOf(misp.get(`/x/${index}`))),
    );
    assert.ok(words.every((text) => /did not answer in time/.test(text)));
    assert.ok(Date.now() - started < 1500, `${Date.now() - started} ms`);
  });

  it('bounds size and depth', async () => {
    says(200, JSON_TYPE, '['.repeat(60_000) + ']'.repeat(60_000));
    assert.match(await wordsOf(client().get('/x')), /deeper than 200 levels/);
    says(200, JSON_TYPE, `"${'x'.repeat(2_000_000)}"`);
    assert.match(await wordsOf(client({ mostBytes: 1_000_000 }).get('/x')), /larger than allowed/);
  });

  it('reads what a key may do, whatever the notation of the flags', async () => {
    const account = (me: unknown, version: object = {}) => {
      answer = ({ url: path }, response) =>
        void response
          .writeHead(200, JSON_TYPE)
          .end(
            path?.includes('getVersion')
              ? JSON.stringify({ version: '2.5.1', ...version })
              : JSON.stringify(me),
          );
      return checkAccount(client());
    };
    const User = { email: 'a@example.test' };
    const admin = await account({ User, Role: { name: 'admin', perm_site_admin: 1, perm_add: '1' } });
    assert.deepEqual([admin.siteAdmin, admin.writes], [true, true]);
    for (const broken of [{ User }, { Role: {} }, 'Array', null, []]) {
      assert.match(await wordsOf(account(broken)), /did not give the user and role of the key/);
    }
    const role = { name: 'admin', perm_add: true, perm_sync: true, perm_sighting: true };
    const reading = await account({ User, Role: role }, { perm_sync: false, perm_sighting: false });
    assert.deepEqual([reading.readOnlyKey, reading.writes], [true, false]);
  });

  it('sends data as JSON and texts as they are, below its address only, and nothing that is neither', async () => {
    const bodies: string[] = [];
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(`${request.url} ${request.headers['content-type']} ${Buffer.concat(chunks).toString()}`);
        response.writeHead(200, JSON_TYPE).end('{}');
      });
    };
    const misp = client({ url: `${url}/misp/` });
    await misp.post('/x', { a: [1] });
    await misp.post('//elsewhere.example/x', []);
    await misp.post('http://elsewhere.example/x', 'text');
    assert.deepEqual(bodies, [
      '/misp/x application/json {"a":[1]}',
      '/misp/elsewhere.example/x application/json []',
      '/misp/http://elsewhere.example/x application/x-www-form-urlencoded text',
    ]);
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    assert.match(await wordsOf(misp.post('/x', ring)), /something in it holds itself/);
    assert.match(await wordsOf(misp.post('/x', 5)), /must be an object, a list or a text/);
    assert.equal(bodies.length, 3);
  });

  it('sends headers of an access proxy, but never in place of its own; no login in the URL', async () => {
    says(200, JSON_TYPE, '{}');
    await client({ headers: [{ name: 'CF-Access-Client-Secret', value: 'sesame' }] }).get('/x');
    assert.equal(seen[0].headers['cf-access-client-secret'], 'sesame');
    assert.throws(() => client({ headers: [{ name: 'authorization', value: 'x' }] }), /cannot be set/);
    assert.throws(() => client({ headers: [{ name: 'x', value: 'a\r\nb: c' }] }), /cannot be sent/);
    assert.throws(
      () => client({ url: 'https://user:sesame@misp.example' }),
      (error: Error) => {
        return /holds a user or password/.test(error.message) && !error.message.includes('sesame');
      },
    );
  });
});

describe('proxies as people write them', () => {
  for (const [text, host, port] of [
    ['http://127.0.0.1:80', '127.0.0.1', 80],
    ['http://proxy.example', 'proxy.example', 80],
    ['https://proxy.example', 'proxy.example', 443],
    ['proxy.example:3128', 'proxy.example', 3128],
    ['user:p%ss@proxy.example:8080', 'proxy.example', 8080],
    ['http://[::1]:3128', '::1', 3128],
  ] as const) {
    it(text, () => {
      const proxy = proxyOf(text);
      assert.deepEqual([proxy && proxy.host, proxy && proxy.port], [host, port]);
    });
  }
  for (const text of ['socks5://127.0.0.1:1080', 'http://', 'ftp://x', 'http://a b']) {
    it(`refuses ${text}`, () => assert.throws(() => proxyOf(text), /proxy is not an address/));
  }

  it('goes by the environment when none is given', async () => {
    const seen: string[] = [];
    const proxy = http.createServer((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(200, JSON_TYPE).end('{}');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const before = { ...process.env };
    for (const name of ['http_proxy', 'HTTP_PROXY']) process.env[name] = `http://127.0.0.1:${port}`;
    for (const name of ['no_proxy', 'NO_PROXY']) process.env[name] = 'direct.example';
    const client = new MispClient({
      url: 'http://misp.example',
      apiKey: 'x'.repeat(40),
      verify: true,
      timeoutMs: 1000,
    });
    try {
      await client.get('/servers/getVersion');
      assert.deepEqual(seen, ['http://misp.example/servers/getVersion']);
    } finally {
      client.close();
      for (const name of ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});
