import { strict as assert } from 'node:assert';
import net from 'node:net';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { until } from '../support/until';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

/** What the mail and the requests have in common: someone is told, and the flow goes on behind it. */
const SENDERS: [type: string, settings: object][] = [
  ['misp-email', { mailServer: 'mail', recipients: ['soc@example.org'] }],
  ['misp-webhook', { url: 'http://RECEIVER/hook' }],
  ['misp-chat', { service: 'mattermost' }],
  ['misp-splunk', { url: 'http://RECEIVER/services/collector/event' }],
  ['misp-flowintel', { url: 'http://RECEIVER', server: 'misp' }],
];
const DEADLINE_S = 1.2;

describe('receivers that are away, on the path that MISP waits for', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const errors: string[] = [];
  const sockets = new Set<net.Socket>();
  const deaf = net.createServer((socket) => void sockets.add(socket));

  before(async () => {
    const caught = ({ error }: { error: { message: string } }) => errors.push(error.message);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { caught } } });
    port = await freePort();
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await nodeRed.stop();
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });
  beforeEach(() => (errors.length = 0));

  async function start(senders: [string, object][], receiver: number): Promise<void> {
    const names = [...senders.map(([type]) => type), 'end'];
    const server = `127.0.0.1:${receiver}`;
    const nodes = senders.map(([type, settings], index): FlowNode => {
      const text = JSON.stringify(settings).replace('RECEIVER', server);
      return node(type, type, [[names[index + 1]]], JSON.parse(text) as Record<string, unknown>);
    });
    const mail = { host: '127.0.0.1', port: receiver, security: 'none', from: 'misp@example.org' };
    const secrets = { webhookUrl: `http://${server}/hooks/x`, token: 'x'.repeat(20), apiKey: 'x'.repeat(60) };
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        { id: 'mail', type: 'misp-mail-server', ...mail },
        { id: 'misp', type: 'misp-server', url: `http://${server}`, timeout: 20, verify: true },
        trigger([names[0]], { deadline: DEADLINE_S }),
        ...nodes,
        // MISP waits only where it could be told to stop.
        ifTag('end', 'tlp:red', ['stop'], ['go']),
        block(),
        allow(),
        node('catch', 'catch', [['caught']], { scope: null }),
        node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
      ],
      {
        ...credentials,
        misp: { apiKey: 'x'.repeat(40) },
        ...Object.fromEntries(senders.map(([type]) => [idOf(type), secrets])),
      },
    );
    await listening(port);
  }

  for (const sender of SENDERS) {
    const [type] = sender;
    it(`${type}: a receiver that says nothing is given up, and MISP goes on in time`, async () => {
      await start([sender], (deaf.address() as net.AddressInfo).port);
      const { json, ms } = await query(port, 'test_module', event([]));
      assert.deepEqual(json, { data: true });
      assert.ok(ms > 500 && ms < DEADLINE_S * 1000, `${ms} ms`);
      await until(() => errors.length > 0);
      assert.match(errors[0], /did not answer before MISP/);
    });

    it(`${type}: a receiver that is not there is reported, and MISP goes on`, async () => {
      await start([sender], await freePort());
      const { json } = await query(port, 'test_module', event([]));
      assert.deepEqual(json, { data: true });
      await until(() => errors.length > 0);
      assert.match(errors[0], /cannot be reached/);
    });
  }

  it('a MISP that does not say who its users are keeps no mail node waiting', async () => {
    const settings = { mailServer: 'mail', recipients: ['All admins'], server: 'misp' };
    await start([['misp-email', settings]], (deaf.address() as net.AddressInfo).port);
    const { json, ms } = await query(port, 'test_module', event([]));
    assert.deepEqual(json, { data: true });
    assert.ok(ms > 500 && ms < DEADLINE_S * 1000, `${ms} ms`);
    await until(() => errors.length > 0);
    assert.match(errors[0], /did not say who its users are/);
  });

  it('all of them, one behind the other, say nothing: MISP goes on in time', async () => {
    await start(SENDERS, (deaf.address() as net.AddressInfo).port);
    const { json, ms } = await query(port, 'test_module', event([]));
    assert.deepEqual(json, { data: true });
    assert.ok(ms < DEADLINE_S * 1000, `${ms} ms`);
    await until(() => errors.length === SENDERS.length);
  });

  it('where the node is to stop the path, its error decides', async () => {
    const [type, settings] = SENDERS[2];
    await start([[type, { ...settings, onFailure: 'stop' }]], await freePort());
    await deployWithoutCatch();
    const { json } = await query(port, 'test_module', event([]));
    assert.match(json.error ?? '', /misp-chat/);
  });

  it('a node that is not set up says so for each message, and what stands behind it decides', async () => {
    const broken: [string, object][] = [
      ['misp-chat', { service: 'telegram', chatId: '' }],
      ['misp-webhook', { url: '' }],
      ['misp-splunk', { url: '' }],
      ['misp-flowintel', { url: '', server: 'misp' }],
      ['misp-email', { mailServer: '', mail_template_subject: '{{ no end' }],
    ];
    await start(broken, await freePort());
    errors.length = 0;
    const { json, ms } = await query(port, 'test_module', event(['tlp:red']));
    assert.deepEqual(json, { error: 'blocked by the flow' });
    assert.ok(ms < 500, `${ms} ms`);
    await until(() => errors.length === broken.length);
    assert.match(errors[0], /The chat is missing/);
  });

  /** The same flow without the Catch node, which would handle the error. */
  async function deployWithoutCatch(): Promise<void> {
    const { flows } = nodeRed.RED.nodes.getFlows() as unknown as { flows: FlowNode[] };
    await deploy(
      nodeRed.RED,
      flows.filter(({ type }) => type !== 'catch'),
      {
        ...credentials,
        misp: { apiKey: 'x'.repeat(40) },
        [idOf('misp-chat')]: { webhookUrl: 'http://127.0.0.1:1/hooks/x' },
      },
    );
    await listening(port);
  }
});
