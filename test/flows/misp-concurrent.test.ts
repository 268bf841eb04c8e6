import { strict as assert } from 'node:assert';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { answeredWithin } from '../support/soon';

describe('misp-concurrent', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  /** A branch that is handed off, beside a condition that blocks tlp:red. */
  async function ask(tag: string, branch: FlowNode[]) {
    const flow = [
      trigger(['hand-off', 'if'], { deadline: 1 }),
      node('hand-off', 'misp-concurrent', [['x']]),
      ...branch,
    ];
    await deploy(
      nodeRed.RED,
      [tab, listener(port), ...flow, ifTag('if', 'tlp:red', ['stop']), block()],
      credentials,
    );
    await listening(port);
    return query(port, 'test_module', event([tag]));
  }

  it('does not let MISP wait for the branch', async () => {
    const slow = [
      node('x', 'delay', [[]], { pauseType: 'delay', timeout: '700', timeoutUnits: 'milliseconds' }),
    ];
    const reply = await answeredWithin(400, () => ask('tlp:green', slow));
    assert.deepEqual(reply.json, { data: true });
    assert.equal((await ask('tlp:red', slow)).json.error, 'blocked by the flow');
  });

  it('keeps errors and answers of the branch from MISP', async () => {
    const broken = [
      node('x', 'function', [['late']], { func: "throw new Error('broken');", outputs: 1 }),
      block('late'),
    ];
    assert.deepEqual((await ask('tlp:green', broken)).json, { data: true });
    assert.deepEqual((await ask('tlp:green', [block('x', 'from the branch')])).json, { data: true });
  });
});
