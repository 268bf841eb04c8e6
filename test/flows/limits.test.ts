import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demo } from '../support/fire';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';
import { call, event, freePort, get, listening, query } from '../support/misp';
import { root, type FlowNode } from '../support/node-red';
import { forkNodeRed, type ForkOptions, type NodeRedProcess } from '../support/node-red-process';

const red = event(['tlp:red']);
const green = event(['tlp:green']);
const missing: FlowNode = { id: 'missing', type: 'no-such-type', z: 'tab', x: 1, y: 1, wires: [] };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What docs/limits.md says of the process. Which test belongs to which line stands in test/docs/limits.test.ts. */
describe('the limits of the gate', function () {
  this.timeout(60000);
  let userDir = '';
  let port = 0;
  const running: NodeRedProcess[] = [];

  beforeEach(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-limits-'));
    port = await freePort();
  });
  afterEach(() => {
    for (const nodeRed of running.splice(0)) nodeRed.kill();
    rmSync(userDir, { recursive: true, force: true });
  });

  const ask = (data: object = red) => query(port, 'test_module', data);
  const nobodyAnswers = () => assert.rejects(ask(), /ECONNREFUSED|ECONNRESET/);
  async function start(options: ForkOptions = {}): Promise<NodeRedProcess> {
    const nodeRed = await forkNodeRed({ userDir, ...options });
    running.push(nodeRed);
    return nodeRed;
  }
  async function deployed(flow: FlowNode[] = demo(port), options: ForkOptions = {}) {
    const nodeRed = await start(options);
    await nodeRed.deploy(flow, credentials);
    await listening(port);
    return nodeRed;
  }
  async function keptService(): Promise<Record<string, unknown>> {
    const file = path.join(userDir, 'misp-workflows/service-listener.json');
    for (let i = 0; i < 100 && !existsSync(file); i++) await sleep(20);
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  }
  async function logOf(nodeRed: NodeRedProcess): Promise<string> {
    return (await nodeRed.memory()).log.join('\n');
  }

  describe('nobody answers', () => {
    it('when the process was killed', async () => {
      (await deployed()).kill();
      await sleep(300);
      await nobodyAnswers();
    });

    it('when Node-RED starts without this package', async () => {
      const nodeRed = await deployed();
      await keptService();
      await nodeRed.stop();
      await start({ bare: true });
      await nobodyAnswers();
    });

    it('when the listener node was disabled', async () => {
      const nodeRed = await deployed();
      await nodeRed.deploy(demo(port, 1, { d: true }), credentials);
      await sleep(300);
      await nobodyAnswers();
    });

    it('with anything but 401 when MISP has the wrong password, and refuses it when it has the wrong port', async () => {
      await deployed();
      assert.equal((await call(red, { port, password: 'wrong' })).status, 401);
      await assert.rejects(query(await freePort(), 'test_module', red), /ECONNREFUSED/);
    });
  });

  describe('what is kept for the next start', () => {
    it('is address, limits, paths, a salted hash and the modules, and nothing else', async () => {
      for (const name of ['cert.pem', 'key.pem'])
        cpSync(path.join(root, 'test/fixtures/tls', name), path.join(userDir, name));
      const files = { cert: path.join(userDir, 'cert.pem'), key: path.join(userDir, 'key.pem') };
      const nodeRed = await start();
      await nodeRed.deploy([...demo(port, 0, { tls: 'tls' }), tlsNode(files)], credentials);
      const { access, limits, tls, ...rest } = await keptService();
      assert.deepEqual(rest, { host: '127.0.0.1', port });
      assert.deepEqual(Object.keys(access as object).sort(), ['hash', 'salt']);
      assert.deepEqual(tls, files);
      assert.ok(Object.values(limits as object).every((limit) => typeof limit === 'number'));
      const modules = readFileSync(path.join(userDir, 'misp-workflows/listener-listener.json'), 'utf8');
      assert.match(modules, /test_module/);
      assert.doesNotMatch(modules, /secret/);
    });

    for (const [name, secrets] of [
      ['its key', () => ({ certdata: pem('cert.pem'), keydata: pem('key.pem') })],
      ['its passphrase', () => ({ passphrase: 'top' })],
    ] as const) {
      it(`leaves the port closed until the flows run, when Node-RED's credentials have ${name}, and the log says so`, async () => {
        for (const file of ['cert.pem', 'key.pem'])
          cpSync(path.join(root, 'test/fixtures/tls', file), path.join(userDir, file));
        const files = { cert: path.join(userDir, 'cert.pem'), key: path.join(userDir, 'key.pem') };
        const tls = tlsNode(name === 'its key' ? { cert: '', key: '', certname: 'c', keyname: 'k' } : files);
        const flow = [...demo(port, 0, { tls: 'tls' }), tls];
        const first = await start();
        await first.deploy(flow, { ...credentials, tls: secrets() });
        assert.equal((await keptService()).tls, 'credentials');
        await first.stop();
        // With a type that is missing the flows never run.
        writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify([...flow, missing]));
        const nodeRed = await start();
        await sleep(300);
        await nobodyAnswers();
        assert.match(await logOf(nodeRed), /credentials of Node-RED/);
      });
    }

    it('is nothing where the folder cannot be written to: the port is closed until the flows run', async () => {
      const first = await start();
      writeFileSync(path.join(userDir, 'misp-workflows'), 'a file where the folder should be');
      await first.deploy(demo(port), credentials);
      await listening(port);
      assert.match(await logOf(first), /cannot be kept/);
      await first.stop();
      writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify([...demo(port), missing]));
      await start();
      await nobodyAnswers();
    });
  });

  describe('while the flows do not run', () => {
    const anyway = (flow: FlowNode[]) =>
      flow.map((entry) =>
        entry.type === 'misp-trigger' ? { ...entry, onDeadline: 'allow', onError: 'allow' } : entry,
      );

    it('every module blocks with the reason in safe mode', async () => {
      const nodeRed = await deployed(anyway(demo(port)));
      await keptService();
      await nodeRed.stop();
      await start({ settings: { safeMode: true } });
      assert.match((await ask(green)).json.error ?? '', /safe mode/);
    });

    it('every module blocks with the reason while an npm module is missing', async () => {
      const settings = { functionExternalModules: true, externalModules: { autoInstall: false } };
      const nodeRed = await deployed(anyway(demo(port)), { settings });
      const libs = [{ var: 'gone', module: 'no-such-module-of-anybody' }];
      const user = node('user', 'function', [[]], { func: 'return msg;', outputs: 1, libs });
      await nodeRed.deploy([...anyway(demo(port, 1)), user], credentials);
      assert.match((await ask(green)).json.error ?? '', /no-such-module-of-anybody/);
    });
  });

  it('a move to another port has no moment in which nobody answers', async () => {
    const nodeRed = await deployed();
    const other = await freePort();
    const problems: string[] = [];
    let asked = 0;
    const open = new Set<Promise<void>>();
    const timer = setInterval(() => {
      asked++;
      const work = Promise.any([port, other].map((at) => query(at, 'test_module', green)))
        .then((reply) => void (reply.text === '{"data":true}' || problems.push(reply.text)))
        .catch((error: Error) => void problems.push(error.message))
        .finally(() => open.delete(work));
      open.add(work);
    }, 2);
    for (let i = 1; i <= 6; i++) {
      await nodeRed.deploy(demo(i % 2 ? other : port, i), credentials);
      await sleep(50);
    }
    clearInterval(timer);
    await Promise.all(open);
    assert.deepEqual(problems.slice(0, 3), []);
    assert.ok(asked > 50, String(asked));
  });

  it('a clock that is set while a run is open makes a delay wrong, but not the answer', async () => {
    const clock = path.join(userDir, 'clock.cjs');
    writeFileSync(
      clock,
      `const now = Date.now.bind(Date), begun = now(); Date.now = () => now() + (require('node:fs').existsSync(${JSON.stringify(`${clock}.set`)}) ? 3600000 : 0);`,
    );
    const flow = (delay: number) => [
      tab,
      listener(port),
      trigger(['first'], { deadline: 1.5 }),
      node('first', 'delay', [['second']], {
        pauseType: 'delay',
        timeout: '300',
        timeoutUnits: 'milliseconds',
      }),
      node('second', 'misp-delay', [['stop']], { delay }),
      block(),
    ];
    await deployed(flow(0.2), { env: { NODE_OPTIONS: `--require ${clock}` } });
    assert.equal((await ask()).json.error, 'blocked by the flow');
    const run = ask();
    await sleep(100);
    writeFileSync(`${clock}.set`, '');
    const reply = await run;
    assert.match(reply.json.error ?? '', /outlive the deadline/);
    assert.ok(reply.ms < 1600, `${reply.ms} ms`);
  });

  it('a regular expression of a core node stops Node-RED, but not the answers', async () => {
    const nodeRed = await deployed([
      tab,
      listener(port),
      trigger(['x'], { deadline: 1 }),
      node('x', 'switch', [['stop']], {
        property: 'payload.Event.info',
        propertyType: 'msg',
        rules: [{ t: 'regex', v: '^(a+)+$', vt: 'str', case: false }],
        outputs: 1,
      }),
      block(),
    ]);
    const hostile = event([], { info: `${'a'.repeat(40)}!` });
    for (const data of [hostile, green]) {
      const reply = await ask(data);
      assert.match(reply.json.error ?? '', /did not answer in time/);
      assert.ok(reply.ms < 1500, `${reply.ms} ms`);
    }
    const idle = await Promise.race([nodeRed.memory(), sleep(500)]);
    assert.equal(idle, undefined, 'Node-RED is not at work');
  });

  it('"MISP was refused" ends when somebody else comes in from the same address', async () => {
    const nodeRed = await deployed();
    const status = async () => (await nodeRed.statuses())['node-trigger']?.text ?? '';
    assert.equal((await call(red, { port, password: 'wrong' })).status, 401);
    await sleep(700);
    assert.match(await status(), /refused/);
    await get(port, '/modules');
    await sleep(700);
    assert.doesNotMatch(await status(), /refused/);
  });

  describe('what is open is answered by policy', () => {
    const slow = (): FlowNode[] => [
      tab,
      listener(port),
      trigger(['wait'], { deadline: 8 }),
      node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout: '6', timeoutUnits: 'seconds' }),
      block(),
    ];

    it('before process.exit', async () => {
      const nodeRed = await deployed(slow());
      const run = ask();
      await sleep(300);
      await nodeRed.exit();
      assert.ok((await run).json.error);
    });

    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`before Node-RED ends with ${signal}`, async () => {
        // As it is started from the command line.
        const scope = path.join(userDir, 'node_modules/@misp-flows');
        mkdirSync(scope, { recursive: true });
        symlinkSync(root, path.join(scope, 'node-red-misp'));
        const flow = slow().map((entry) =>
          entry.type === 'misp-listener' ? { ...entry, authentication: false } : entry,
        );
        writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
        const main = path.join(
          process.env.NODE_RED_PATH ?? path.join(root, 'node_modules/node-red'),
          'red.js',
        );
        const editor = String(await freePort());
        const child = spawn(process.execPath, [main, '-u', userDir, '-p', editor, 'flows.json'], {
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        try {
          await until200(port);
          const run = ask();
          await sleep(500);
          child.kill(signal);
          const reply = await run;
          assert.equal(reply.status, 200);
          assert.ok(reply.json.error, reply.text);
        } finally {
          child.kill('SIGKILL');
          await ended;
        }
      });
    }
  });
});

function tlsNode(more: object): FlowNode {
  return {
    id: 'tls',
    type: 'tls-config',
    name: '',
    ca: '',
    servername: '',
    verifyservercert: false,
    ...more,
  };
}

const pem = (name: string) => readFileSync(path.join(root, 'test/fixtures/tls', name), 'utf8');

/** Waits until the module is there, with its flow. */
async function until200(port: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const reply = await get(port, '/modules').catch(() => undefined);
    if (reply?.text.includes('test_module')) return;
    await sleep(50);
  }
  throw new Error('Node-RED does not start');
}
