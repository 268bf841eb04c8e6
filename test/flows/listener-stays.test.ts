import { strict as assert } from 'node:assert';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { demo } from '../support/fire';
import { credentials, listener, node, tab, trigger, block } from '../support/flows';
import { call, event, freePort, get, listening, query, type Reply } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { forkNodeRed, type ForkOptions, type NodeRedProcess } from '../support/node-red-process';

const red = event(['tlp:red']);
const green = event(['tlp:green']);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const missing: FlowNode = { id: 'missing', type: 'no-such-type', z: 'tab', x: 1, y: 1, wires: [] };

/** An address that is not only good for the machine itself, if there is one. */
function addressOfMachine(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** The addresses at which somebody listens on this port, as the kernel of Linux lists them. */
function listeningAt(port: number): string[] {
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  const sockets = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , state]) => state === '0A');
  const own = sockets.filter(([, local]) => parseInt(local.slice(-4), 16) === port);
  return own.map(([, local]) => [...Buffer.from(local.slice(0, 8), 'hex')].reverse().join('.'));
}

describe('the listener stays', function () {
  this.timeout(60000);
  let userDir = '';
  let port = 0;
  let running: NodeRedProcess | undefined;

  async function start(options: ForkOptions = {}): Promise<NodeRedProcess> {
    running = await forkNodeRed({ userDir, ...options });
    return running;
  }
  async function deployed(flow: FlowNode[] = demo(port)): Promise<NodeRedProcess> {
    const nodeRed = await start();
    await nodeRed.deploy(flow, credentials);
    await listening(port);
    await keeps('service-listener.json');
    return nodeRed;
  }
  /** What is to be kept is hashed beside the flow. */
  async function keeps(name: string): Promise<string> {
    const file = path.join(userDir, 'misp-workflows', name);
    for (let i = 0; i < 100 && !existsSync(file); i++) await sleep(20);
    return readFileSync(file, 'utf8');
  }
  /** Ends the process as a power cut does, and waits until it is gone. */
  async function killed(nodeRed: NodeRedProcess): Promise<void> {
    nodeRed.kill();
    for (;;) {
      try {
        process.kill(nodeRed.pid, 0);
        await sleep(10);
      } catch {
        return;
      }
    }
  }
  /** Whether somebody who comes to this address of the machine gets an answer. */
  const comesIn = (host: string) =>
    new Promise<boolean>((resolve) => {
      const request = http.get({ host, port, path: '/healthcheck', agent: false }, (response) => {
        response.resume();
        resolve(true);
      });
      request.on('error', () => resolve(false));
    });
  const ask = (data: object = red) => query(port, 'test_module', data);

  beforeEach(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-stays-'));
    port = await freePort();
  });
  afterEach(() => {
    running?.kill();
    running = undefined;
    rmSync(userDir, { recursive: true, force: true });
  });

  it('blocks with the reason while a node type is missing, and goes on when the flow is mended', async () => {
    const nodeRed = await deployed();
    await nodeRed.deploy([...demo(port, 1), missing], credentials);
    const first = await ask();
    assert.match(first.json.error ?? '', /node type is missing \(no-such-type\)/);
    assert.ok(first.ms < 300);
    await sleep(6000); // longer than any grace
    assert.match((await ask(green)).json.error ?? '', /no-such-type/);
    assert.match((await get(port, '/modules')).text, /test_module/);
    await nodeRed.deploy(demo(port, 2), credentials);
    assert.deepEqual((await ask(green)).json, { data: true });
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
  });

  it('blocks a trigger that lets go on at the deadline, too, while the flows are stopped', async () => {
    const flow = demo(port).map((n) => (n.type === 'misp-trigger' ? { ...n, onDeadline: 'allow' } : n));
    const nodeRed = await deployed(flow);
    await nodeRed.setState('stop');
    assert.match((await ask(green)).json.error ?? '', /flows of Node-RED are stopped/);
    await sleep(6000);
    assert.match((await ask(green)).json.error ?? '', /flows of Node-RED are stopped/);
    await nodeRed.setState('start');
    await sleep(100);
    assert.deepEqual((await ask(green)).json, { data: true });
  });

  /** What is kept of listeners; the history of runs has a folder of its own. */
  const kept = () => readdirSync(path.join(userDir, 'misp-workflows')).filter((name) => name !== 'history');

  it('closes when its node is deleted, and forgets what it kept', async () => {
    const nodeRed = await deployed();
    await nodeRed.deploy([tab], {});
    await sleep(200);
    await assert.rejects(ask(), /ECONNREFUSED/);
    assert.deepEqual(kept(), []);
  });

  it('listens again before its flows are there after kill -9, and holds what is asked until they are', async () => {
    await killed(await deployed());
    const started = performance.now();
    const nodeRed = await start({ atOnce: true });
    let early: Reply | undefined;
    while (!early) early = await get(port, '/modules').catch(() => undefined);
    const openAfter = performance.now() - started;
    const [first, second] = await Promise.all([ask(red), ask(green)]);
    await nodeRed.ready();
    const readyAfter = performance.now() - started;
    console.log(
      `        /modules ${openAfter.toFixed(0)} ms after the start of the process, flows after ${readyAfter.toFixed(0)} ms`,
    );
    assert.match(early.text, /test_module/);
    assert.deepEqual(first.json, { error: 'blocked by the flow' });
    assert.deepEqual(second.json, { data: true });
    assert.ok(openAfter < readyAfter);
  });

  it('keeps no password, and lets in only who has it, before the flows are there', async () => {
    const flow = [...demo(port), missing];
    await killed(await deployed());
    const kept = await keeps('service-listener.json');
    assert.doesNotMatch(kept, /secret|misp"/);
    assert.equal(statSync(path.join(userDir, 'misp-workflows/service-listener.json')).mode & 0o77, 0);
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
    await start(); // with a type that is missing: the config node never comes
    assert.match((await ask()).json.error ?? '', /no-such-type/);
    const wrong = await call(red, { port, password: 'wrong' });
    assert.equal(wrong.status, 401);
    const slowest = Math.max(
      ...(await Promise.all(Array.from({ length: 50 }, () => ask()))).map((r) => r.ms),
    );
    assert.ok(slowest < 300, `${slowest} ms`);
    // Who tries passwords waits for himself: MISP does not.
    const tries = Array.from({ length: 200 }, (_, i) => call(red, { port, password: `guess ${i}` }));
    await sleep(20);
    const reply = await ask();
    assert.match(reply.json.error ?? '', /no-such-type/);
    assert.ok(reply.ms < 300, `${reply.ms} ms`);
    for (const { status } of await Promise.all(tries)) assert.equal(status, 401);
  });

  for (const [name, spoil] of [
    ['lost', (file: string) => rmSync(file)],
    ['not readable', (file: string) => writeFileSync(file, '{"$":"00112233445566778899aabbccddeeffAAAA"}')],
  ] as const) {
    it(`blocks whoever has the password when the credentials are ${name} (case 03)`, async () => {
      const nodeRed = await deployed();
      await nodeRed.stop();
      await killed(nodeRed);
      spoil(path.join(userDir, 'flows_cred.json'));
      await start();
      const reply = await ask(green);
      assert.equal(reply.status, 200);
      assert.match(reply.json.error ?? '', /not set up.*no user or password/);
      assert.match((await get(port, '/modules')).text, /test_module/);
      assert.equal((await call(red, { port, password: 'wrong' })).status, 401);
    });
  }

  it('blocks everybody when the credentials are lost and nothing is known of them', async () => {
    const nodeRed = await deployed();
    await nodeRed.stop();
    await killed(nodeRed);
    rmSync(path.join(userDir, 'flows_cred.json'));
    rmSync(path.join(userDir, 'misp-workflows/service-listener.json'));
    await start();
    await listening(port);
    const reply = await call({ module: 'test_module', data: green, params: {} }, { port, password: 'any' });
    assert.match(reply.json.error ?? '', /no user or password/);
    assert.match((await get(port, '/modules', { user: '', password: '' })).text, /test_module/);
  });

  it('blocks when Node-RED finds a damaged flow file', async () => {
    const nodeRed = await deployed();
    await nodeRed.stop();
    await killed(nodeRed);
    writeFileSync(path.join(userDir, 'flows.json'), '[{"id": "tab", ');
    const again = await start();
    assert.match((await ask(green)).json.error ?? '', /flow file is empty or damaged/);
    await sleep(5500);
    assert.match((await ask(green)).json.error ?? '', /flow file is empty or damaged/);
    await again.deploy(demo(port, 1), credentials);
    assert.deepEqual((await ask(green)).json, { data: true });
  });

  it('ends a listener that was taken out of the flow file, and forgets it', async () => {
    const nodeRed = await deployed();
    await nodeRed.stop();
    await killed(nodeRed);
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify([tab]));
    await start();
    await sleep(300);
    await assert.rejects(ask(), /ECONNREFUSED/);
    assert.deepEqual(kept(), []);
  });

  it('refuses a password that is an environment variable which is not set', async () => {
    const nodeRed = await deployed();
    await nodeRed.deploy(demo(port, 1), { listener: { user: 'misp', password: '${MISP_NOT_SET}' } });
    assert.match((await ask(green)).json.error ?? '', /MISP_NOT_SET/);
    const literal = await call(red, { port, password: '${MISP_NOT_SET}' });
    assert.equal(literal.status, 401);
    await nodeRed.deploy(demo(port, 2), credentials);
    assert.deepEqual((await ask(green)).json, { data: true });
  });

  it('says so and works when the user folder cannot be written to', async () => {
    const nodeRed = await start();
    writeFileSync(path.join(userDir, 'misp-workflows'), 'a file where the folder should be');
    await nodeRed.deploy(demo(port), credentials);
    await listening(port);
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
    const { log } = await nodeRed.memory();
    assert.ok(
      log.some((line) => /cannot be kept/.test(line)),
      log.join('\n'),
    );
  });

  it('moves to another address on the same port, and refuses nobody (case 13)', async () => {
    const nodeRed = await deployed();
    const problems: string[] = [];
    let asked = 0;
    const open = new Set<Promise<void>>();
    const timer = setInterval(() => {
      asked++;
      const work = ask(green)
        .then((reply) => void (reply.text === '{"data":true}' || problems.push(reply.text)))
        .catch((error: Error) => void problems.push(error.message))
        .finally(() => open.delete(work));
      open.add(work);
    }, 1);
    const outside = addressOfMachine();
    for (let i = 1; i <= 20; i++) {
      const host = i % 2 ? '0.0.0.0' : '127.0.0.1';
      // As many as may come while the flows are deployed, on a slow machine too: what is open at most is tested elsewhere.
      await nodeRed.deploy(demo(port, i, { host, openRuns: 5000 }), credentials);
      await sleep(50);
      if (outside) assert.equal(await comesIn(outside), host === '0.0.0.0', `${outside} after ${i} moves`);
    }
    clearInterval(timer);
    await Promise.all(open);
    assert.deepEqual(problems.slice(0, 5), []);
    assert.ok(asked > 300, `${asked} requests`);
  });

  it('ends connections that came to an address which it has no longer', async function () {
    const outside = addressOfMachine();
    if (!outside) this.skip();
    const nodeRed = await deployed(demo(port, 0, { host: '0.0.0.0' }));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const headerOf = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const request = http.get({ host: outside, port, path: '/healthcheck', agent }, (response) => {
          response.resume().on('end', () => resolve(response.headers.connection));
        });
        request.on('error', reject);
      });
    assert.equal(await headerOf(), 'keep-alive');
    await nodeRed.deploy(demo(port, 1, { host: '127.0.0.1' }), credentials);
    await sleep(100);
    assert.equal(await headerOf(), 'close');
    await assert.rejects(headerOf());
    agent.destroy();
  });

  it('has one socket again when nobody came for a while after such a move', async function () {
    if (process.platform !== 'linux') this.skip();
    const nodeRed = await deployed();
    await nodeRed.deploy(demo(port, 1, { host: '0.0.0.0' }), credentials);
    await sleep(4500);
    assert.deepEqual(listeningAt(port), ['0.0.0.0']);
    assert.equal((await ask(green)).text, '{"data":true}');
    await nodeRed.deploy(demo(port, 2, { host: '127.0.0.1' }), credentials);
    await sleep(4500);
    assert.deepEqual(listeningAt(port), ['127.0.0.1']);
    assert.equal((await ask(green)).text, '{"data":true}');
  });

  it('lets a run come to its end while its listener moves to another port', async () => {
    const flow = (at: number) => [
      tab,
      listener(at),
      trigger(['wait'], { deadline: 5 }),
      node('wait', 'misp-delay', [['stop']], { delay: 1 }),
      block(),
    ];
    const nodeRed = await deployed(flow(port));
    const run = ask();
    await sleep(100);
    const other = await freePort();
    await nodeRed.deploy(flow(other), credentials);
    assert.ok((await run).json.error);
    await listening(other);
    assert.equal((await query(other, 'test_module', red)).json.error, 'blocked by the flow');
    const agent = new http.Agent();
    await assert.rejects(get(port, '/modules', { agent }), /ECONNREFUSED/);
  });

  it('loses no request when a trigger is replaced by a copy', async () => {
    const nodeRed = await deployed();
    const problems: string[] = [];
    const open: Promise<unknown>[] = [];
    const timer = setInterval(() => {
      open.push(
        ask(green).then(
          (reply) => reply.text === '{"data":true}' || problems.push(reply.text),
          (error: Error) => problems.push(error.message),
        ),
      );
    }, 2);
    for (let i = 1; i <= 10; i++) {
      const flow = demo(port, i).map((n) => (n.type === 'misp-trigger' ? { ...n, id: `copy-${i}` } : n));
      await nodeRed.deploy(flow, credentials, i % 2 ? 'full' : 'nodes');
      await sleep(30);
    }
    clearInterval(timer);
    await Promise.all(open);
    assert.deepEqual(problems.slice(0, 5), []);
  });

  it('answers before MISP gives up, when MISP says when that is (case 16)', async () => {
    const nodeRed = await deployed([
      tab,
      listener(port),
      trigger(['wait'], { deadline: 4 }),
      node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout: '3', timeoutUnits: 'seconds' }),
      block(),
    ]);
    for (const body of [
      { module: 'test_module', timeout: 2, data: green, params: [] },
      { module: 'test_module', data: green, params: [], timeout: '2' },
    ]) {
      const reply = await call(body, { port });
      assert.match(reply.json.error ?? '', /did not answer in time/);
      assert.ok(reply.ms > 900 && reply.ms < 1900, `${reply.ms} ms`);
    }
    const { log } = await nodeRed.memory();
    assert.ok(
      log.some((line) => /MISP waits only 2 s/.test(line)),
      log.join('\n'),
    );
  });

  it('answers at the deadline, whatever is done to the clock', async () => {
    const clock = path.join(userDir, 'clock.cjs');
    // In all threads: an hour back or forward, in turns.
    writeFileSync(
      clock,
      `const now = Date.now.bind(Date), end = now() + 1e9; let n = 0;
       Date.now = () => now() + (Math.floor(now() / 300) % 2 ? 3600000 : -3600000);`,
    );
    const nodeRed = await start({ env: { NODE_OPTIONS: `--require ${clock}` } });
    await nodeRed.deploy(
      [
        tab,
        listener(port),
        trigger(['never'], { deadline: 1 }),
        node('never', 'function', [['stop']], { func: 'await new Promise(() => {});', outputs: 1 }),
        block(),
      ],
      credentials,
    );
    await listening(port);
    for (let i = 0; i < 4; i++) {
      const reply = await ask();
      assert.match(reply.json.error ?? '', /in time/);
      assert.ok(reply.ms > 950 && reply.ms < 1500, `${reply.ms} ms`);
      await sleep(130);
    }
  });

  it('says that MISP was refused until that MISP came in, whatever else is asked', async () => {
    const nodeRed = await deployed();
    const status = async () => (await nodeRed.statuses())['node-trigger']?.text ?? '';
    await ask();
    assert.match(await status(), /blocked/);
    assert.equal((await call(red, { port, password: 'wrong' })).status, 401);
    await sleep(700);
    assert.match(await status(), /refused/);
    // From another address with the right password: that is not the MISP that was refused.
    await call(red, { port, host: '127.0.0.2' });
    await sleep(700);
    assert.match(await status(), /refused/);
    await ask();
    await sleep(700);
    assert.doesNotMatch(await status(), /refused/);
  });

  describe('with TLS', () => {
    const fixture = (name: string) => path.join(__dirname, '../fixtures/tls', name);
    const files = () => ({ cert: path.join(userDir, 'cert.pem'), key: path.join(userDir, 'key.pem') });
    const tls = (more: object = {}): FlowNode => ({
      id: 'tls',
      type: 'tls-config',
      name: '',
      ca: '',
      ...files(),
      servername: '',
      verifyservercert: false,
      ...more,
    });
    const flow = (version: number, more: object = {}) => [...demo(port, version, { tls: 'tls' }), tls(more)];
    const modules = () =>
      new Promise<string>((resolve, reject) => {
        const headers = { Authorization: `Basic ${Buffer.from('misp:secret').toString('base64')}` };
        https
          .get(
            { host: '127.0.0.1', port, path: '/modules', headers, rejectUnauthorized: false, agent: false },
            (response) => {
              response.setEncoding('utf8').on('data', resolve);
            },
          )
          .on('error', reject);
      });
    const served = async () => {
      for (let i = 0; i < 100; i++) {
        const text = await modules().catch(() => '');
        if (text) return text;
        await sleep(20);
      }
      throw new Error('Nothing is served');
    };
    beforeEach(() => {
      for (const name of ['cert.pem', 'key.pem']) cpSync(fixture(name), path.join(userDir, name));
    });

    const broken: [string, (version: number) => FlowNode[]][] = [
      ['missing', (version) => demo(port, version, { tls: 'tls' })],
      ['disabled', (version) => flow(version, { d: true })],
      ['without files', (version) => flow(version, { cert: '', key: '' })],
      ['with a file that is not there', (version) => flow(version, { key: '/no/such/file' })],
      ['with a certificate that is none', (version) => flow(version, { cert: __filename })],
    ];
    for (const [name, spoilt] of broken) {
      it(`never speaks plain HTTP when its TLS configuration is ${name}`, async () => {
        const nodeRed = await start();
        await nodeRed.deploy(spoilt(1), credentials);
        await sleep(300);
        await assert.rejects(get(port, '/healthcheck'), /ECONNREFUSED/);
        const { log } = await nodeRed.memory();
        assert.ok(
          log.some((line) => /TLS/.test(line)) && log.some((line) => /nobody listens/.test(line)),
          log.join('\n'),
        );
      });
    }

    it('goes on with a working certificate when a redeploy brings a broken one, in red', async () => {
      const nodeRed = await start();
      await nodeRed.deploy(flow(1), credentials);
      assert.match(await served(), /test_module/);
      await nodeRed.deploy(flow(2, { key: '/no/such/file' }), credentials);
      assert.match(await modules(), /test_module/);
      assert.match(
        (await nodeRed.statuses())['node-trigger']?.text ?? '',
        /^listener: The TLS configuration/,
      );
      const { log } = await nodeRed.memory();
      assert.ok(
        log.some((line) => /goes on with the TLS certificate that it had/.test(line)),
        log.join('\n'),
      );
    });

    it('changes between http and https on its port, and does not fall back to http', async () => {
      const nodeRed = await deployed();
      await nodeRed.deploy(flow(1), credentials);
      assert.match(await served(), /test_module/);
      await nodeRed.deploy(demo(port, 2), credentials);
      assert.deepEqual((await ask(green)).json, { data: true });
      await nodeRed.deploy(flow(3, { key: '/no/such/file' }), credentials);
      await sleep(200);
      await assert.rejects(ask(), /ECONNREFUSED/);
    });

    it('listens again before the flows with key files, and stays closed with a key in the credentials', async () => {
      const nodeRed = await start();
      await nodeRed.deploy(flow(1), credentials);
      await served();
      await keeps('service-listener.json');
      await killed(nodeRed);
      writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify([...flow(1), missing]));
      await killed(await start().then(async (again) => (assert.match(await served(), /test_module/), again)));
      rmSync(path.join(userDir, 'key.pem'));
      await start();
      await assert.rejects(modules(), /ECONNREFUSED/);
    });
  });
});
