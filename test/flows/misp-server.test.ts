import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { API_KEY, READER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import type { ServerNode } from '../../nodes/config/misp-server';
import { checkAccount } from '../../src/misp/account';
import { tab } from '../support/flows';
import { freePort } from '../support/misp';
import { collectLog } from '../support/log';
import { deploy, root, startNodeRed } from '../support/node-red';

const tls = (file: string) => readFileSync(path.join(root, 'test/fixtures/tls', file));

describe('misp-server', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  const servers: (http.Server | https.Server)[] = [];

  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
  });
  after(async () => {
    for (const server of servers) server.close();
    await misp.close();
    await nodeRed.stop();
  });

  async function test(form: object): Promise<{ state: string; message: string }> {
    const defaults = {
      id: 'none',
      url: misp.url,
      apiKey: API_KEY,
      verify: true,
      tls: '',
      proxy: '',
      timeout: '5',
    };
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/servers/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...defaults, ...form }),
    });
    const text = await response.text();
    assert.ok(!text.includes(API_KEY), 'no key in an answer');
    return JSON.parse(text) as { state: string; message: string };
  }
  async function serve(server: http.Server | https.Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  it('names version, user and role of a site admin', async () => {
    const { state, message } = await test({});
    assert.equal(state, 'ok');
    assert.match(message, /MISP 2\.5\.1 .*admin@admin\.test.*site admin/);
  });

  const problems: [string, () => Promise<object>, RegExp][] = [
    ['a wrong key', () => Promise.resolve({ apiKey: 'x'.repeat(40) }), /does not know this API key/],
    ['no key', () => Promise.resolve({ apiKey: ' ' }), /key is missing/],
    [
      'a dead host',
      async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
      /cannot be reached \(ECONNREFUSED\)/,
    ],
    ['no address', () => Promise.resolve({ url: 'misp' }), /not an address/],
    ['a proxy that is none', () => Promise.resolve({ proxy: 'socks5://x:1080' }), /proxy is not an address/],
    [
      'a self-signed certificate',
      async () => {
        const port = await serve(https.createServer({ key: tls('key.pem'), cert: tls('cert.pem') }));
        return { url: `https://127.0.0.1:${port}` };
      },
      /certificate .* is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    ],
    [
      'TLS to a plain port',
      () => Promise.resolve({ url: misp.url.replace('http:', 'https:') }),
      /does not speak TLS/,
    ],
    [
      'a login page',
      async () => {
        const page = http.createServer((_request, response) =>
          response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Login</h1>'),
        );
        return { url: `http://127.0.0.1:${await serve(page)}` };
      },
      /web page, not with the API/,
    ],
    [
      'a redirect to a login page',
      async () => {
        const page = http.createServer((_request, response) =>
          response.writeHead(302, { Location: '/users/login' }).end(),
        );
        return { url: `http://127.0.0.1:${await serve(page)}` };
      },
      /web page, not with the API/,
    ],
    [
      'a MISP that does not answer',
      async () => ({
        url: `http://127.0.0.1:${await serve(http.createServer(() => undefined))}`,
        timeout: 1,
      }),
      /did not answer in time/,
    ],
  ];
  for (const [name, form, expected] of problems) {
    it(`says what to do about ${name}`, async () => {
      const { state, message } = await test(await form());
      assert.equal(state, 'error');
      assert.match(message, expected);
    });
  }

  it('warns of a key that may only read', async () => {
    const { state, message } = await test({ apiKey: READER_KEY });
    assert.equal(state, 'warning');
    assert.match(message, /may only read/);
  });

  it('uses the saved key when the form does not have it, and never shows it', async () => {
    const flow = [tab, { id: 'misp', type: 'misp-server', url: misp.url, verify: true, timeout: 5 }];
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, flow, { misp: { apiKey: API_KEY } });
    log.stop();
    assert.equal(log.text(), '');
    assert.equal((await test({ id: 'misp', apiKey: '__PWRD__' })).state, 'ok');
    const { client } = nodeRed.RED.nodes.getNode('misp') as unknown as ServerNode;
    assert.equal((await checkAccount(client)).siteAdmin, true);
    const flows = await (await fetch(`${nodeRed.url}/admin/flows`)).text();
    assert.ok(!flows.includes(API_KEY));
  });

  it('sends the headers of the form with the test, the saved secret only to where it was saved for', async () => {
    const seen: http.IncomingHttpHeaders[] = [];
    const access = http.createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(403, { 'Content-Type': 'text/html' }).end('access proxy');
    });
    const url = `http://127.0.0.1:${await serve(access)}`;
    const headers = [
      { name: 'X-Access-Id', value: 'typed' },
      { name: 'X-Access-Secret', value: '' },
    ];
    await deploy(nodeRed.RED, [tab, { id: 'misp', type: 'misp-server', url, verify: true, headers }], {
      misp: { apiKey: API_KEY, headerSecret: 'saved-secret' },
    });
    const form = { id: 'misp', url, apiKey: '__PWRD__', headerSecret: '__PWRD__', headers };
    await test(form);
    assert.deepEqual([seen[0]['x-access-id'], seen[0]['x-access-secret']], ['typed', 'saved-secret']);
    seen.length = 0;
    const elsewhere = `${url}/elsewhere`;
    assert.match(
      (await test({ ...form, url: elsewhere, apiKey: API_KEY })).message,
      /goes only to the address/,
    );
    assert.deepEqual(seen, []);
    await test({ ...form, url: elsewhere, apiKey: API_KEY, headerSecret: 'new' });
    assert.deepEqual([seen[0]['x-access-id'], seen[0]['x-access-secret']], ['typed', 'new']);
  });

  it('tells a key for reading only from the version that it gets', async () => {
    const answers: Record<string, object> = {
      '/servers/getVersion': { version: '2.5.1', perm_sync: false, perm_sighting: false },
      '/users/view/me': {
        User: { email: 'admin@admin.test' },
        Role: { name: 'admin', perm_site_admin: true, perm_add: true, perm_sync: true, perm_sighting: true },
      },
    };
    const readOnly = http.createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
    });
    const { state, message } = await test({ url: `http://127.0.0.1:${await serve(readOnly)}` });
    assert.equal(state, 'warning');
    assert.match(message, /admin@admin\.test.*key is for reading only, although the role may change events/);
  });

  it('goes through a proxy, and trusts a CA of its own', async () => {
    const seen: string[] = [];
    const proxy = http.createServer((request, response) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const { host, 'proxy-authorization': _login, ...headers } = request.headers;
      void [host, _login];
      http.get(request.url ?? '', { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
    });
    const port = await serve(proxy);
    assert.equal((await test({ proxy: `http://user:secret@127.0.0.1:${port}` })).state, 'ok');
    assert.match(seen[0], /servers\/getVersion Basic dXNlcjpzZWNyZXQ=/);
  });
});
