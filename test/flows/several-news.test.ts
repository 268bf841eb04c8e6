import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { triggerData } from '../../sandbox/misp/trigger-data';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort, listening, query } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { hasRedis, RedisServer } from '../support/redis';
import { inRedis } from '../support/redis-kills';
import { until } from '../support/until';

const LIMIT = 6;
/** Each flow has a way to MISP of its own, about which nothing is known yet. */
const MISPS = ['slow', 'hangs'];
const SAVED = 'attribute-after-save';

/** What two Node-REDs tell each other besides their writes: how often they ran for a thing, and that a MISP is away. */
describe('two Node-REDs on one Redis, one MISP', function () {
  this.timeout(60_000);
  let folder = '';
  let redis: RedisServer;
  let misp: StandInMisp;
  let proxy: http.Server;
  const ports: number[] = [];
  const several: NodeRedProcess[] = [];

  before(async function () {
    if (!hasRedis()) return this.skip();
    folder = mkdtempSync(path.join(tmpdir(), 'misp-news-'));
    redis = await new RedisServer().start();
    ports.push(await freePort(), await freePort());
    proxy = await inTurn(ports);
    const { port } = proxy.address() as AddressInfo;
    misp = await startStandInMisp({
      ...{ port: 0, firesTriggers: true },
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
    });
    await Promise.all(ports.map(async (port) => several.push(await started(port))));
    await until(async () => (await redis.say('KEYS', 'misp-workflows:alive:*')).startsWith('*2'));
  });
  after(async () => {
    for (const nodeRed of several) nodeRed.kill();
    proxy?.close();
    await misp?.close();
    await redis?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function started(port: number): Promise<NodeRedProcess> {
    const nodeRed = await forkNodeRed();
    const file = { filenameType: 'str', appendNewline: true, overwriteFile: 'false' };
    const names = { version: 3, trigger: SAVED, module: 'saved', intake: 'now' };
    await nodeRed.deploy(
      [
        ...[tab, listener(port), inRedis(redis)],
        ...['misp', ...MISPS].map((id) => ({
          id,
          type: 'misp-server',
          url: misp.url,
          timeout: 1,
          verify: true,
        })),
        // Echoes are not what ends this loop.
        trigger(['seen'], { ...names, echoes: 'run', mostRuns: LIMIT }, 'saved'),
        node('seen', 'file', [['toggle']], { ...file, filename: fileOf(port) }),
        node('toggle', 'misp-attribute', [[]], { server: 'misp', change: 'toggle' }),
        ...MISPS.flatMap((server) => [
          trigger([`load-${server}`], { version: 3, module: server, mostRuns: 1000 }, server),
          node(`load-${server}`, 'misp-reload', [['go']], { server }),
        ]),
        allow(),
      ],
      { ...credentials, ...Object.fromEntries(['misp', ...MISPS].map((id) => [id, { apiKey: API_KEY }])) },
    );
    await listening(port);
    return nodeRed;
  }
  const fileOf = (port: number) => path.join(folder, `${port}.txt`);
  const runsAt = (port: number) =>
    existsSync(fileOf(port)) ? readFileSync(fileOf(port), 'utf8').split('\n').length - 1 : 0;
  const attribute = (place: number) => {
    const { Attribute, ...event } = misp.events.get('2')!;
    return triggerData({ ...event, Attribute: [Attribute[place]], Object: [] });
  };
  const isTooOften = async (nodeRed: NodeRedProcess) =>
    (await nodeRed.statuses())[idOf('saved')]?.fill === 'red';

  it('end a loop from one to the other after as many runs as one of them would', async () => {
    misp.workflows[SAVED] = { module: 'saved' };
    await query(ports[0], 'saved', attribute(0));
    await until(async () => (await Promise.all(several.map(isTooOften))).includes(true));
    await misp.worker.idle();
    const runs = ports.map(runsAt);
    assert.deepEqual(runs, [LIMIT / 2, LIMIT / 2]);
    const text = await redis.say('XRANGE', 'misp-workflows:news', '-', '+');
    assert.equal(text.split('"kind":"runs"').length - 1, LIMIT, 'one for each');
    delete misp.workflows[SAVED];
  });

  it('stop for what came too often, whoever made it come, and for nothing else', async () => {
    const before = runsAt(ports[1]);
    // The loop was about the first attribute.
    for (const port of ports) await query(port, 'saved', attribute(0));
    await query(ports[1], 'saved', attribute(1));
    await until(() => Promise.resolve(runsAt(ports[1]) > before));
    assert.equal(runsAt(ports[1]), before + 1);
  });

  const ask = async (port: number, module: string, id: string) =>
    (await query(port, module, { Event: { id } })).json.error;
  const askThrice = (id: string, module: string) =>
    Promise.all([1, 2, 3].map(() => ask(ports[0], module, id)));

  it('are not stopped by an event for which MISP takes too long for one of them', async () => {
    misp.faults.settings = { every: 1, fault: 'silent', only: /events\/view\/1\b/ };
    const looks = () => misp.calls.list.filter((call) => call.includes('getVersion')).length;
    const before = looks();
    await askThrice('1', 'slow');
    for (let index = 0; index < 10; index++)
      for (const port of ports) assert.equal(await ask(port, 'slow', '2'), undefined);
    assert.equal(looks() - before, 1);
  });

  it('pay for a MISP that hangs once, not each of them', async () => {
    misp.faults.settings = { every: 1, fault: 'silent' };
    await askThrice('1', 'hangs');
    // As long as its own look takes, and the other one's.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const { json, ms } = await query(ports[1], 'hangs', { Event: { id: '2' } });
    assert.match(json.error ?? '', /has not answered since/);
    assert.ok(ms < 500, String(ms));
    misp.faults.settings = {};
  });
});

/** Hands each request of MISP to the next. */
async function inTurn(ports: readonly number[]): Promise<http.Server> {
  let turn = 1;
  const server = http.createServer((request, response) => {
    const { method, url, headers } = request;
    const port = ports[method === 'POST' ? turn++ % ports.length : 0];
    const onward = http.request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
