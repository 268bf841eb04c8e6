import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Gap } from '../../src/zmq/gap';
import { Subscription } from '../../src/zmq/subscription';
import { node, tab } from '../support/flows';
import { until } from '../support/until';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { frames, startPublisher, type TestPublisher } from '../support/zmq';

const frame = frames['misp_json_tag.add'];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What docs/limits.md says of ZeroMQ. Which test belongs to which line stands in test/docs/limits.test.ts. */
describe('the limits of ZeroMQ', function () {
  this.timeout(60000);
  let misp: TestPublisher;
  beforeEach(async () => {
    misp = await startPublisher();
  });
  afterEach(() => misp.stop());

  describe('in a flow', () => {
    let userDir = '';
    let nodeRed: NodeRedProcess | undefined;
    beforeEach(() => {
      userDir = mkdtempSync(path.join(tmpdir(), 'misp-zmq-'));
    });
    afterEach(() => {
      nodeRed?.kill();
      rmSync(userDir, { recursive: true, force: true });
    });

    const keep = (name: string) =>
      node(name, 'file', [[]], {
        filename: path.join(userDir, name),
        filenameType: 'str',
        appendNewline: true,
        overwriteFile: 'false',
      });
    const count = (name: string) => {
      const file = path.join(userDir, name);
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    };
    const flow = (version: number, delayMs = 0) => [
      { ...tab, info: String(version) },
      node('zmq', 'misp-zmq', [['wait'], ['gaps']], {
        address: misp.address,
        topics: ['misp_json_tag'],
        silence: 0,
      }),
      node('wait', 'delay', [['short']], {
        pauseType: 'delay',
        timeout: String(delayMs),
        timeoutUnits: 'milliseconds',
        name: `v${version}`,
      }),
      node('short', 'change', [['messages']], {
        rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'x', tot: 'str' }],
      }),
      keep('messages'),
      keep('gaps'),
    ];
    async function running(delayMs = 0) {
      nodeRed = await forkNodeRed({ userDir });
      await nodeRed.deploy(flow(1, delayMs), {});
      return nodeRed;
    }
    /** Sends until one comes: ZeroMQ sends nothing to a subscriber whose subscription has not arrived. */
    async function arrives(): Promise<void> {
      const before = count('messages');
      for (let i = 0; i < 50 && count('messages') === before; i++) {
        await misp.send(frame);
        await sleep(100);
      }
      await sleep(1200);
    }

    it('what is published while Node-RED does not run does not come, and is no gap', async () => {
      (await running()).kill();
      await sleep(300);
      for (let i = 0; i < 20; i++) await misp.send(frame);
      await running();
      await sleep(1500);
      assert.deepEqual([count('messages'), count('gaps')], [0, 0]);
      await arrives();
      assert.ok(count('messages') >= 1);
      assert.equal(count('gaps'), 0);
    });

    it('what is on its way between two nodes when the flow is redeployed does not come, and is no gap', async () => {
      const started = await running(500);
      await arrives();
      const before = count('messages');
      for (let i = 0; i < 5; i++) await misp.send(frame);
      await sleep(200);
      await started.deploy(flow(2, 500), {});
      await sleep(1500);
      assert.deepEqual([count('messages') - before, count('gaps')], [0, 0]);
      await arrives();
      assert.ok(count('messages') > before);
    });
  });

  function subscribe(address: string, silenceMs: number) {
    const subscription = new Subscription({
      address,
      topics: ['misp_json_tag'],
      silenceMs,
      queue: { messages: 100, bytes: 1e6 },
      messageBytes: 1e6,
    });
    const gaps: Gap[] = [];
    const states: string[] = [];
    subscription.on('state', (state) => states.push(state));
    subscription.attach({ onMessage: () => undefined, onGap: (gap) => gaps.push(gap) });
    return { subscription, gaps, states };
  }

  it('a publisher that sends nothing, or hangs, looks the same when silence is not watched', async () => {
    const watched = subscribe(misp.address, 500);
    const unwatched = subscribe(misp.address, 0);
    await until(() => unwatched.subscription.state === 'connected');
    await sleep(1500);
    assert.ok(watched.states.includes('silent'), watched.states.join());
    assert.deepEqual([unwatched.subscription.state, unwatched.gaps], ['connected', []]);
    watched.subscription.close();
    unwatched.subscription.close();
  });

  it('a connection whose other end vanished is noticed after 15 to 20 seconds', async () => {
    const relay = await startRelay(Number(new URL(misp.address).port));
    const { subscription, states } = subscribe(relay.address, 0);
    await until(() => subscription.state === 'connected');
    await sleep(300);
    relay.vanish();
    const since = Date.now();
    states.length = 0;
    await until(() => states.length > 0, 30_000);
    const seconds = (Date.now() - since) / 1000;
    assert.ok(seconds > 13 && seconds < 22, `${seconds} s`);
    subscription.close();
    relay.close();
  });
});

/** Passes bytes on, until the other end vanishes without a word: no end, no reset. */
async function startRelay(port: number) {
  let gone = false;
  const sockets: net.Socket[] = [];
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('data', (data) => gone || far.write(data));
    far.on('data', (data) => gone || near.write(data));
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    vanish: () => void (gone = true),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
