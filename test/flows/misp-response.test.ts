import { strict as assert } from 'node:assert';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { event, freePort, listening, query } from '../support/misp';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { collectLog, until } from '../support/log';

describe('misp-response', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const start = async (nodes: FlowNode[], more: Record<string, unknown> = {}, first = ['first']) => {
    await deploy(
      nodeRed.RED,
      [tab, listener(port), trigger(first, { deadline: 0.5, ...more }), ...nodes],
      credentials,
    );
    await listening(port);
  };
  const wait = (name: string, ms: number, next: string[]) =>
    node(name, 'delay', [next], { pauseType: 'delay', timeout: String(ms), timeoutUnits: 'milliseconds' });
  const ask = async () => query(port, 'test_module', event(['tlp:red']));

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  it('blocks with the rendered message', async () => {
    await start([block('first', 'No: {{ Event.info }} ({{ Event.Tag.0.name }})')]);
    assert.deepEqual((await ask()).json, { error: 'No: A test event (tlp:red)' });
  });

  it('replaces a message that MISP takes for a go-ahead', async () => {
    for (const message of ['', '0', 'false', '{{ Event.missing }}']) {
      await start([block('first', message)]);
      assert.deepEqual((await ask()).json, { error: 'Stopped by a Node-RED workflow' }, message);
    }
  });

  it('a block wins over an allow that came first', async () => {
    await start([allow('go'), wait('first', 100, ['stop']), block()], {}, ['go', 'first']);
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
  });

  it('allow at once does not wait for other paths, whose block is then an error', async () => {
    await start([allow('go', 'allow-at-once'), wait('first', 100, ['stop']), block()], {}, ['go', 'first']);
    const log = collectLog(nodeRed.RED);
    const reply = await ask();
    assert.deepEqual(reply.json, { data: true });
    assert.ok(reply.ms < 80);
    await until(() => log.lines.length > 0);
    log.stop();
    assert.match(log.text(), /misp-response: .*too late: MISP was already told to go on/);
  });

  it('an answer after the deadline is an error that a Catch node gets', async () => {
    await start([
      wait('first', 800, ['stop']),
      block(),
      node('catch', 'catch', [['seen']], { scope: ['stop'] }),
      node('seen', 'debug', [], { console: false, active: false }),
    ]);
    const reply = await ask();
    assert.match(reply.json.error ?? '', /in time/);
    let caught: { error?: { message: string } } | undefined;
    nodeRed.RED.nodes.getNode('node-seen')?.on('input', (message: typeof caught) => (caught = message));
    await until(() => caught !== undefined);
    assert.match(caught?.error?.message ?? '', /too late: MISP was already told to stop/);
  });

  it('two blocks are one answer and no error', async () => {
    const log = collectLog(nodeRed.RED);
    await start([block('first'), block('second')], {}, ['first', 'second']);
    assert.deepEqual((await ask()).json, { error: 'blocked by the flow' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    log.stop();
    assert.equal(log.text(), '');
  });

  it('says so when nobody waits for the message', async () => {
    await start([
      ifTag('first', 'tlp:red', ['stop']),
      block(),
      node('inject', 'inject', [['stop']], { once: true, onceDelay: '0.1', repeat: '', props: [] }),
    ]);
    const log = collectLog(nodeRed.RED);
    await until(() => log.lines.length > 0);
    log.stop();
    assert.match(log.text(), /No request of MISP waits/);
  });

  it('a message that cannot be rendered is an error by policy, not an empty block', async () => {
    await start([block('first', '{{ Event.Tag }}')]);
    assert.match((await ask()).json.error ?? '', /'name': 'tlp:red'/);
    await start([block('first', '{{ Event.info / 2 }}')]);
    assert.match((await ask()).json.error ?? '', /Line 1 .* cannot be filled in: .*does not work/);
    const log = collectLog(nodeRed.RED);
    await start([block('first', '{% if x %}')]);
    log.stop();
    assert.match(log.text(), /cannot be filled in/);
    assert.match((await ask()).json.error ?? '', /./);
  });
});
