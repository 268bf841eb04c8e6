import { strict as assert } from 'node:assert';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, get, listening, query } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { root } from '../support/node-red';

const NAMES = ['one', 'two', 'three'];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const proxy of ['nginx', 'haproxy'] as const) {
  describe(`${proxy} in front of three Node-REDs`, function () {
    this.timeout(120_000);
    const file = proxy === 'nginx' ? 'nginx-several.conf' : 'haproxy-several.cfg';
    let several: { nodeRed: NodeRedProcess; port: number; userDir: string }[];
    let child: ChildProcess;
    let folder = '';
    let port = 0;
    const flow = (listenerPort: number) => [
      ...[tab, listener(listenerPort), trigger(['wait'])],
      node('wait', 'delay', [['if']], { pauseType: 'delay', timeout: '100', timeoutUnits: 'milliseconds' }),
      ...[ifTag('if', 'tlp:red', ['stop'], []), block()],
    ];

    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'misp-several-'));
      port = await freePort();
      several = await Promise.all(
        NAMES.map(async (name) => {
          const userDir = path.join(folder, name);
          const [listenerPort, nodeRed] = [await freePort(), await forkNodeRed({ userDir })];
          await nodeRed.deploy(flow(listenerPort), credentials);
          await listening(listenerPort);
          return { nodeRed, port: listenerPort, userDir };
        }),
      );
      writeFileSync(path.join(folder, 'modules.json'), (await get(several[0].port, '/modules')).text);
      configure();
      child = start();
      for (let i = 0; i < 100 && !(await get(port, '/modules').catch(() => null)); i++) await sleep(50);
    });
    after(() => {
      child.kill('SIGTERM'); // killed hard, nginx would leave its workers behind
      for (const { nodeRed } of several) nodeRed.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it('answers all questions rightly while one after the other is taken out, ended and started again', async () => {
      const answers = { right: 0, wrong: [] as string[] };
      let isOver = false;
      const ask = async () => {
        for (let count = 0; !isOver; count++) {
          const isRed = count % 2 === 0;
          const { text, json } = await query(port, 'test_module', event(isRed ? ['tlp:red'] : []));
          if (isRed ? json.error === 'blocked by the flow' : json.data === true) answers.right++;
          else answers.wrong.push(text);
        }
      };
      const asking = Promise.all(Array.from({ length: 8 }, ask));
      for (const [index, one] of several.entries()) {
        await take(index, 'out');
        await one.nodeRed.stop();
        await one.nodeRed.ended;
        one.nodeRed = await forkNodeRed({ userDir: one.userDir });
        await listening(one.port);
        await take(index, 'in');
      }
      isOver = true;
      await asking;
      assert.deepEqual(answers.wrong.slice(0, 3), []);
      assert.ok(answers.right > 100, String(answers.right));
      console.log(`        ${answers.right} answers`);
    });

    it('goes to another one when one is killed, and blocks when all are', async () => {
      several[0].nodeRed.kill();
      await several[0].nodeRed.ended;
      for (let count = 0; count < 9; count++)
        assert.deepEqual((await query(port, 'test_module', event([]))).json, { data: true });
      for (const { nodeRed } of several) nodeRed.kill();
      await Promise.all(several.map(({ nodeRed }) => nodeRed.ended));
      await sleep(1500);
      assert.match((await get(port, '/modules')).text, /test_module/);
      const reply = await query(port, 'test_module', event([]));
      assert.deepEqual([reply.status, reply.json.error], [200, 'No Node-RED answers: blocked by the proxy']);
    });

    /** As the comments in the files say. */
    async function take(index: number, where: 'in' | 'out'): Promise<void> {
      if (proxy === 'nginx') {
        configure(where === 'out' ? index : undefined);
        child.kill('SIGHUP');
      } else await say(`set server query/${NAMES[index]} state ${where === 'out' ? 'drain' : 'ready'}`);
      await sleep(1000);
    }

    function say(command: string): Promise<void> {
      return new Promise((resolve, reject) => {
        const socket = net.connect(path.join(folder, 'admin.sock'), () => socket.end(`${command}\n`));
        socket.on('error', reject);
        socket.resume().on('end', resolve);
      });
    }

    function configure(out?: number): void {
      let config = readFileSync(path.join(root, 'docs/proxies', file), 'utf8')
        .replaceAll('127.0.0.1:6660', `127.0.0.1:${port}`)
        .replaceAll('/var/cache/nginx/misp-modules', path.join(folder, 'cache'))
        .replaceAll('/etc/haproxy/misp-modules.json', path.join(folder, 'modules.json'))
        .replaceAll('/run/haproxy/admin.sock', path.join(folder, 'admin.sock'));
      for (const [index, one] of several.entries()) {
        const address = `127.0.0.1:${one.port}`;
        config = config.replaceAll(`127.0.0.1:667${index + 1}`, index === out ? `${address} down` : address);
      }
      writeFileSync(path.join(folder, file), config);
    }

    function start(): ChildProcess {
      const own = path.join(folder, file);
      const args =
        proxy === 'nginx'
          ? ['-c', own, '-p', folder, '-e', 'stderr', '-g', `daemon off; pid ${folder}/pid; user root;`]
          : ['-db', '-f', own];
      return spawn(proxy, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    }
  });
}
