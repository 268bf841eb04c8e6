import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AuditEntry } from '../../src/audit/entry';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening, query } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { startReceiver, type Receiver } from '../support/receiver';

const SECRETS = {
  key: API_KEY,
  urlSecret: 'SentinelEndOfUrl0123',
  authorization: 'Bearer SentinelAuthorization',
  password: 'SentinelOfTheService',
};
/** Of the event: none of it is in the audit. */
const INFO = 'SentinelInfo of an event';
const VALUE = 'sentinel-value.example.net';

describe('the audit of flows', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let receiver: Receiver;
  let modules: ModuleServiceStandIn;
  let port = 0;
  let log: ReturnType<typeof collectLog>;

  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    receiver = await startReceiver();
    modules = await startModules([moduleNamed('dns', ['domain', 'email-src'])]);
    const event = misp.events.get('2')!;
    event.info = INFO;
    event.Attribute[2].value = VALUE;
  });
  after(async () => {
    await nodeRed.stop();
    receiver.close();
    await modules.close();
    await misp.close();
  });
  beforeEach(async () => {
    port = await freePort();
    log = collectLog(nodeRed.RED);
    receiver.received.length = 0;
  });
  afterEach(() => log.stop());

  const file = () => path.join(nodeRed.userDir, 'misp-workflows/audit.jsonl');
  const kept = () => (existsSync(file()) ? readFileSync(file(), 'utf8') : '');
  const lines = () =>
    kept()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AuditEntry);
  const ask = () => query(port, 'test_module', { Event: misp.events.get('2') });
  const exported = async (format: string) =>
    (await fetch(`${nodeRed.url}/admin/misp-workflows/audit?format=${format}`)).text();

  async function start(first: string, ...flow: FlowNode[]): Promise<void> {
    const servers = [
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
      { id: 'service', type: 'misp-modules', url: modules.url },
    ];
    await deploy(
      nodeRed.RED,
      [{ ...tab, label: 'Incidents' }, listener(port), ...servers, trigger([first]), ...flow, allow()],
      {
        ...credentials,
        misp: { apiKey: API_KEY },
        service: { user: 'me', password: SECRETS.password },
        [idOf('webhook')]: { urlSecret: SECRETS.urlSecret, authorization: SECRETS.authorization },
      },
    );
    await listening(port);
  }
  const tag = (wires: string[], more: object = {}) =>
    node('tag', 'misp-tag', [wires], {
      ...{ name: 'mark it', server: 'misp', scope: 'event', action: 'add', locality: 'local' },
      ...{ tags: ['lab:seen'], create: true, ...more },
    });

  it('has each write and each message, without secrets and without data of the event', async () => {
    await start(
      'tag',
      tag(['comment']),
      node('comment', 'misp-attribute', [['request']], {
        ...{ server: 'misp', change: 'comment', value: '{{ Event.info }}' },
      }),
      node('request', 'misp-request', [['enrich']], {
        ...{ server: 'misp', method: 'POST', path: '/events/edit/2/{{ Event.info }}' },
        ...{ body: '{"Event":{"analysis":"1"}}', bodyType: 'json', onFailure: 'continue' },
      }),
      node('enrich', 'misp-enrich', [['webhook']], {
        ...{ action: 'attach', service: 'service', enrichWith: ['dns'], onFailure: 'continue' },
      }),
      node('webhook', 'misp-webhook', [['go']], {
        ...{ url: `${receiver.url}/{{ Event.info | urlencode }}/`, payload: '{{ Event.info }}' },
        contentType: 'text',
      }),
    );
    const { json } = await ask();
    assert.deepEqual(json, { data: true }, log.text());
    await until(() => lines().length >= 5);
    const all = lines();
    assert.deepEqual(
      all.map(({ what, result }) => `${what} ${result}`),
      [
        'attach-tags done',
        'edit-attributes done',
        all[2].what + ' ' + all[2].result,
        'query dns done',
        'http-request POST done',
      ],
    );
    assert.match(all[2].what, /^rest-call POST \/events\/edit\/2\/…$/);
    for (const { flow, flowName, run } of all) {
      assert.deepEqual([flow, flowName], ['tab', 'Incidents']);
      assert.notEqual(run, '');
    }
    const [first] = all;
    assert.equal(first.nodeName, 'mark it');
    assert.equal(first.nodeType, 'misp-tag');
    assert.equal(first.system, misp.url);
    assert.deepEqual(first.target, [`event ${misp.events.get('2')!.uuid}`]);
    assert.equal(all[4].system, receiver.url);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    for (const text of [kept(), await exported('jsonl'), await exported('csv')]) {
      assert.match(text, /attach-tags/);
      for (const secret of Object.values(SECRETS)) assert.ok(!text.includes(secret));
      for (const data of ['SentinelInfo', VALUE, 'lab:seen']) assert.ok(!text.includes(data), data);
    }
  });

  it('is exported as lines of JSON and as CSV', async () => {
    const answer = await fetch(`${nodeRed.url}/admin/misp-workflows/audit`);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    assert.match(String(answer.headers.get('content-disposition')), /misp-audit\.jsonl/);
    assert.equal((await answer.text()).trim().split('\n').length, lines().length);
    const [header, ...rows] = (await exported('csv')).trim().split('\r\n');
    assert.match(header, /^"at",/);
    assert.equal(rows.length, lines().length);
  });

  it('does not have what was not done: dry runs, tests', async () => {
    await start('tag', tag(['go'], { dryRun: true }));
    const before = kept();
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(kept(), before);
  });

  it('has what failed, and what belongs to no run', async () => {
    await start('tag', tag(['go'], { scope: 'event', tags: ['lab:unknown'], create: false }));
    await ask();
    await until(() => lines().at(-1)?.result === 'failed');
    assert.equal(lines().at(-1)!.problem, 'carryOut.noTag');
    nodeRed.RED.nodes.getNode(idOf('tag'))?.receive({ payload: { Event: misp.events.get('2') } });
    await until(() => lines().at(-1)?.run === '');
  });

  it('that cannot be written stops no flow: the log says so', async () => {
    await start('tag', tag(['go'], { tags: ['lab:another'] }));
    rmSync(file(), { force: true });
    mkdirSync(file());
    const { json } = await ask();
    assert.deepEqual(json, { data: true });
    await until(() => /The audit cannot be written/.test(log.text()));
    rmSync(file(), { recursive: true });
    await exported('csv');
    assert.equal(lines().length, 1, 'what waited is written');
  });
});
