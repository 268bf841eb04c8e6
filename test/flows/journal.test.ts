import { strict as assert } from 'node:assert';
import type { Entry } from '../../src/runs/journal';
import { deploy, startNodeRed } from '../support/node-red';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import type { Runtime } from '../../nodes/runtime';

/** The one of the built package, which the nodes use. */
function runtimeOf(RED: object): Runtime {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package as it was built
  return (require('../../dist/nodes/runtime.js') as { runtimeOf(RED: object): Runtime }).runtimeOf(RED);
}

describe('the journal of a run', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const detach: (() => void)[] = [];
  const entries: Entry[] = [];

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());
  afterEach(() => {
    for (const end of detach.splice(0)) end();
    entries.length = 0;
  });

  async function deployed(...flow: object[]): Promise<void> {
    await deploy(nodeRed.RED, [tab, listener(port), ...flow] as never, credentials);
    await listening(port);
    // Runs of Node-REDs that other tests started in this process may end meanwhile, in the same journal.
    const runs = new Set<string>();
    detach.push(
      runtimeOf(nodeRed.RED).journal.attach((entry) => {
        if (entry.what === 'received') runs.add(entry.run);
        if (runs.has(entry.run)) entries.push(entry);
      }),
    );
  }
  const ask = (tags: string[]) => query(port, 'test_module', event(tags));
  /** Waits until the runs that were asked for have ended. */
  async function ended(count = 1): Promise<Entry[]> {
    for (let i = 0; i < 200 && entries.filter(({ what }) => what === 'ended').length < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return entries;
  }
  const told = (all: Entry[]) => all.map(({ what, node: at }) => (at ? `${what} at ${at.type}` : what));

  it('says what was received, decided and why, planned, answered, and that it ended', async () => {
    await deployed(
      trigger(['if']),
      ifTag('if', 'tlp:red', ['tag'], ['go']),
      node('tag', 'misp-country', [['stop']], { dryRun: true, server: 'misp' }),
      { id: 'misp', type: 'misp-server', url: 'http://127.0.0.1:1' },
      block(),
      allow(),
    );
    assert.equal((await ask(['tlp:green'])).text, '{"data":true}');
    const all = await ended();
    assert.deepEqual(told(all), ['received at misp-trigger', 'decided at misp-if-tag', 'answered', 'ended']);
    const [received, decided, answered, end] = all as unknown as Record<string, unknown>[];
    assert.deepEqual(
      [received.trigger, received.module, received.blocking, received.test],
      ['event-publish', 'test_module', true, false],
    );
    assert.deepEqual([decided.way, decided.found], ['else', ['tlp:green']]);
    assert.deepEqual(answered.verdict, { outcome: 'allow', cause: 'response' });
    assert.equal(end.known, true);
    assert.equal(new Set(all.map(({ run }) => run)).size, 1);
  });

  it('has the id that the messages of the run carry', async () => {
    await deployed(
      trigger(['f']),
      node('f', 'function', [['stop']], { func: 'msg.payload = {}; msg.text = msg.misp.run; return msg;' }),
      node('stop', 'misp-response', [], { answer: 'block', message: 'x' }),
    );
    const seen: unknown[] = [];
    const hooks = (
      nodeRed.RED as unknown as {
        hooks: { add(id: string, f: (e: never) => void): void; remove(id: string): void };
      }
    ).hooks;
    hooks.add(
      'onReceive.test-run',
      ({ msg }: { msg: { text?: string } }) => void (msg.text && seen.push(msg.text)),
    );
    await ask([]);
    hooks.remove('onReceive.test-run');
    const [{ run }] = await ended();
    assert.deepEqual(seen, [run]);
  });

  it('tells of errors, caught by nobody, and of whom they count for', async () => {
    await deployed(
      trigger(['f']),
      node('f', 'function', [['go']], { func: 'throw new Error("broken")' }),
      allow(),
    );
    await ask([]);
    const [, failed, answered] = (await ended()) as unknown as Record<string, unknown>[];
    assert.deepEqual([failed.what, failed.problem, failed.counts], ['failed', 'broken', true]);
    assert.equal((answered.verdict as { cause: string }).cause, 'error');
  });

  it('follows a run that MISP does not wait for to its end', async () => {
    await deployed(
      trigger(['wait'], { trigger: 'event-after-save' }),
      node('wait', 'delay', [['f']], {
        pauseType: 'delay',
        timeout: '200',
        timeoutUnits: 'milliseconds',
      }),
      node('f', 'function', [[]], { func: 'node.error("late", msg)' }),
    );
    const start = performance.now();
    assert.equal((await ask([])).text, '{"data":true}');
    const all = await ended();
    assert.ok(performance.now() - start > 190);
    assert.deepEqual(told(all), ['received at misp-trigger', 'answered', 'failed at function', 'ended']);
  });

  it('says that nobody knows the end of a run that a redeploy cut off', async () => {
    const flow = (delay: number) => [
      trigger(['wait'], { trigger: 'event-after-save' }),
      node('wait', 'misp-delay', [['out']], { delay }),
      node('out', 'debug', []),
    ];
    await deployed(...flow(60));
    await ask([]);
    await deploy(nodeRed.RED, [tab, listener(port), ...flow(61)] as never, credentials);
    const all = await ended();
    assert.equal((all.at(-1) as unknown as { known: boolean }).known, false);
  });

  it('cannot be changed, broken or slowed by who reads it', async () => {
    await deployed(trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow());
    detach.push(
      runtimeOf(nodeRed.RED).journal.attach((entry) => {
        Object.assign(entry, { verdict: { outcome: 'allow' } });
        throw new Error('no room on the device');
      }),
    );
    for (let i = 0; i < 3; i++) assert.equal((await ask(['tlp:red'])).json.error, 'blocked by the flow');
    assert.equal((await ended(3)).length, 12);
  });
});
