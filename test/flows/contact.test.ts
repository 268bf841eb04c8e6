import { strict as assert } from 'node:assert';
import type { Contact } from '../../src/listener/contact';
import { block, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { call, event, freePort, get, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

/** The service's thread tells it twice a second. */
const TOLD_MS = 700;
const told = () => new Promise((resolve) => setTimeout(resolve, TOLD_MS));

describe('when MISP was last heard of', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const flow = (more: Record<string, unknown> = {}) => [
    tab,
    listener(port),
    trigger(['stop'], more),
    trigger(['stop'], { module: 'other' }, 'second'),
    block(),
  ];
  before(async () => (nodeRed = await startNodeRed()));
  after(() => nodeRed.stop());
  beforeEach(async () => {
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
    await deploy(nodeRed.RED, flow(), credentials);
    await listening(port);
  });

  async function ask<T>(path: string): Promise<T> {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`);
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }
  const ofListener = () => ask<Contact>('listeners/listener/contact');
  const ofTrigger = async (name = 'trigger') =>
    (await ask<{ contact: Contact }>(`triggers/${idOf(name)}`)).contact;
  const isNow = (moment: number | undefined) => Math.abs(Date.now() - (moment ?? 0)) < 5000;

  it('is told of no time before it came, and since when anybody listens', async () => {
    for (const contact of [await ofListener(), await ofTrigger()]) {
      assert.deepEqual(Object.keys(contact), ['since']);
      assert.ok(isNow(contact.since));
    }
  });

  it('is told of the list of modules, and of each module', async () => {
    await get(port, '/modules');
    await told();
    assert.ok(isNow((await ofListener()).fetchedAt));
    const { askedAt, fetchedAt } = await ofTrigger();
    assert.deepEqual([askedAt, isNow(fetchedAt)], [undefined, true]);
    await query(port, 'test_module', event([]));
    await told();
    assert.ok(isNow((await ofTrigger()).askedAt));
    assert.equal((await ofTrigger('second')).askedAt, undefined);
    assert.equal((await ofListener()).askedAt, undefined);
  });

  it('is not told of callers with a wrong password, nor of unknown modules', async () => {
    await call({ module: 'test_module', data: {} }, { port, password: 'wrong' });
    await get(port, '/modules', { password: 'wrong' });
    await query(port, 'unknown', event([]));
    await told();
    assert.deepEqual(Object.keys(await ofTrigger()), ['since']);
  });

  it('is still told after a redeploy, and of a listener that moved', async () => {
    await get(port, '/modules');
    await query(port, 'test_module', event([]));
    await told();
    const before = await ofTrigger();
    await deploy(nodeRed.RED, flow({ deadline: 2 }), credentials);
    port = await freePort();
    await deploy(nodeRed.RED, flow({ deadline: 2 }), credentials);
    await listening(port);
    const after = await ofTrigger();
    for (const moment of ['since', 'askedAt', 'fetchedAt'] as const)
      assert.ok(Math.abs((after[moment] ?? 0) - (before[moment] ?? 0)) < 100, moment);
  });

  it('is told although the flow was not asked', async () => {
    await deploy(nodeRed.RED, [tab, listener(port), trigger(['stop']), block()], credentials);
    await query(port, 'other', event([]));
    await deploy(nodeRed.RED, flow(), credentials);
    await told();
    assert.ok(isNow((await ofTrigger('second')).askedAt));
  });

  it('asks a flow again after a deploy that had timed out three times', async () => {
    const slow = (timeout: string) => [
      tab,
      listener(port),
      trigger(['wait'], { trigger: 'event-before-save', deadline: 0.3 }),
      node('wait', 'delay', [['stop']], { pauseType: 'delay', timeout, timeoutUnits: 'milliseconds' }),
      block(),
    ];
    await deploy(nodeRed.RED, slow('2000'), credentials);
    for (let i = 0; i < 3; i++) await query(port, 'test_module', event([]));
    assert.match((await query(port, 'test_module', event([]))).json.error ?? '', /three times/);
    // The trigger itself is left alone by this deploy.
    await deploy(nodeRed.RED, slow('10'), credentials, 'nodes');
    assert.deepEqual((await query(port, 'test_module', event([]))).json, { error: 'blocked by the flow' });
  });
});
