import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
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
  way: { nodes: string[]; wires: [string, number, string][] };
  problem?: string;
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
  async function test(use = 'received', more: object = {}): Promise<Result> {
    const response = await admin(`triggers/${idOf('trigger')}/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ use, ...more }),
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
    const { way, ...result } = await test();
    assert.deepEqual(result, {
      kind: 'received',
      outcome: 'block',
      cause: 'response',
      reason: 'blocked by the flow',
      failed: [],
    });
    assert.deepEqual(way.nodes, ['trigger', 'edit', 'take', 'red', 'stop'].map(idOf));
    assert.deepEqual(
      way.wires.map((wire) => wire.join(' ')).sort(),
      ['trigger 0 edit', 'edit 0 take', 'edit 0 red', 'red 0 stop']
        .map((wire) => wire.replace(/[a-z]+/g, idOf))
        .sort(),
    );
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
    const { way, ...ended } = await test();
    assert.deepEqual(way.nodes, ['trigger', 'take'].map(idOf));
    assert.deepEqual(ended, {
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

  describe('with an event of MISP', () => {
    let misp: StandInMisp;
    before(async () => {
      misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    });
    after(() => misp.close());
    const server = () => ({ id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 });
    const startWith = async (kind: string, nodes: FlowNode[]) => {
      received.length = 0;
      port = await freePort();
      const flow = [tab, listener(port), server(), trigger(['take'], { trigger: kind }), ...nodes];
      await deploy(nodeRed.RED, [tab], {});
      await deploy(nodeRed.RED, flow, { ...credentials, misp: { apiKey: API_KEY } });
      await listening(port);
    };
    const chosen = (key: string, more: object = {}) => test('event', { server: 'misp', event: key, ...more });
    const eventOf = ({ payload }: (typeof received)[number]) => payload.Event as Record<string, unknown[]>;

    it('carry what the trigger carries of it, by id and uuid', async () => {
      await startWith('event-publish', [take]);
      const { kind, outcome } = await chosen('1');
      assert.deepEqual([kind, outcome], ['event', 'allow']);
      assert.ok(received[0].misp.test);
      assert.equal(String(eventOf(received[0]).info), misp.event('1')?.info);
      assert.ok(eventOf(received[0])._AttributeFlattened.length > 0);
      await chosen(misp.event('1')?.uuid ?? '');
      assert.deepEqual(received[1].payload, received[0].payload);

      await startWith('event-after-save', [take]);
      await chosen('1');
      assert.deepEqual(eventOf(received[0])._AttributeFlattened, []);
      assert.equal(eventOf(received[0]).Attribute, undefined);

      await startWith('attribute-after-save', [take]);
      await chosen('1');
      const { Attribute, _AttributeFlattened } = eventOf(received[0]);
      assert.deepEqual([Attribute.length, _AttributeFlattened.length], [1, 1]);
    });

    it('say in words what cannot be', async () => {
      await startWith('event-publish', [take]);
      for (const key of ['', '1/../users', '%', 'x'.repeat(50), '1 OR 1'])
        assert.match(String((await chosen(key)).problem), /id or the uuid/, key);
      assert.match(String((await chosen('999')).problem), /999|not/i);
      assert.match(String((await chosen('1', { server: 'gone' })).problem), /not deployed/);
      assert.match(String((await chosen('1', { server: {} })).problem), /not deployed/);
      await startWith('user-after-save', [take]);
      assert.match(String((await chosen('1')).problem), /not about an event/);
      assert.equal(received.length, 0);
    });

    it('are chosen by a search: id, uuid, or a part of the info', async () => {
      await startWith('event-publish', [take]);
      const search = async (text: string) => {
        const response = await admin(`events?server=misp&search=${encodeURIComponent(text)}`);
        return (await response.json()) as { items: { value: string; label: string }[]; more: boolean };
      };
      const info = misp.event('1')?.info ?? '';
      for (const text of ['1', misp.event('1')?.uuid ?? '', info.slice(2, 12)])
        assert.ok(
          (await search(text)).items.some(({ value, label }) => value === '1' && label.endsWith(info)),
          text,
        );
      assert.deepEqual(await search('  '), { items: [], more: true });
      assert.deepEqual(await search('no such event'), { items: [], more: false });
    });
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
