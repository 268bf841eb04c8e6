import { strict as assert } from 'node:assert';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

describe('misp-delay', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  async function ask(delay: number) {
    const flow = [trigger(['x'], { deadline: 1 }), node('x', 'misp-delay', [['stop']], { delay }), block()];
    await deploy(nodeRed.RED, [tab, listener(port), ...flow], credentials);
    await listening(port);
    return query(port, 'test_module', event([]));
  }

  it('delays', async () => {
    const reply = await ask(0.3);
    assert.equal(reply.json.error, 'blocked by the flow');
    assert.ok(reply.ms >= 280 && reply.ms < 700, `${reply.ms} ms`);
  });

  it('says at once that a delay would outlive the deadline', async () => {
    const reply = await ask(5);
    assert.match(reply.json.error ?? '', /outlive the deadline/);
    assert.ok(reply.ms < 300, `${reply.ms} ms`);
  });
});
