import { strict as assert } from 'node:assert';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { type LogLine } from '../support/log';
import { until } from '../support/until';
import { call, event, freePort, get, listening, query } from '../support/misp';
import { forkNodeRed } from '../support/node-red-process';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const withMetrics = {
  listener: { ...credentials.listener, metricsUser: 'prometheus', metricsPassword: 'sentinel-metrics' },
};
const reader = { user: 'prometheus', password: 'sentinel-metrics' };

describe('a monitor outside', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  before(async () => {
    nodeRed = await startNodeRed({ settings: { runtimeState: { enabled: true, ui: false } } });
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
  });

  const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];
  async function deployed(
    flow: FlowNode[],
    settings: object = {},
    secrets: Record<string, object> = credentials,
  ): Promise<void> {
    await deploy(nodeRed.RED, [tab, listener(port, settings), ...flow], secrets);
    await listening(port);
  }
  const anonymous = { headers: { Authorization: '' } };
  const health = async () => {
    const { status, json } = await get(port, '/health', anonymous);
    return [status, json.status, json.problem];
  };
  /** The thread is told by messages, so not at once. */
  async function healthIs(...expected: unknown[]): Promise<void> {
    const end = Date.now() + 3000;
    while (JSON.stringify(await health()) !== JSON.stringify(expected) && Date.now() < end) await sleep(20);
    assert.deepEqual(await health(), expected);
  }

  describe('asks /health without a password', () => {
    it('the gate works', async () => {
      await deployed(decides);
      await healthIs(200, true, undefined);
    });

    it('there is no trigger, or the flow of a module is gone', async () => {
      await deployed([]);
      await healthIs(503, false, 'modules');
      await deployed([...decides, trigger(['go'], { module: 'other' }, 'second')]);
      await healthIs(200, true, undefined);
      await deployed(decides);
      await healthIs(503, false, 'gone');
    });

    it('the flows are stopped, and run again', async () => {
      await deployed(decides);
      await nodeRed.RED.runtime.flows.setState({ state: 'stop' });
      await healthIs(503, false, 'flows');
      await nodeRed.RED.runtime.flows.setState({ state: 'start' });
      await healthIs(200, true, undefined);
    });

    it('the listener is not set up', async () => {
      await deployed(decides);
      await deploy(nodeRed.RED, [tab, listener(port), ...decides], { listener: { user: '', password: '' } });
      await healthIs(503, false, 'flows');
    });

    it('says nothing else', async () => {
      await deployed(decides);
      for (const flow of [decides, []]) {
        await deployed(flow);
        const { text, headers } = await get(port, '/health', anonymous);
        assert.doesNotMatch(text, /test_module|secret|misp/i);
        assert.equal(headers['cache-control'], 'no-store');
      }
      assert.equal((await call({}, { port, path: '/health' })).status, 404);
    });

    it('and a thousand times at once', async () => {
      await deployed(decides);
      const all = await Promise.all(Array.from({ length: 1000 }, health));
      assert.ok(all.every(([status]) => status === 200 || status === 503));
      assert.ok(all.some(([status]) => status === 200));
      await healthIs(200, true, undefined);
      assert.equal((await query(port, 'test_module', event(['tlp:red']))).json.error, 'blocked by the flow');
    });
  });

  describe('reads /metrics', () => {
    it('not unless they are switched on, whoever asks', async () => {
      await deployed(decides, {}, withMetrics);
      assert.equal((await get(port, '/metrics')).status, 404);
      assert.equal((await get(port, '/metrics', reader)).status, 401);
      assert.equal((await get(port, '/metrics', anonymous)).status, 401);
    });

    it('with credentials that are good for nothing else', async () => {
      await deployed(decides, { metrics: true }, withMetrics);
      await query(port, 'test_module', event(['tlp:red'], { info: 'sentinel-info' }));
      await query(port, 'test_module', event(['tlp:green']));
      await sleep(50);
      const { status, text, headers } = await get(port, '/metrics', reader);
      assert.equal(status, 200);
      assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
      const labels = `{trigger="event-publish",node="${idOf('trigger')}",name="misp-trigger"}`;
      const value = (name: string) =>
        Number(text.split(`misp_workflows_${name}${labels} `)[1]?.split('\n')[0]);
      assert.ok(value('runs_total') >= 2 && value('blocked_total') >= 1, text);
      assert.match(text, /^misp_workflows_modules 1$/m);
      assert.doesNotMatch(text, /sentinel|secret/);
      assert.equal((await get(port, '/metrics')).status, 401, "MISP's are not those of the metrics");
      assert.equal((await get(port, '/modules', reader)).status, 401);
      const asked = { module: 'test_module', ...event([]) };
      assert.equal((await call(asked, { port, ...reader })).status, 401);
    });

    it('not without a user and password of their own; the gate works all the same', async () => {
      await deployed(decides, { metrics: true });
      assert.equal((await get(port, '/metrics')).status, 404);
      assert.equal((await query(port, 'test_module', event(['tlp:red']))).json.error, 'blocked by the flow');
    });
  });

  it('is told in time that Node-RED is busy, and that it is not any more', async () => {
    const busy = node('busy', 'function', [['go']], {
      func: 'const end = Date.now() + 2500; while (Date.now() < end); return msg;',
      outputs: 1,
    });
    const userDir = mkdtempSync(path.join(tmpdir(), 'misp-monitor-'));
    const child = await forkNodeRed({ userDir });
    try {
      const flow = [
        tab,
        listener(port, { metrics: true }),
        trigger(['busy'], { deadline: 5 }),
        busy,
        allow(),
      ];
      await child.deploy(flow, withMetrics);
      await listening(port);
      await healthIs(200, true, undefined);
      const asked = query(port, 'test_module', event([]));
      await sleep(100);
      const started = Date.now();
      const answers = await Promise.all([get(port, '/health', anonymous), get(port, '/metrics', reader)]);
      assert.deepEqual(
        answers.map(({ status, json }) => [status, json.problem]),
        [
          [503, 'busy'],
          [503, 'busy'],
        ],
      );
      assert.ok(Date.now() - started < 1500);
      assert.equal((await asked).json.error, undefined);
      await healthIs(200, true, undefined);
      assert.equal((await get(port, '/metrics', reader)).status, 200);
    } finally {
      await child.stop();
      rmSync(userDir, { recursive: true, force: true });
    }
  });

  it('reads a line of each run in the log: of what is ordinary at debug, of the others at info', async () => {
    const lines: LogLine[] = [];
    const handler = new EventEmitter().on('log', (line: LogLine) => lines.push(line));
    nodeRed.RED.log.addHandler(handler);
    await deployed([...decides, trigger(['go'], { trigger: 'event-after-save', module: 'after' }, 'second')]);
    await query(port, 'test_module', event(['tlp:green']));
    await query(port, 'test_module', event(['tlp:red'], { info: 'sentinel-info' }));
    await query(port, 'after', event([]));
    const ofRuns = () => lines.filter(({ msg }) => /^Run \S+ of /.test(String(msg)));
    await until(() => ofRuns().length === 3);
    nodeRed.RED.log.removeHandler(handler);
    assert.deepEqual(
      ofRuns().map(({ level, msg }) => [level, String(msg).replace(/Run \S+|\d+ ms/g, '')]),
      [
        [50, ' of event-publish (test_module), event 1: MISP was told to go on (response) after '],
        [40, ' of event-publish (test_module), event 1: MISP was told to stop (response) after '],
        [50, ' of event-after-save (after), event 1: MISP was told to go on (accepted) after '],
      ],
    );
  });
});
