import { strict as assert } from 'node:assert';
import { tab } from '../support/flows';
import { collectLog } from '../support/log';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { TestMailServer, TLS, type SmtpOptions } from '../support/smtp';

const LOGIN = { user: 'misp', password: 'SentinelMailPassword' };

describe('misp-mail-server', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const servers: TestMailServer[] = [];
  before(async () => {
    nodeRed = await startNodeRed();
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
  after(() => nodeRed.stop());

  async function smtp(options: SmtpOptions = {}): Promise<TestMailServer> {
    const server = await TestMailServer.start({ login: LOGIN, ...options });
    servers.push(server);
    return server;
  }
  async function test(form: object): Promise<{ state: string; message: string }> {
    const defaults = {
      id: 'none',
      host: '127.0.0.1',
      port: '25',
      security: 'starttls',
      verify: false,
      tls: '',
      from: 'misp@example.org',
      timeout: '1',
      ...LOGIN,
    };
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/mail-servers/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...defaults, ...form }),
    });
    const text = await response.text();
    assert.ok(!text.includes(LOGIN.password), 'no password in an answer');
    return JSON.parse(text) as { state: string; message: string };
  }

  it('says that it could log in, and sends nothing', async () => {
    const { port, mails } = await smtp();
    const { state, message } = await test({ port });
    assert.deepEqual([state, mails], ['ok', []]);
    assert.match(message, /^127\.0\.0\.1:\d+ answers and lets misp in\. Nothing was sent\.$/);
  });

  it('sends a mail if it is told where to', async () => {
    const { port, mails } = await smtp();
    assert.deepEqual(await test({ port, to: ' anna@example.org ' }), {
      state: 'ok',
      message: `127.0.0.1:${port} has taken a mail to anna@example.org.`,
    });
    assert.deepEqual([mails[0].to, mails[0].from], [['anna@example.org'], 'misp@example.org']);
  });

  it('needs no login, where none is asked for', async () => {
    const { port } = await smtp({ login: undefined });
    assert.match((await test({ port, user: '', password: '' })).message, /not asked for a login/);
  });

  const problems: [string, () => Promise<object>, RegExp][] = [
    ['no host', () => Promise.resolve({ host: ' ' }), /host of the mail server is missing/],
    ['no sender', () => Promise.resolve({ from: 'MISP' }), /sender is missing, or no address/],
    ['a dead server', async () => ({ port: await freePort() }), /cannot be reached.*ECONNREFUSED/],
    [
      'a wrong password',
      async () => ({ port: (await smtp()).port, password: 'wrong' }),
      /does not accept user/,
    ],
    [
      'a certificate that is not trusted',
      async () => ({ port: (await smtp()).port, verify: true }),
      /certificate .* is not trusted/,
    ],
    [
      'no STARTTLS',
      async () => ({ port: (await smtp({ disabledCommands: ['STARTTLS'] })).port }),
      /does not offer STARTTLS/,
    ],
    [
      'TLS where there is none',
      async () => ({ port: (await smtp()).port, security: 'tls' }),
      /speaks no TLS/,
    ],
    [
      'a server that waits for TLS',
      async () => ({ port: (await smtp({ secure: true })).port }),
      /did not answer in time/,
    ],
    ['an address that is none', () => Promise.resolve({ to: 'anna' }), /not a mail address/],
  ];
  for (const [name, form, expected] of problems) {
    it(`says what to do about ${name}`, async () => {
      const { state, message } = await test(await form());
      assert.equal(state, 'error');
      assert.match(message, expected);
    });
  }

  it('uses the saved password when the form does not have it, trusts a CA of its own, and shows no secret', async () => {
    const { port } = await smtp();
    const server = {
      host: '127.0.0.1',
      port,
      security: 'starttls',
      verify: true,
      tls: 'ca',
      from: 'misp@example.org',
    };
    const flow = [
      tab,
      { id: 'ca', type: 'tls-config', cert: '', key: '', ca: '', servername: '', alpnprotocol: '' },
      { id: 'smtp', type: 'misp-mail-server', ...server },
    ];
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, flow, { smtp: LOGIN, ca: { cadata: TLS.cert.toString() } });
    log.stop();
    assert.equal(log.text(), '');
    const form = { port, id: 'smtp', user: 'misp', password: '__PWRD__', verify: true, tls: 'ca' };
    assert.deepEqual(await test(form), {
      state: 'ok',
      message: `127.0.0.1:${port} answers and lets misp in. Nothing was sent.`,
    });
    assert.equal((await test({ ...form, id: 'other' })).state, 'error');
    const flows = await (await fetch(`${nodeRed.url}/admin/flows`)).text();
    assert.ok(!flows.includes(LOGIN.password));
  });

  it('is not set up without a sender', async () => {
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, [tab, { id: 'smtp', type: 'misp-mail-server', host: 'x', port: 25, from: '' }]);
    log.stop();
    assert.match(log.text(), /sender is missing/);
  });
});
