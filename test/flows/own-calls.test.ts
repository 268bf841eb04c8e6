import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, block, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { event, freePort, listening, query, type Reply } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { recordCalls, type Recorder } from '../support/recorder';

/**
 * MISP asks `user-before-save` about the user of a key that calls its REST API, while that call waits. The recorder
 * does the same: before it passes the first call of a flow on, it asks the module `users`.
 */
describe('questions of MISP about our own calls', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let recorder: Recorder;
  let port = 0;
  let me: Record<string, unknown> = {};
  let log: ReturnType<typeof collectLog>;

  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    recorder = await recordCalls(misp.url);
    const headers = { Authorization: API_KEY, Accept: 'application/json' };
    const answer = await fetch(`${misp.url}/users/view/me`, { headers });
    me = ((await answer.json()) as { User: Record<string, unknown> }).User;
  });
  after(async () => {
    await nodeRed.stop();
    recorder.close();
    await misp.close();
  });
  beforeEach(() => (log = collectLog(nodeRed.RED)));
  afterEach(() => log.stop());

  /** What MISP saves when the user of the key calls it. */
  function access(more: object = {}): object {
    const { id, email, org_id, role_id } = me;
    const now = Math.floor(Date.now() / 1000);
    return { id, email, org_id, role_id, last_api_access: now, date_modified: now, ...more };
  }

  const request = (wires: string[][]) =>
    node('request', 'misp-request', wires, { server: 'misp', method: 'GET', path: '/events/view/1' });

  /** Deploys a flow beside the one of the module `users`, which reads from MISP and then blocks. */
  async function start(flow: FlowNode[], isLearned = true): Promise<void> {
    recorder.answer = undefined;
    recorder.calls.length = 0;
    port = await freePort();
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 5, verify: true },
        trigger(['read'], { trigger: 'user-before-save', module: 'users' }, 'users'),
        node('read', 'misp-request', [['decided']], {
          server: 'misp',
          method: 'GET',
          path: '/events/view/2',
        }),
        block('decided', 'the flow decided'),
        ...flow,
      ],
      { ...credentials, misp: { apiKey: API_KEY } },
    );
    await listening(port);
    if (isLearned) await until(() => recorder.calls.some(({ path }) => path === '/users/view/me'));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Has MISP ask about a user when the next call comes; the reply is what it was told. */
  function askWhileCalled(data: object = access(), module = 'users'): Promise<Reply> {
    return new Promise((resolve) => {
      recorder.answer = ({ path, method }, response) => {
        if (path === '/users/view/me') return false;
        recorder.answer = undefined;
        void query(port, module, data).then(async (reply) => {
          resolve(reply);
          const headers = { Authorization: API_KEY, Accept: 'application/json' };
          const answer = await fetch(`${misp.url}${path}`, { method, headers });
          response.writeHead(answer.status, { 'Content-Type': 'application/json' });
          response.end(await answer.text());
        });
        return true;
      };
    });
  }

  const publish = [trigger(['request']), request([['go']]), allow()];

  it('are answered at once while the call of an open run is under way, and the log says so', async () => {
    await start(publish);
    const asked = askWhileCalled();
    const run = await query(port, 'test_module', event([]));
    const reply = await asked;
    assert.deepEqual(reply.json, { data: true });
    assert.ok(reply.ms < 500);
    assert.deepEqual(run.json, { data: true });
    assert.match(log.text(), new RegExp(`MISP asked about user ${String(me.id)}, whose key`));
    assert.ok(!recorder.calls.some(({ path }) => path === '/events/view/2'), 'no flow was asked');
  });

  it('are answered so when the flow of that trigger itself reads from MISP', async () => {
    await start([]);
    const asked = askWhileCalled();
    const run = await query(port, 'users', access({ id: '99', email: 'other@example.org' }));
    assert.deepEqual((await asked).json, { data: true });
    assert.deepEqual(run.json, { error: 'the flow decided' });
  });

  it('are answered so when the trigger completes its data', async () => {
    const settings = { trigger: 'event-before-save', complete: true, server: 'misp' };
    await start([trigger(['go'], settings), allow()]);
    const asked = askWhileCalled();
    const run = await query(port, 'test_module', event([]));
    assert.deepEqual((await asked).json, { data: true });
    assert.deepEqual(run.json, { data: true });
  });

  it('work without the restart of what a redeploy leaves alone', async () => {
    await start(publish);
    const more = { ...tab, id: 'other', label: 'Other' };
    const flow = [more, ...(nodeRed.RED.nodes.getFlows() as unknown as { flows: FlowNode[] }).flows];
    await deploy(nodeRed.RED, flow, { ...credentials, misp: { apiKey: API_KEY } }, 'nodes');
    const asked = askWhileCalled();
    await query(port, 'test_module', event([]));
    assert.deepEqual((await asked).json, { data: true });
  });

  describe('go to the flow', () => {
    const decided = { error: 'the flow decided' };

    const others: [string, () => object][] = [
      ['about another user', () => access({ id: '99' })],
      ['about a change of that user', () => access({ last_api_access: undefined })],
      ['that bring another role along', () => access({ role_id: '99' })],
      ['that bring a password along', () => access({ password: 'new', confirm_password: 'new' })],
    ];
    for (const [name, data] of others) {
      it(name, async () => {
        await start(publish);
        const asked = askWhileCalled(data());
        await query(port, 'test_module', event([]));
        assert.deepEqual((await asked).json, decided);
        assert.doesNotMatch(log.text(), /MISP asked about user/);
      });
    }

    it('when no call is under way', async () => {
      await start(publish);
      assert.deepEqual((await query(port, 'users', access())).json, decided);
      await query(port, 'test_module', event([]));
      assert.deepEqual((await query(port, 'users', access())).json, decided);
    });

    it('for the second question about one call', async () => {
      await start(publish);
      let second: Promise<Reply> | undefined;
      const asked = askWhileCalled().then((reply) => {
        second = query(port, 'users', access());
        return reply;
      });
      await query(port, 'test_module', event([]));
      assert.deepEqual((await asked).json, { data: true });
      assert.deepEqual((await second)?.json, decided);
    });

    it('when the run of the call has its verdict', async () => {
      const slow = request([[]]);
      await start([trigger(['stop', 'request']), slow, block()]);
      const asked = askWhileCalled();
      assert.deepEqual((await query(port, 'test_module', event([]))).json, { error: 'blocked by the flow' });
      assert.deepEqual((await asked).json, decided);
    });

    it('when MISP does not wait for the run of the call', async () => {
      await start([trigger(['request'], { trigger: 'event-after-save' }), request([[]])]);
      const asked = askWhileCalled();
      await query(port, 'test_module', event([]));
      assert.deepEqual((await asked).json, decided);
    });

    it('when the call belongs to a test run', async () => {
      await start(publish);
      const asked = askWhileCalled();
      const test = await fetch(`${nodeRed.url}/admin/misp-workflows/triggers/${idOf('trigger')}/test`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ use: 'sample' }),
      });
      assert.equal(test.status, 200);
      assert.deepEqual((await asked).json, decided);
    });

    it('when the call belongs to no run', async () => {
      await start([request([[]])]);
      const asked = askWhileCalled();
      nodeRed.RED.nodes.getNode(idOf('request'))?.receive({ payload: {} });
      assert.deepEqual((await asked).json, decided);
    });

    it('when they come by another trigger', async () => {
      await start([
        ...publish,
        trigger(['decided'], { trigger: 'event-before-save', module: 'save' }, 'save'),
      ]);
      const asked = askWhileCalled(access(), 'save');
      await query(port, 'test_module', event([]));
      assert.deepEqual((await asked).json, decided);
    });
  });

  it('MISP is not asked whose key it is where no trigger wants to know', async () => {
    recorder.calls.length = 0;
    const server = { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 5, verify: true };
    port = await freePort();
    await deploy(nodeRed.RED, [tab, listener(port), server, ...publish], {
      ...credentials,
      misp: { apiKey: API_KEY },
    });
    await listening(port);
    await query(port, 'test_module', event([]));
    assert.deepEqual(
      recorder.calls.map(({ path }) => path),
      ['/events/view/1'],
    );
  });
});
