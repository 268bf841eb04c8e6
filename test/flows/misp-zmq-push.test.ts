import { strict as assert } from 'node:assert';
import { Subscriber } from 'zeromq';
import { node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

describe('misp-zmq-push', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const sent: Record<string, unknown>[] = [];
  before(async () => {
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take: (message: never) => sent.push(message) } },
    });
  });
  after(() => nodeRed.stop());

  async function start(settings: object, credentials: object = {}): Promise<string> {
    sent.length = 0;
    const address = `tcp://127.0.0.1:${await freePort()}`;
    const take = node('take', 'function', [[]], { func: "global.get('take')(msg);", outputs: 1 });
    const push = node('push', 'misp-zmq-push', [['take']], { address, ...settings });
    await deploy(nodeRed.RED, [tab, push, take], { 'node-push': credentials });
    return address;
  }
  const send = (payload: unknown) => nodeRed.RED.nodes.getNode('node-push')?.receive({ payload });

  /** Sends until the subscriber has one: a subscription takes its time to arrive. */
  async function exchange(subscriber: Subscriber, payload: unknown): Promise<string> {
    subscriber.subscribe('misp_json_workflow ');
    const timer = setInterval(() => send(payload), 50);
    try {
      const [frame] = await subscriber.receive();
      return frame.toString();
    } finally {
      clearInterval(timer);
      subscriber.close();
    }
  }

  it('publishes what the path finds, as MISP does', async () => {
    const address = await start({ data_extraction_path: 'Event.info' });
    const subscriber = new Subscriber();
    subscriber.connect(address);
    assert.equal(await exchange(subscriber, { Event: { info: 'Harbor' } }), 'misp_json_workflow ["Harbor"]');
    await until(() => sent.length > 0);
    const { result } = sent[0].misp as { result: { operations: { state: string }[] } };
    assert.equal(result.operations[0].state, 'done');
  });

  it('asks subscribers for user and password, when it has them', async () => {
    const address = await start({}, { user: 'reader', password: 'S3cret-zmq' });
    const log = collectLog(nodeRed.RED);
    const subscriber = new Subscriber({ plainUsername: 'reader', plainPassword: 'S3cret-zmq' });
    subscriber.connect(address);
    assert.equal(await exchange(subscriber, { a: 1 }), 'misp_json_workflow {"a":1}');
    log.stop();
    assert.doesNotMatch(log.text() + JSON.stringify(sent), /S3cret-zmq/);
  });

  it('only says what it would send in a dry run', async () => {
    await start({ dryRun: true });
    send({ Event: { id: '1' } });
    await until(() => sent.length === 1);
    const { result } = sent[0].misp as { result: { dryRun: boolean; operations: { operation: object }[] } };
    assert.equal(result.dryRun, true);
    assert.deepEqual(result.operations[0].operation, { do: 'zmq-publish', message: { Event: { id: '1' } } });
  });

  it('goes on when it cannot publish, and says why', async () => {
    const log = collectLog(nodeRed.RED);
    const taken = await start({});
    const other = node('push', 'misp-zmq-push', [[]], { address: taken.replace('127.0.0.1', '203.0.113.1') });
    await deploy(nodeRed.RED, [tab, other]);
    await until(() => /203\.0\.113\.1/.test(log.text()));
    log.stop();
  });
});
