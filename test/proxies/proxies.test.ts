import { strict as assert } from 'node:assert';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { event, freePort, get, listening, query } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { root } from '../support/node-red';

const red = event(['tlp:red']);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const proxy of ['nginx', 'haproxy'] as const) {
  describe(`${proxy} in front of Node-RED`, function () {
    this.timeout(60000);
    let nodeRed: NodeRedProcess;
    let child: ChildProcess;
    let folder = '';
    let port = 0;
    const flow = (listenerPort: number) => [
      tab,
      listener(listenerPort),
      trigger(['if']),
      ifTag('if', 'tlp:red', ['stop']),
      block(),
    ];

    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'misp-proxy-'));
      const listenerPort = await freePort();
      port = await freePort();
      nodeRed = await forkNodeRed();
      await nodeRed.deploy(flow(listenerPort), credentials);
      await listening(listenerPort);
      writeFileSync(path.join(folder, 'modules.json'), (await get(listenerPort, '/modules')).text);
      child = start(listenerPort);
      for (let i = 0; i < 100 && !(await get(port, '/modules').catch(() => null)); i++) await sleep(50);
    });
    after(() => {
      child.kill('SIGTERM'); // killed hard, nginx would leave its workers behind
      nodeRed.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it('passes questions and answers on', async () => {
      assert.match((await get(port, '/modules')).text, /test_module/);
      assert.deepEqual((await query(port, 'test_module', red)).json, { error: 'blocked by the flow' });
      assert.deepEqual((await query(port, 'test_module', event([]))).json, { data: true });
    });

    it('blocks when Node-RED is killed, and still lists the modules', async () => {
      nodeRed.kill();
      await sleep(1500);
      const modules = await get(port, '/modules');
      assert.equal(modules.status, 200);
      assert.match(modules.text, /test_module/);
      assert.ok(modules.ms < 1000);
      const reply = await query(port, 'test_module', event([]));
      assert.equal(reply.status, 200);
      assert.match(reply.json.error ?? '', /does not answer/);
      assert.ok(reply.ms < 3000);
    });

    function start(listenerPort: number): ChildProcess {
      const file = proxy === 'nginx' ? 'nginx.conf' : 'haproxy.cfg';
      const config = readFileSync(path.join(root, 'docs/proxies', file), 'utf8')
        .replaceAll('127.0.0.1:6667', `127.0.0.1:${listenerPort}`)
        .replaceAll('127.0.0.1:6660', `127.0.0.1:${port}`)
        .replaceAll('/var/cache/nginx/misp-modules', path.join(folder, 'cache'))
        .replaceAll('/etc/haproxy/misp-modules.json', path.join(folder, 'modules.json'));
      const own = path.join(folder, file);
      writeFileSync(own, config);
      const args =
        proxy === 'nginx'
          ? ['-c', own, '-p', folder, '-e', 'stderr', '-g', `daemon off; pid ${folder}/pid; user root;`]
          : ['-db', '-f', own];
      return spawn(proxy === 'nginx' ? 'nginx' : 'haproxy', args, {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    }
  });
}
