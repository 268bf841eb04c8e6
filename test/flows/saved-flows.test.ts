import { strict as assert } from 'node:assert';
import { collectLog } from '../support/log';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { savedFlow, withoutChecks } from '../support/saved-flows';
import { SECRETS } from '../support/secrets';

describe('a flow with nodes of all versions', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port: number;
  before(async () => {
    port = await freePort();
    nodeRed = await startNodeRed();
  });
  after(() => nodeRed.stop());

  it('is deployed without a warning, and its triggers go on as they did', async () => {
    const { flow, of } = savedFlow(port);
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, flow, Object.fromEntries(flow.map(({ id }) => [id, SECRETS])));
    log.stop();
    await listening(port);
    assert.equal(withoutChecks(log.text()), '');
    for (const { id } of flow.slice(1)) assert.ok(nodeRed.RED.nodes.getNode(id), id);
    const triggers = [...of].filter(([id, { now }]) => /trigger/.test(id) && now.trigger === 'event-publish');
    assert.ok(triggers.length >= 4);
    for (const [id, { now }] of triggers) {
      const { json } = await query(port, id.replaceAll('-', '_'), event(['tlp:red']));
      // Nothing is wired behind them: who waits for a response gets none.
      assert.equal('error' in json, now.goOn === 'response', `${id}: ${JSON.stringify(json)}`);
    }
  });
});
