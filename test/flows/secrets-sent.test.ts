import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { definitions } from '../support/definitions';
import { idOf, node, tab } from '../support/flows';
import { freePort } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { startReceiver, type Receiver } from '../support/receiver';
import { TestMailServer } from '../support/smtp';

const SECRETS = {
  password: 'SentinelMailPassword',
  webhookUrl: 'SentinelWebhookPath0123',
  token: '4711:SentinelToken0123456789',
  urlSecret: 'SentinelEndOfUrl',
  authorization: 'Bearer SentinelAuthorization',
  apiKey: 'SentinelFlowintelKey',
  proxy: 'SentinelProxyPassword',
};
const EVENT = { Event: { id: '7', info: 'Harbor', Attribute: [], _AttributeFlattened: [] } };

/** Each sender, with what it needs to send. */
const SENDERS: [name: string, type: string, settings: object][] = [
  ['mail', 'misp-email', { mailServer: 'right', recipients: ['soc@example.org'] }],
  ['mail2', 'misp-email', { mailServer: 'wrong', recipients: ['soc@example.org'] }],
  ['slack', 'misp-chat', { service: 'slack' }],
  ['telegram', 'misp-chat', { service: 'telegram', chatId: '1', apiUrl: 'URL' }],
  ['webhook', 'misp-webhook', { url: 'URL/hook/' }],
  ['splunk', 'misp-splunk', { url: 'URL/services/collector/event' }],
  ['flowintel', 'misp-flowintel', { url: 'URL', reference: false }],
];

interface Echo {
  url: string;
  redirects: boolean;
  close(): void;
}

/** Refuses every request, or sends it elsewhere, and repeats all that was in it. */
async function startEcho(): Promise<Echo> {
  const server = http.createServer(({ url, headers }, response) => {
    const Location = `https://other.example${url}`;
    const more = echo.redirects ? { Location } : { 'X-Echo': headers.authorization ?? '' };
    response.writeHead(echo.redirects ? 307 : 400, { 'Content-Type': 'text/plain', ...more });
    response.end(`no: ${url} ${JSON.stringify(headers)}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const echo: Echo = { url: `http://127.0.0.1:${port}`, redirects: false, close };
  return echo;
}

describe('secrets of what is sent', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let receiver: Receiver;
  let mail: TestMailServer;
  let echo: Echo;
  /** All that a user or another program can see. */
  const seen: string[] = [];
  const see = (what: unknown) => seen.push(typeof what === 'string' ? what : (JSON.stringify(what) ?? ''));
  const outputs = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write.bind(stream),
  }));
  let came = 0;

  before(async () => {
    const take = (message: { error?: Error }) => {
      came += 1;
      see(message);
      see(`${message.error?.message ?? ''} ${message.error?.stack ?? ''}`);
    };
    for (const { stream } of outputs) {
      stream.write = (chunk: string | Uint8Array) => {
        see(String(chunk));
        return true;
      };
    }
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take }, logging: { console: { level: 'trace' } } },
    });
    nodeRed.RED.events.on('node-status', see);
    receiver = await startReceiver();
    echo = await startEcho();
    mail = await TestMailServer.start({ login: { user: 'misp', password: SECRETS.password } });
  });
  after(async () => {
    await nodeRed.stop();
    receiver.close();
    echo.close();
    await mail.stop();
    for (const { stream, write } of outputs) stream.write = write;
  });

  /** Deploys all senders, lets each send once, and sees what comes of it. */
  async function sendAll(url: string, mailPort: number, more: object = {}): Promise<void> {
    const base = {
      type: 'misp-mail-server',
      host: '127.0.0.1',
      port: mailPort,
      verify: false,
      from: 'a@example.org',
    };
    const nodes = SENDERS.map(([name, type, settings]): FlowNode => {
      const own = JSON.parse(JSON.stringify(settings).replace('URL', url)) as object;
      return node(name, type, [['take']], { timeout: 1, ...own, ...more });
    });
    const webhookUrl = `${url}/services/T000/B000/${SECRETS.webhookUrl}`;
    const secrets = { ...SECRETS, webhookUrl, proxy: '' };
    const login = { user: 'misp', password: SECRETS.password };
    await deploy(
      nodeRed.RED,
      [
        tab,
        { id: 'right', ...base },
        { id: 'wrong', ...base },
        ...nodes,
        node('take', 'function', [['debug']], { func: "global.get('take')(msg); return msg;", outputs: 1 }),
        node('catch', 'catch', [['take']], { scope: null }),
        node('debug', 'debug', [], { active: true, console: true, complete: 'true', targetType: 'full' }),
      ],
      {
        right: login,
        wrong: { ...login, password: `not${SECRETS.password}` },
        ...Object.fromEntries(nodes.map(({ id }) => [id, secrets])),
      },
    );
    came = 0;
    for (const [name] of SENDERS)
      nodeRed.RED.nodes.getNode(idOf(name))?.receive({ payload: structuredClone(EVENT) });
    while (came < SENDERS.length) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const path of ['flows', 'flow/tab', 'nodes', 'diagnostics']) {
      see(await (await fetch(`${nodeRed.url}/admin/${path}`)).text());
    }
    for (const { id, type } of nodes)
      see(await (await fetch(`${nodeRed.url}/admin/credentials/${type}/${id}`)).text());
  }

  it('appear nowhere, whatever the other side does', async () => {
    await sendAll(receiver.url, mail.port);
    await sendAll(echo.url, mail.port);
    echo.redirects = true;
    await sendAll(echo.url, mail.port);
    receiver.script = ['cut'];
    await sendAll(receiver.url, await freePort());
    receiver.script = ['silent'];
    await sendAll(receiver.url, await freePort());
    await sendAll(receiver.url, mail.port, { dryRun: true });
    const all = seen.join('\n');
    for (const [name, secret] of Object.entries(SECRETS)) {
      const part = secret.replace(/^Bearer /, '');
      assert.ok(
        !all.includes(part),
        `${name} was seen: ${all.slice(all.indexOf(part) - 200, all.indexOf(part) + 50)}`,
      );
    }
    for (const said of [
      'does not accept user and password',
      'did not answer',
      'cannot be reached',
      'Harbor',
    ]) {
      assert.ok(all.includes(said), `the test has not seen: ${said}`);
    }
  });

  it('are all of the credentials that senders have', () => {
    const types = new Set(SENDERS.map(([, type]) => type));
    const fields = definitions
      .filter(({ type }) => types.has(type) || type === 'misp-mail-server')
      .flatMap(({ description }) => Object.entries(description.fields))
      .flatMap(([name, field]) => (field.kind === 'secret' && field.secret === 'password' ? [name] : []));
    assert.deepEqual([...new Set(fields)].sort(), Object.keys(SECRETS).sort());
  });
});
