import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { listener, tab, trigger } from '../support/flows';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

/** Ways of Node-RED's own to say who may do what without a login. */
const only = (permissions: string) => ({
  adminAuth: {
    type: 'credentials',
    users: () => Promise.resolve(null),
    authenticate: () => Promise.resolve(null),
    default: () => Promise.resolve({ anonymous: true, permissions }),
  },
});

const READS = [
  ['GET', 'pickers/tags?server=misp&search=tlp'],
  ['GET', 'pickers/tags/chosen?server=misp&value=tlp:red'],
  ['GET', 'modules?server=misp'],
  ['POST', 'try/path'],
  ['POST', 'try/template'],
] as const;
const WRITES = [
  ['POST', 'try/node'],
  ['POST', 'servers/test'],
  ['POST', 'mail-servers/test'],
  ['POST', 'triggers/trigger/test'],
] as const;

describe('the routes that the forms ask', function () {
  this.timeout(30000);
  let misp: StandInMisp;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>> | undefined;
  before(async () => {
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
  });
  afterEach(() => nodeRed?.stop());
  after(() => misp.close());

  async function start(settings: object): Promise<void> {
    nodeRed = await startNodeRed({ settings });
    const server = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 };
    const broker = { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: 1, autoConnect: false };
    const flow = [tab, server, broker, listener(await freePort()), trigger([])];
    await deploy(nodeRed.RED, flow, { misp: { apiKey: API_KEY } });
  }
  async function ask(method: string, path: string, body: unknown = {}) {
    const response = await fetch(`${nodeRed?.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, text: await response.text() };
  }

  it('are closed to those who may only see flows', async () => {
    await start(only('flows.read'));
    for (const [method, path] of [...READS, ...WRITES]) {
      assert.equal((await ask(method, path)).status, 401, path);
    }
  });

  it('let those who may read MISP ask, and tell no secret', async () => {
    await start(only('misp.read'));
    for (const [method, path] of READS) {
      const { status, text } = await ask(method, path);
      assert.equal(status, 200, path);
      assert.ok(!text.includes(API_KEY), path);
    }
    for (const [method, path] of WRITES) assert.equal((await ask(method, path)).status, 401, path);
  });

  it('answer whatever is sent', async () => {
    await start({});
    const json = async (method: string, path: string, body?: unknown) => {
      const { status, text } = await ask(method, path, body);
      assert.equal(status, 200, path);
      return JSON.parse(text) as Record<string, unknown>;
    };
    assert.deepEqual(await json('GET', 'pickers/tags?server=gone&search=x'), { problem: 'notDeployed' });
    // A node of another package that has a client too.
    assert.deepEqual(await json('GET', 'pickers/tags?server=broker'), { problem: 'notDeployed' });
    assert.equal((await ask('GET', 'pickers/secrets?server=misp')).status, 404);
    assert.deepEqual(await json('GET', 'pickers/tags?server=misp&search[x]=1'), { items: [], more: true });
    for (const body of [{}, { path: {}, triggers: 'x' }, { path: 7, selector: [], triggers: [{}, null] }]) {
      assert.deepEqual(await json('POST', 'try/path', body), { count: 0, values: [], next: [] });
      assert.deepEqual(await json('POST', 'try/template', { ...body, template: body.path }), {});
    }
    const wrong = await json('POST', 'try/path', { path: 'Event[', triggers: ['trigger'] });
    assert.ok(String(wrong.problem).length > 10);
    const hidden = await json('POST', 'try/path', { path: '__proto__.', triggers: ['trigger'] });
    assert.deepEqual([hidden.count, hidden.next], [0, []]);
  });
});
