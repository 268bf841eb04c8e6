import { strict as assert } from 'node:assert';
import { API_KEY, ORG_ADMIN_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

interface Told {
  topic: string;
  payload: { text: string; node: { id: string } };
}

describe('how a MISP is set up, looked at after each deploy', function () {
  this.timeout(60_000);
  const told: Told[] = [];
  const statuses = new Map<string, string>();
  const onStatus = ({ id, status }: { id: string; status?: { text?: string } }) =>
    statuses.set(id, status?.text ?? '');
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port: number;

  before(async () => {
    const functionGlobalContext = { take: (message: Told) => told.push(message) };
    nodeRed = await startNodeRed({ settings: { functionGlobalContext, mispCheckMinutes: 1 } });
    nodeRed.RED.events.on('node-status', onStatus);
  });
  beforeEach(async () => {
    port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: 'test_module' } },
    });
    told.length = 0;
  });
  afterEach(() => misp.close());
  after(() => {
    nodeRed.RED.events.off('node-status', onStatus);
    return nodeRed.stop();
  });

  const start = (apiKey = API_KEY) =>
    deploy(
      nodeRed.RED,
      [
        tab,
        { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 },
        listener(port),
        trigger(['go']),
        allow(),
        node('alert', 'misp-alert', [['take']]),
        node('take', 'function', [[]], { func: "global.get('take')(msg); return null;", outputs: 0 }),
      ],
      { ...credentials, misp: { apiKey } },
    );
  const asked = () => until(() => misp.calls.list.includes('GET /workflows/moduleView'), 20_000);

  it('says nothing while all is well', async () => {
    await start();
    await asked();
    await until(() => statuses.get(idOf('trigger')) === 'ready');
    assert.deepEqual(told, []);
    assert.deepEqual(misp.calls.writing, []);
  });

  it('turns the trigger red and tells an alert when its module is off', async () => {
    misp.workflowStore.switchModule('test_module', false);
    const log = collectLog(nodeRed.RED);
    await start();
    await until(() => told.length > 0, 20_000);
    log.stop();
    assert.equal(statuses.get(idOf('trigger')), 'not set up: see Check');
    assert.equal(told[0].topic, 'setUp');
    assert.match(told[0].payload.text, /test_module is not enabled/);
    assert.equal(told[0].payload.node.id, idOf('trigger'));
    assert.match(log.text(), /MISP is not set up for this trigger: The module test_module/);
    assert.ok(!log.text().includes('secret') && !log.text().includes(API_KEY));
  });

  it('knows the version without the key of an admin', async () => {
    misp.version = '2.5.30';
    await start(ORG_ADMIN_KEY);
    await until(() => told.length > 0, 20_000);
    assert.match(told[0].payload.text, /2\.5\.30/);
    assert.ok(!misp.calls.list.some((call) => call.includes('/servers/getSetting')));
  });
});
