import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

type Received = { payload: { Event: EventData }; misp: Record<string, unknown> };
interface EventData {
  id: string;
  info: string;
  Attribute?: { uuid: string }[];
  _AttributeFlattened?: { uuid: string; _allTags?: object[] }[];
}

describe("the trigger's complete data", function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port = 0;
  const received: Received[] = [];
  const take = node('take', 'function', [['stop']], {
    func: "global.get('take')(msg); return msg;",
    outputs: 1,
  });

  before(async () => {
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take: (message: Received) => received.push(message) } },
    });
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
  });
  after(async () => {
    await misp.close();
    await nodeRed.stop();
  });

  async function start(type: string, more: object = {}, url = misp.url): Promise<void> {
    received.length = 0;
    port = await freePort();
    const server: FlowNode = { id: 'misp', type: 'misp-server', url, timeout: 1 };
    await deploy(nodeRed.RED, [tab], {});
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        server,
        trigger(['take'], { trigger: type, complete: true, server: 'misp', ...more }),
        take,
        block(),
      ],
      { ...credentials, misp: { apiKey: API_KEY } },
    );
    await listening(port);
  }
  async function storedEvent(): Promise<EventData> {
    const headers = { Authorization: API_KEY, Accept: 'application/json' };
    const index = (await (await fetch(`${misp.url}/events/index`, { headers })).json()) as { id: string }[];
    const view = await fetch(`${misp.url}/events/view/${index[0].id}`, { headers });
    return ((await view.json()) as { Event: EventData }).Event;
  }

  it('loads the whole event after a save, in core format, and keeps what was received', async () => {
    await start('event-after-save');
    const stored = await storedEvent();
    const thin = { Event: { id: stored.id, info: stored.info, _AttributeFlattened: [] } };
    assert.deepEqual((await query(port, 'test_module', thin)).json, { data: true });
    await until(() => received.length === 1);
    const [{ payload, misp: about }] = received;
    assert.equal(payload.Event.id, stored.id);
    assert.ok((stored.Attribute?.length ?? 0) > 0);
    const flattened = payload.Event._AttributeFlattened ?? [];
    assert.ok(flattened.length >= (stored.Attribute?.length ?? 0));
    assert.ok(Array.isArray(flattened[0]._allTags));
    assert.deepEqual(about.received, thin);
  });

  it('adds what MISP has stored before a save, and leaves the data as it is', async () => {
    await start('event-before-save');
    const stored = await storedEvent();
    const edit = { Event: { id: stored.id, info: 'a new title', _AttributeFlattened: [] } };
    const reply = await query(port, 'test_module', edit);
    assert.equal(reply.json.error, 'blocked by the flow');
    const [{ payload, misp: about }] = received;
    assert.equal(payload.Event.info, 'a new title');
    assert.equal((about.stored as { Event: EventData }).Event.info, stored.info);
  });

  it('says that nothing is stored of a new event', async () => {
    await start('event-before-save');
    await query(port, 'test_module', { Event: { info: 'new', _AttributeFlattened: [] } });
    assert.equal(received[0].misp.stored, null);
    await query(port, 'test_module', {
      Event: { uuid: '00000000-0000-4000-8000-000000000000', info: 'new' },
    });
    assert.equal(received[1].misp.stored, null);
  });

  it('decides by the error policy when the event cannot be loaded', async () => {
    await start('event-before-save', {}, `http://127.0.0.1:${await freePort()}`);
    const log = collectLog(nodeRed.RED);
    const reply = await query(port, 'test_module', { Event: { id: '1' } });
    assert.match(String(reply.json.error), /cannot be reached/);
    assert.equal(received.length, 0, 'the flow does not decide on half the data');
    await start('event-before-save', { onError: 'allow' }, `http://127.0.0.1:${await freePort()}`);
    assert.deepEqual((await query(port, 'test_module', { Event: { id: '1' } })).json, { data: true });
    log.stop();
    assert.match(log.text(), /cannot be reached/);
  });

  it('reports an error when MISP named no event', async () => {
    await start('object-after-save');
    const log = collectLog(nodeRed.RED);
    const reply = await query(port, 'test_module', { Event: { _AttributeFlattened: [] } });
    assert.deepEqual(reply.json, { data: true });
    await until(() => /which event object-after-save is about/.test(log.text()));
    log.stop();
    assert.equal(received.length, 0);
  });

  it('does not start without a MISP', async () => {
    const log = collectLog(nodeRed.RED);
    port = await freePort();
    await deploy(
      nodeRed.RED,
      [tab, listener(port), trigger(['stop'], { trigger: 'event-after-save', complete: true }), block()],
      credentials,
    );
    log.stop();
    assert.match(log.text(), /no working MISP is chosen/);
  });
});
