import { strict as assert } from 'node:assert';
import { TRIGGERS } from '../../src/triggers/triggers';
import { sampleData } from '../../src/triggers/samples';
import { block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

interface Result {
  kind: string;
  outcome: string;
  cause: string;
  reason: string;
  failed: string[];
}

describe('test runs', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const received: { payload: Record<string, unknown>; misp: { test: boolean } }[] = [];
  const take = node('take', 'function', [[]], { func: "global.get('take')(msg); return msg;", outputs: 1 });

  before(async () => {
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take: (message: never) => received.push(message) } },
    });
  });
  after(() => nodeRed.stop());

  async function start(nodes: FlowNode[]): Promise<void> {
    received.length = 0;
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
    await deploy(nodeRed.RED, [tab, listener(port), ...nodes], credentials);
    await listening(port);
  }
  const admin = (path: string, init?: RequestInit) =>
    fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, init);
  async function test(use = 'received'): Promise<Result> {
    const response = await admin(`triggers/${idOf('trigger')}/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ use }),
    });
    return (await response.json()) as Result;
  }

  it('run the last request again, marked as a test, on a fresh copy', async () => {
    const edit = node('edit', 'change', [['take', 'red']], {
      rules: [{ t: 'set', p: 'payload.Event.info', pt: 'msg', to: 'edited', tot: 'str' }],
    });
    await start([trigger(['edit']), edit, take, ifTag('red', 'tlp:red', ['stop']), block()]);
    await query(port, 'test_module', event(['tlp:red']));
    const { receivedAt } = (await (await admin(`triggers/${idOf('trigger')}`)).json()) as {
      receivedAt: number;
    };
    assert.ok(receivedAt > 0);
    assert.deepEqual(await test(), {
      kind: 'received',
      outcome: 'block',
      cause: 'response',
      reason: 'blocked by the flow',
      failed: [],
    });
    assert.deepEqual(
      received.map(({ misp }) => misp.test),
      [false, true],
    );
    assert.deepEqual(received[1].payload, received[0].payload);
  });

  it('name the nodes that failed, each once, although MISP would go on', async () => {
    const broken = (name: string) =>
      node(name, 'function', [[]], { name, func: 'throw new Error("broken")' });
    await start([trigger(['one', 'two'], { onError: 'allow' }), broken('one'), broken('two')]);
    const { failed } = await test('sample');
    assert.deepEqual(failed, ['function "one"', 'function "two"']);
  });

  it('run a sample when there was no request, or when it is asked for', async () => {
    await start([trigger(['take', 'stop']), take, ifTag('red', 'none', ['stop']), block()]);
    assert.equal((await test()).kind, 'sample');
    await query(port, 'test_module', event([]));
    assert.equal((await test()).kind, 'received');
    const { kind, outcome } = await test('sample');
    assert.deepEqual([kind, outcome], ['sample', 'block']);
  });

  it('tell of an error, of a path that ends, and of the deadline', async () => {
    const fail = node('fail', 'function', [['stop']], { func: "throw new Error('broken');", outputs: 1 });
    await start([trigger(['fail']), fail, block()]);
    assert.equal((await test()).cause, 'error');
    await start([trigger(['take']), take]);
    assert.deepEqual(await test(), {
      kind: 'sample',
      outcome: 'allow',
      cause: 'ended',
      reason: '',
      failed: [],
    });
    const later = node('later', 'function', [['stop']], {
      func: 'setTimeout(() => node.send(msg), 5000); return null;',
      outputs: 1,
    });
    await start([trigger(['later'], { deadline: 1 }), later, block()]);
    assert.equal((await test()).cause, 'deadline');
  });

  it('keep nothing when told not to, and nothing above 1 MB', async () => {
    await start([trigger(['take'], { remember: false }), take]);
    await query(port, 'test_module', event([]));
    assert.equal((await test()).kind, 'sample');
    await start([trigger(['take']), take]);
    await query(port, 'test_module', { ...event([]), filler: 'x'.repeat(1100000) });
    assert.equal((await test()).kind, 'sample');
  });

  it('keep no keys and passwords, even when the flow gets them', async () => {
    await start([trigger(['take'], { trigger: 'user-after-save', keepSecrets: true }), take]);
    await query(port, 'test_module', { email: 'a@b.example', authkey: 'S3cret', password: 'S3cret' });
    await test();
    assert.equal(received[0].payload.authkey, 'S3cret');
    assert.deepEqual(received[1].payload, { email: 'a@b.example' });
  });

  it('keep and pass on no key that the log quotes of a new user', async () => {
    await start([trigger(['take'], { trigger: 'log-after-save' }), take]);
    const change = 'email () => (new@soc.example), authkey () => (0123456789abcdefghijABCDEFGHIJ0123456789)';
    await query(port, 'test_module', { Log: { model: 'User', change } });
    await test();
    for (const { payload } of received) {
      const { Log } = payload as { Log: { change: string } };
      assert.match(Log.change, /^email \(\) => \(new@soc\.example\), authkey \(.*\) => \(.*removed.*\)$/);
      assert.doesNotMatch(Log.change, /0123456789/);
    }
    assert.equal(received.length, 2);
  });

  it('answer 404 for a trigger that is not deployed', async () => {
    assert.equal((await admin('triggers/none')).status, 404);
    assert.equal((await admin('triggers/none/test', { method: 'POST' })).status, 404);
  });

  for (const { id } of TRIGGERS) {
    it(`have a sample of ${id}`, () => {
      const data = sampleData(id);
      assert.ok(data && typeof data === 'object');
      assert.doesNotMatch(JSON.stringify(data), /"(authkey|password|confirm_password)"/);
    });
  }
});
