import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import Module from 'node:module';
import path from 'node:path';
import { idOf, node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { definitions } from '../support/definitions';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { frames, startPublisher, type TestPublisher } from '../support/zmq';

interface Got {
  topic: string;
  payload: Record<string, unknown>;
  misp: Record<string, unknown>;
  status: { text: string; fill: string };
}

const take = (name: string) =>
  node(name, 'function', [[]], { func: `global.get('take')('${name}', msg); return null;`, outputs: 1 });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('misp-zmq', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: TestPublisher;
  const got: Record<string, Got[]> = { message: [], gap: [], status: [] };
  const statuses = () => got.status.map(({ status }) => `${status.fill}: ${status.text}`);

  before(async () => {
    const functionGlobalContext = { take: (name: string, message: Got) => got[name].push(message) };
    nodeRed = await startNodeRed({ settings: { functionGlobalContext } });
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    misp = await startPublisher();
  });
  afterEach(async () => {
    await deploy(nodeRed.RED, [tab]);
    await misp.stop();
  });

  const flow = (settings: Record<string, unknown> = {}): FlowNode[] => [
    tab,
    node('zmq', 'misp-zmq', [['message'], ['gap']], {
      address: misp.address,
      topics: ['misp_json', 'misp_json_attribute', 'misp_json_user', 'misp_json_audit'],
      ...settings,
    }),
    node('statuses', 'status', [['status']], { scope: ['zmq'] }),
    take('message'),
    take('gap'),
    take('status'),
  ];
  const start = async (settings = {}, credentials = {}, expected = 'green: connected') => {
    for (const list of Object.values(got)) list.length = 0;
    await deploy(nodeRed.RED, flow(settings), { [idOf('zmq')]: credentials });
    if (!expected) return;
    await until(() => statuses().includes(expected));
    await sleep(50);
  };

  it('sends what MISP published: topic, action and data in core format', async () => {
    const log = collectLog(nodeRed.RED);
    await start({ server: 'some-misp' });
    for (const frame of Object.values(frames)) await misp.send(frame);
    const wanted = Object.keys(frames).filter((name) => /^misp_json(_attribute|_user|_audit)?\./.test(name));
    await until(() => got.message.length === wanted.length);
    log.stop();
    assert.equal(log.text(), '');
    const of = (name: string) => got.message[wanted.indexOf(name)];

    const edited = of('misp_json_attribute.edit');
    assert.equal(edited.topic, 'misp_json_attribute');
    assert.deepEqual(edited.misp, {
      topic: 'misp_json_attribute',
      action: 'edit',
      server: 'some-misp',
      blocking: false,
      test: false,
    });
    const event = edited.payload.Event as { info: string; _AttributeFlattened: object[] };
    assert.equal(event._AttributeFlattened.length, 1);
    assert.equal(event.info, 'Phishing wave (ZeroMQ capture, edited)');
    assert.equal(of('misp_json_user.admin-add').misp.action, 'add');
    assert.doesNotMatch(JSON.stringify(got.message), /0123456789abcdefghij/);
    assert.deepEqual(got.gap, []);
  });

  it('says that MISP is gone, and on its second output what time was missed', async () => {
    await start();
    const log = collectLog(nodeRed.RED);
    const started = Math.floor(Date.now() / 1000);
    await misp.stop();
    await until(() => statuses().includes('red: not connected'));
    misp = await startPublisher(misp.address);
    await until(() => got.gap.length === 1);
    log.stop();
    const [{ topic, payload, misp: about }] = got.gap;
    assert.equal(topic, 'gap');
    const { from, to } = payload as { from: number; to: number };
    assert.deepEqual(payload, { timestamp: [from, to], from, to, reason: 'disconnected', lost: 0 });
    assert.ok(from >= started - 1 && to >= from && to <= Date.now() / 1000 + 1);
    assert.equal(about.topic, 'gap');
    assert.match(
      log.text(),
      /connection .* is gone.*lost[\s\S]*Connected to MISP again\. Messages of about 1 sec/,
    );
    await until(() => statuses().at(-1) === 'green: connected');
  });

  it('says that MISP is silent', async () => {
    const log = collectLog(nodeRed.RED);
    await start({ silence: 1, topics: ['misp_json'] });
    await until(() => statuses().at(-1) === 'yellow: MISP is silent');
    await misp.send(frames['misp_json_self.heartbeat']);
    await until(() => got.gap.length === 1);
    log.stop();
    assert.equal(got.gap[0].payload.reason, 'silent');
    assert.match(log.text(), /not even its sign of life[\s\S]*MISP sends again/);
    assert.equal(got.message.length, 0);
  });

  it('logs in, and says when it is refused, without the password', async () => {
    await misp.stop();
    misp = await startPublisher(undefined, { user: 'misp', password: 'right-secret' });
    await start({}, { user: 'misp', password: 'right-secret' });
    await misp.send(frames['misp_json.publish']);
    await until(() => got.message.length === 1);
    const log = collectLog(nodeRed.RED);
    await start({}, { user: 'misp', password: 'wrong-secret' }, 'red: user or password refused');
    log.stop();
    assert.match(log.text(), /refuses the user and password/);
    assert.doesNotMatch(log.text() + JSON.stringify(got), /(right|wrong)-secret/);
    const flows = await (await fetch(`${nodeRed.url}/admin/flows`)).text();
    assert.doesNotMatch(flows, /wrong-secret/);
  });

  it('loses nothing that comes during a redeploy', async () => {
    await start();
    let sent = 0;
    let sending = Promise.resolve();
    const send = async () => {
      for (let i = 0; i < 5; i++) {
        await misp.send(`misp_json_attribute {"Attribute":{"id":"${sent++}"},"action":"edit"}`);
      }
    };
    const onStopping = () => {
      sending = sending.then(send);
    };
    nodeRed.RED.events.on('flows:stopping', onStopping);
    for (let deploys = 0; deploys < 30; deploys++) {
      const type = ['full', 'nodes', 'flows'][deploys % 3];
      await deploy(nodeRed.RED, flow({ name: `deploy ${deploys}` }), {}, type);
      await sending;
      await until(() => got.message.length === sent);
    }
    nodeRed.RED.events.off('flows:stopping', onStopping);
    const ids = got.message.map(({ payload }) => {
      const { _AttributeFlattened: list } = payload.Event as { _AttributeFlattened: { id: string }[] };
      return Number(list[0].id);
    });
    assert.deepEqual(
      ids,
      Array.from({ length: 150 }, (_, id) => id),
    );
    assert.deepEqual(got.gap, []);
  });

  it('drops and counts what a slow flow cannot take, and Node-RED stays awake', async () => {
    const log = collectLog(nodeRed.RED);
    await start({ waiting: 100 });
    const slow = node('message', 'function', [[]], {
      func: "const end = Date.now() + 5; while (Date.now() < end); global.get('take')('message', msg);",
      outputs: 1,
    });
    const nodes = flow({ waiting: 100 }).map((entry) => (entry.id === slow.id ? slow : entry));
    await deploy(nodeRed.RED, nodes);
    await sleep(50);
    const sent = 1000;
    for (let i = 0; i < sent; i++) await misp.send(frames['misp_json_attribute.edit']);
    const lost = () => got.gap.reduce((sum, { payload }) => sum + (payload.lost as number), 0);
    await until(() => got.message.length + lost() === sent, 10000);
    await until(() => statuses().at(-1) === `yellow: connected, ${lost()} messages lost`);
    log.stop();
    assert.ok(lost() > 500, `${lost()} lost`);
    assert.match(log.text(), /lost so far: \d+ because the flow is slower/);
    assert.equal(got.gap[0].payload.reason, 'overflow');
  });

  it('goes on behind what it cannot read, and says so without quoting it', async () => {
    const log = collectLog(nodeRed.RED);
    await start({ largest: 1 });
    await misp.send('misp_json_user {"User": {"password": "hunter2"');
    await misp.send(Buffer.concat([Buffer.from('misp_json "'), Buffer.from([0xff, 0x22])]));
    await misp.send(`misp_json "${'x'.repeat(1024 * 1024)}"`);
    await misp.send('misp_json_user {"User":{"id":"1","__proto__":{"admin":true}},"action":"add"}');
    await until(() => got.message.length === 1);
    await until(() => /3 messages lost/.test(statuses().at(-1) ?? ''));
    log.stop();
    assert.deepEqual(got.message[0].payload, { User: { id: '1' }, action: 'edit' });
    assert.match(log.text(), /misp_json_user is not valid JSON/);
    assert.match(log.text(), /1 too large, 2 unreadable/);
    assert.doesNotMatch(log.text(), /hunter2/);
  });

  it('says what is wrong with its settings', async () => {
    for (const [settings, credentials, expected] of [
      [{ topics: [' '] }, {}, /No topic is chosen/],
      [{ address: 'misp' }, {}, /misp is not an address of ZeroMQ/],
      [{}, { user: 'misp' }, /User or password .* is missing/],
    ] as const) {
      const log = collectLog(nodeRed.RED);
      await start(settings, credentials, '');
      log.stop();
      assert.match(log.text(), expected);
    }
  });

  it('says what to install where zeromq is missing, and everything else works', async () => {
    type Load = (this: void, request: string, ...rest: unknown[]) => unknown;
    const parts = Module as unknown as { _load: Load };
    const original = parts._load;
    parts._load = (request, ...rest) => {
      if (request !== 'zeromq') return original(request, ...rest);
      throw Object.assign(new Error("Cannot find module 'zeromq'"), { code: 'MODULE_NOT_FOUND' });
    };
    const log = collectLog(nodeRed.RED);
    try {
      await start({}, {}, '');
    } finally {
      parts._load = original;
      log.stop();
    }
    assert.match(log.text(), /npm install zeromq/);
    assert.ok(nodeRed.RED.nodes.getNode(idOf('statuses')));
  });

  it('is loaded, as all nodes are, without the package zeromq', () => {
    const files = definitions.map(({ built }) => `${built}.js`);
    const script = `for (const file of ${JSON.stringify(files)}) require(file);
      process.exit(Object.keys(require.cache).some((file) => /[\\\\/]zeromq[\\\\/]/.test(file)) ? 1 : 0);`;
    execFileSync(process.execPath, ['-e', script], { cwd: path.join(root, 'test') });
  });
});
