import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { tab } from '../support/flows';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { TestMailServer } from '../support/smtp';

const UNCHANGED = '__PWRD__';
const PASSWORD = 'mail-password-of-somebody';
const ENVIRONMENT = 'value-of-the-environment';
const PROXY_PASSWORD = 'proxy-password';

interface Result {
  state: string;
  message: string;
}

/** Takes whatever comes, and sends whoever asks on to where it is told to. */
async function startImpostor(location?: string) {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    if (location) response.writeHead(302, { location });
    response.end('{}');
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, seen, close: () => server.close() };
}

describe('saved secrets go only where they belong', function () {
  this.timeout(30000);
  let misp: StandInMisp;
  let smtp: TestMailServer;
  let impostor: Awaited<ReturnType<typeof startImpostor>>;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;

  before(async () => {
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    smtp = await TestMailServer.start({
      login: { user: 'sender', password: PASSWORD },
      allowInsecureAuth: true,
    });
    impostor = await startImpostor();
    process.env.TEST_OF_SECRETS = ENVIRONMENT;
    process.env.TEST_OF_KEYS = API_KEY;
    nodeRed = await startNodeRed();
    const server = (id: string, more: object = {}) => ({
      id,
      type: 'misp-server',
      url: misp.url,
      verify: true,
      timeout: 5,
      ...more,
    });
    const mail = {
      id: 'mail',
      type: 'misp-mail-server',
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      from: 'misp@example.org',
      verify: true,
      timeout: 5,
    };
    const broker = { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: 1, autoConnect: false };
    const flow = [
      tab,
      server('misp'),
      server('byEnvironment'),
      server('byProxy', { url: 'http://misp.invalid' }),
      mail,
      broker,
    ];
    await deploy(nodeRed.RED, flow, {
      misp: { apiKey: API_KEY },
      byEnvironment: { apiKey: '${TEST_OF_KEYS}' },
      byProxy: { apiKey: API_KEY, proxy: `http://someone:${PROXY_PASSWORD}@127.0.0.1:${await freePort()}` },
      mail: { user: 'sender', password: PASSWORD },
      broker: { user: 'broker-user', password: 'broker-password' },
    });
  });
  after(async () => {
    delete process.env.TEST_OF_SECRETS;
    delete process.env.TEST_OF_KEYS;
    await nodeRed.stop();
    impostor.close();
    await smtp.stop();
    await misp.close();
  });
  afterEach(() => {
    const secrets = [API_KEY, PASSWORD, ENVIRONMENT, PROXY_PASSWORD, 'broker-password', UNCHANGED];
    for (const seen of impostor.seen.splice(0)) {
      for (const secret of secrets) {
        assert.ok(!seen.includes(secret), seen);
        assert.ok(!seen.includes(Buffer.from(`someone:${secret}`).toString('base64')), seen);
      }
    }
  });

  async function post(path: string, form: object): Promise<Result> {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    const text = await response.text();
    for (const secret of [API_KEY, PASSWORD, ENVIRONMENT, PROXY_PASSWORD, 'broker-password']) {
      assert.ok(!text.includes(secret), text);
    }
    return JSON.parse(text) as Result;
  }
  const testServer = (form: object) =>
    post('servers/test', {
      id: 'misp',
      url: misp.url,
      apiKey: UNCHANGED,
      verify: true,
      tls: '',
      proxy: '',
      timeout: '5',
      ...form,
    });
  const testMail = (form: object) =>
    post('mail-servers/test', {
      ...{ id: 'mail', host: '127.0.0.1', port: String(smtp.port), security: 'none', user: 'sender' },
      ...{ password: UNCHANGED, from: 'misp@example.org', verify: true, tls: '', timeout: '5', ...form },
    });

  it('a saved key is used for its own address, with the values of the environment too', async () => {
    assert.equal((await testServer({})).state, 'ok');
    assert.equal((await testServer({ url: `${misp.url}/` })).state, 'ok');
    // What Node-RED's list of config nodes says where none is chosen.
    assert.equal((await testServer({ tls: '_ADD_' })).state, 'ok');
    assert.equal((await testServer({ id: 'byEnvironment' })).state, 'ok');
  });

  const searchWith = (form: object) =>
    post('pickers/tags', {
      search: 'tlp',
      form: {
        ...{ id: 'misp', url: misp.url, apiKey: UNCHANGED, verify: true, tls: '', proxy: '', timeout: '5' },
        ...form,
      },
    }) as Promise<Result & { items?: object[]; problem?: string }>;

  it('pickers ask the MISP of a form, with the saved key for its own address alone', async () => {
    assert.ok(Number((await searchWith({})).items?.length) > 0);
    assert.ok(
      Number((await searchWith({ id: 'new', proxy: '', headerSecret: '', apiKey: API_KEY })).items?.length) >
        0,
    );
    for (const [what, form] of elsewhere) {
      const { problem, items } = await searchWith(form());
      assert.match(String(problem), /again/, what);
      assert.equal(items, undefined, what);
    }
    assert.deepEqual(impostor.seen, []);
    await searchWith({ id: 'new', url: impostor.url, apiKey: '${TEST_OF_SECRETS}' });
    assert.deepEqual(impostor.seen, []);
  });

  const elsewhere: [what: string, form: () => object][] = [
    ['another address', () => ({ url: impostor.url })],
    ['the address as a user of another', () => ({ url: `http://${new URL(misp.url).host}@127.0.0.1:1` })],
    ['another path', () => ({ url: `${misp.url}/other` })],
    ['another proxy', () => ({ proxy: impostor.url })],
    ['no proxy, where there was one', () => ({ id: 'byProxy', url: 'http://misp.invalid', proxy: '' })],
    ['another TLS node', () => ({ tls: 'broker' })],
    ['a certificate that need not be right', () => ({ verify: false })],
    ['the key of a mail server', () => ({ id: 'mail', url: impostor.url })],
    ['the key of a node of another package', () => ({ id: 'broker', url: impostor.url })],
    ['the key of no node', () => ({ id: 'gone' })],
    ['the key of no node, by a name of the language', () => ({ id: '__proto__', url: impostor.url })],
    ['an id that is no text', () => ({ id: { $ne: 1 }, url: impostor.url })],
  ];
  for (const [what, form] of elsewhere) {
    it(`asks for the key again: ${what}`, async () => {
      const { state, message } = await testServer(form());
      assert.equal(state, 'error');
      assert.match(message, /Type the API key .*again/);
    });
  }

  it('a key that was typed goes where the form says', async () => {
    await testServer({ url: impostor.url, apiKey: 'typed' });
    assert.match(impostor.seen[0], /"authorization":"typed"/);
  });

  it('a saved proxy is used as it is, and its password goes to no other', async () => {
    const { message } = await testServer({
      id: 'byProxy',
      url: impostor.url,
      apiKey: 'typed',
      proxy: UNCHANGED,
    });
    assert.match(message, /cannot be reached/);
    assert.deepEqual(impostor.seen, []);
    const without = await testServer({ url: impostor.url, apiKey: 'typed', proxy: UNCHANGED });
    assert.match(without.message, /again/);
  });

  it('no form reads the environment', async () => {
    for (const form of [
      { url: impostor.url, apiKey: '${TEST_OF_SECRETS}' },
      { url: impostor.url, apiKey: ' ${TEST_OF_SECRETS} ' },
      { url: '${TEST_OF_SECRETS}', apiKey: 'typed' },
      { url: impostor.url, apiKey: 'typed', proxy: '${TEST_OF_SECRETS}' },
    ])
      assert.match((await testServer(form)).message, /environment/);
    assert.match((await testMail({ password: '${TEST_OF_SECRETS}' })).message, /environment/);
    assert.match((await testMail({ host: '${TEST_OF_SECRETS}' })).message, /environment/);
    assert.deepEqual(impostor.seen, []);
  });

  it('no key follows where an address sends it on to', async () => {
    const sends = await startImpostor(`${impostor.url}/servers/getVersion`);
    await testServer({ url: sends.url, apiKey: API_KEY });
    sends.close();
    assert.equal(sends.seen.length, 1);
    assert.deepEqual(impostor.seen, []);
  });

  it('a saved password is used for its own mail server and user', async () => {
    assert.deepEqual(await testMail({}), {
      state: 'ok',
      message: `127.0.0.1:${smtp.port} answers and lets sender in. Nothing was sent.`,
    });
  });

  const otherMails: [what: string, form: () => object][] = [
    ['another host', () => ({ host: 'localhost' })],
    ['another port', () => ({ port: impostor.port })],
    ['another encryption', () => ({ security: 'starttls' })],
    ['another user', () => ({ user: 'attacker' })],
    ['another TLS node', () => ({ tls: 'broker' })],
    ['a certificate that need not be right', () => ({ verify: false })],
    ['the password of a broker', () => ({ id: 'broker' })],
    ['the password of a MISP', () => ({ id: 'misp' })],
  ];
  for (const [what, form] of otherMails) {
    it(`asks for the password again: ${what}`, async () => {
      const { state, message } = await testMail(form());
      assert.equal(state, 'error');
      assert.match(message, /Type the password again/);
    });
  }
});
