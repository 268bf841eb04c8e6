import { strict as assert } from 'node:assert';
import net from 'node:net';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { example } from '../support/examples';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { startReceiver, type Receiver } from '../support/receiver';
import { contentOf, TestMailServer } from '../support/smtp';

/** In the stand-in: one that is tagged tlp:red, and one that is not. */
const RED = '1';
const GREEN = '2';
const PASSWORD = 'SentinelMailPassword';
const HOOK = '/hooks/SentinelHook0123456789';

/** Takes connections, and says nothing. */
async function deafServer(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as net.AddressInfo).port, close };
}

describe("the workflow of MISP's training", function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let mail: TestMailServer;
  let chat: Receiver;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    chat = await startReceiver();
    mail = await TestMailServer.start({ login: { user: 'misp', password: PASSWORD } });
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: 'nodered_training' } },
    });
  });
  afterEach(async () => {
    chat.close();
    await mail.stop();
    await misp.close();
  });

  async function start(mailPort = mail.port): Promise<void> {
    const flow = example('Training - tlp-red is stopped and mailed', {
      'misp-listener': { port },
      'misp-server': { url: misp.url },
      'misp-mail-server': { host: '127.0.0.1', port: mailPort, verify: false },
      'misp-trigger': { deadline: 1.5 },
    });
    const credentials = { user: 'misp', password: 'secret', apiKey: API_KEY, webhookUrl: chat.url + HOOK };
    const secrets = flow.map(({ id, type }) => [
      id,
      { ...credentials, ...(type === 'misp-mail-server' ? { password: PASSWORD } : {}) },
    ]);
    await deploy(nodeRed.RED, flow, Object.fromEntries(secrets) as Record<string, object>);
    await listening(port);
  }

  /** Asks MISP to publish: the status it answers, and how long it was busy. */
  async function publish(id: string): Promise<{ status: number; ms: number }> {
    const started = Date.now();
    const { answer } = await misp.publish(id);
    return { status: answer.status, ms: Date.now() - started };
  }

  it('tagged tlp:red: not published, and the admins get a mail', async () => {
    await start();
    assert.equal((await publish(RED)).status, 403);
    assert.equal(misp.event(RED)?.published, false);
    assert.match(misp.outcomes.at(-1)?.log.join() ?? '', /must not leave this MISP/);
    await until(() => mail.mails.length > 0);
    const [{ to, headers, raw, secure, user }] = mail.mails;
    assert.deepEqual(to, ['admin@admin.test']);
    assert.equal(headers.subject, 'Not published: event 1');
    assert.match(contentOf(mail.mails[0]), /tlp:red, ?PAP:RED/);
    assert.deepEqual([secure, user], [true, 'misp']);
    assert.doesNotMatch(raw, /Sentinel/);
    assert.deepEqual(chat.received, []);
  });

  it('anything else: published, and the chat is told', async () => {
    await start();
    assert.equal((await publish(GREEN)).status, 200);
    assert.equal(misp.event(GREEN)?.published, true);
    const [{ path, text }] = chat.received;
    assert.equal(path, HOOK);
    for (const part of ['harbor logistics', 'TLP:GREEN', `${misp.url}/events/view/2`]) {
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
    }
    assert.deepEqual(mail.mails, []);
  });

  it('a mail server that is down changes nothing for MISP, and is reported', async () => {
    await start(await freePort());
    const log = collectLog(nodeRed.RED);
    const caught = nextInput('d00000000000f127');
    const { status, ms } = await publish(RED);
    assert.equal(status, 403);
    assert.ok(ms < 1500, `${ms} ms`);
    assert.match(await caught, /cannot be reached/);
    log.stop();
    assert.doesNotMatch(log.text(), /Sentinel/);
  });

  it('a mail server that says nothing is given up before the deadline, and reported', async () => {
    const deaf = await deafServer();
    await start(deaf.port);
    const caught = nextInput('d00000000000f127');
    const { status, ms } = await publish(RED);
    assert.equal(status, 403);
    assert.ok(ms < 1000, `${ms} ms`);
    assert.match(await caught, /admin@admin\.test: .*did not answer/);
    deaf.close();
  });

  it('a chat that says nothing is given up before the deadline: MISP goes on in time', async () => {
    chat.script = ['silent'];
    await start();
    const caught = nextInput('d00000000000f127');
    const { status, ms } = await publish(GREEN);
    assert.equal(status, 200);
    assert.equal(misp.event(GREEN)?.published, true);
    assert.ok(ms < 1500, `${ms} ms`);
    assert.match(await caught, /did not answer before MISP/);
  });

  it('a chat that is busy is waited for, if that is in time', async () => {
    chat.script = [
      { status: 429, headers: { 'Retry-After': '1' } },
      { status: 200, body: 'ok' },
    ];
    await start();
    assert.equal((await publish(GREEN)).status, 200);
    assert.equal(chat.received.length, 2);
  });

  it('a chat that asks to wait too long is reported at once', async () => {
    chat.script = [{ status: 429, headers: { 'Retry-After': '60' } }];
    await start();
    const caught = nextInput('d00000000000f127');
    const { status, ms } = await publish(GREEN);
    assert.equal(status, 200);
    assert.ok(ms < 1000, `${ms} ms`);
    assert.match(await caught, /60/);
    assert.equal(chat.received.length, 1);
  });

  /** The words of the error in the next message that a node gets. */
  function nextInput(id: string): Promise<string> {
    return new Promise((resolve) => {
      const take = ({ error }: { error: { message: string } }) => resolve(error.message);
      nodeRed.RED.nodes.getNode(id)?.once('input', take);
    });
  }
});

describe('own code that decides', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  before(async () => {
    nodeRed = await startNodeRed();
    const port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: 'nodered_custom_scripts' } },
    });
    const flow = example('Custom scripts - function and exec', { 'misp-listener': { port } });
    const secrets = { user: 'misp', password: 'secret' };
    await deploy(nodeRed.RED, flow, Object.fromEntries(flow.map(({ id }) => [id, secrets])));
    await listening(port);
  });
  after(async () => {
    await nodeRed.stop();
    await misp.close();
  });

  const publishWith = async (uuid: string) => {
    const event = misp.event(GREEN);
    assert.ok(event);
    event.uuid = uuid;
    return (await misp.publish(GREEN)).answer.status;
  };

  it('the exit code of a program stops the publication, or lets it go on', async () => {
    assert.equal(await publishWith('0b1f9a3e-9a43-4a6c-8d0e-1f0c2d3e4f50'), 403);
    assert.match(misp.outcomes.at(-1)?.log.join() ?? '', /Our list forbids/);
    assert.equal(await publishWith('9b1f9a3e-9a43-4a6c-8d0e-1f0c2d3e4f50'), 200);
  });

  it('what is no uuid reaches no command line, and stops the publication', async () => {
    assert.equal(await publishWith('$(touch x)'), 403);
    assert.match(misp.outcomes.at(-1)?.log.join() ?? '', /The event has no uuid/);
  });
});
