import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY } from '../../sandbox/misp/server';
import { call, event, freePort, get } from '../support/misp';
import { connected, demoFlow, type DemoNode } from '../../sandbox/demo-flow';
import { rest } from './support/rest';
import { root } from '../support/node-red';

interface Ready {
  nodeRed: string;
  listener: string;
  sandbox: string;
  module: string;
}

/** `npm start`, on ports of its own. It is built already: only the last step of it is run. */
function npmStart(env: Record<string, string>) {
  const child = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = async (): Promise<Ready> => {
    for (let i = 0; i < 300; i++) {
      const line = /^READY (.*)$/m.exec(out);
      if (line) return JSON.parse(line[1]) as Ready;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not ready: ${out}${errors}`);
  };
  return { child, ended, ready, errors: () => errors };
}

describe('npm start', function () {
  this.timeout(60000);
  let folder = '';
  const ports = async () => ({
    PORT: String(await freePort()),
    LISTENER_PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    LISTENER_USER: 'anna',
    LISTENER_PASSWORD: 'a pass:word',
    DEMO_FOLDER: folder,
  });
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-demo-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`runs the main job, and ends with ${signal}`, async () => {
      const env = await ports();
      const demo = npmStart(env);
      const ready = await demo.ready();
      assert.equal(ready.nodeRed, `http://127.0.0.1:${env.PORT}`);
      const port = Number(env.LISTENER_PORT);
      const login = { port, user: env.LISTENER_USER, password: env.LISTENER_PASSWORD };
      const modules = (await get(port, '/modules', login)).json as unknown as { name: string }[];
      assert.deepEqual(
        modules.map((module) => module.name),
        ['nodered_event_publish', 'nodered_second_look'],
      );
      assert.equal(ready.module, 'nodered_event_publish');
      const recorded = readFileSync(path.join(root, 'test/fixtures/triggers/event-publish.json'), 'utf8');
      const { body } = (JSON.parse(recorded) as { request: { body: Record<string, unknown> } }).request;
      const ask = (data: unknown) => call({ ...body, data, module: ready.module }, login);
      assert.deepEqual((await ask(body.data)).json, { data: true });
      assert.match((await ask(event(['tlp:red']))).json.error ?? '', /tlp:red/);
      const publish = async (id: number) => {
        const path = `/events/publish/${id}/disable_background_processing:1`;
        const headers = { Accept: 'application/json', Authorization: API_KEY };
        return (await call(undefined, { port: Number(env.SANDBOX_PORT), path, headers })).status;
      };
      assert.deepEqual([await publish(1), await publish(2), await publish(3)], [403, 200, 200]);
      await secondLook(env.SANDBOX_PORT, publish);
      demo.child.kill(signal);
      const started = Date.now();
      await demo.ended;
      for (const name of ['PORT', 'LISTENER_PORT', 'SANDBOX_PORT'] as const)
        await closed(Number(env[name]), started);
    });
  }

  it('finds the stand-in again on another port, and leaves an address that its user has put there', () => {
    const { flow } = demoFlow();
    const urlOf = (nodes: DemoNode[]) => nodes.find(({ type }) => type === 'misp-server')?.url;
    const first = connected(flow, 'http://127.0.0.1:8090');
    assert.equal(urlOf(first), 'http://127.0.0.1:8090');
    assert.equal(urlOf(connected(first, 'http://127.0.0.1:8091')), 'http://127.0.0.1:8091');
    const own = first.map((node) => (node.url ? { ...node, url: 'https://misp.example.org' } : node));
    assert.deepEqual(connected(own, 'http://127.0.0.1:8091'), own);
  });

  it('ends with status 2 when a port is busy, and names it', async () => {
    const env = await ports();
    const busy = net.createServer();
    await new Promise<void>((resolve) => busy.listen(Number(env.LISTENER_PORT), '127.0.0.1', resolve));
    const demo = npmStart(env);
    assert.equal(await demo.ended, 2);
    busy.close();
    assert.match(demo.errors(), new RegExp(`Port ${env.LISTENER_PORT} \\(LISTENER_PORT\\)`));
  });
});

/** The other flow of the demo, chosen on the page: its action reaches the stand-in with the key that the demo has. */
async function secondLook(sandbox: string, publish: (id: number) => Promise<number>): Promise<void> {
  const base = `http://127.0.0.1:${sandbox}`;
  const cookie = (await rest(base, 'GET', '/', {})).headers['set-cookie']?.[0].split(';')[0] ?? '';
  const headers = { Accept: 'application/json', Cookie: cookie };
  await rest(base, 'POST', '/sandbox/module', headers, '{"module":"nodered_second_look"}');
  assert.deepEqual([await publish(4), await publish(2)], [403, 200]);
  const { body } = await rest(base, 'GET', '/events/view/4');
  const tags = (body.Event as { Tag: { name: string; local: boolean }[] }).Tag.map(({ name }) => name);
  assert.deepEqual(tags, ['tlp:amber', 'workflow:todo="review-before-publication"']);
}

async function closed(port: number, since: number): Promise<void> {
  while (Date.now() - since < 10000) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (!open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Port ${port} is still open after 10 s`);
}
