import { strict as assert } from 'node:assert';
import { deploy, startNodeRed } from '../support/node-red';
import { event, freePort, listening, query } from '../support/misp';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { everydayFunctions } from '../support/everyday-functions';
import { answeredWithin } from '../support/soon';

const DEADLINE_SECONDS = 2;

/** Each function has a trigger of its own, and an IF tag without an otherwise behind it. */
describe('everyday functions', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed({ settings: { functionExternalModules: true } });
    port = await freePort();
    const nodes = everydayFunctions.flatMap((code, at) => [
      trigger([`f${at}`], { module: `module_${at}`, deadline: DEADLINE_SECONDS }, `trigger${at}`),
      node(`f${at}`, 'function', [[`if${at}`], [`if${at}`]], {
        outputs: 2,
        initialize: '',
        finalize: '',
        libs: [],
        ...code,
        name: '',
      }),
      ifTag(`if${at}`, 'tlp:red', ['stop']),
    ]);
    await deploy(nodeRed.RED, [tab, listener(port), ...nodes, block('stop')], credentials);
    await listening(port);
  });

  after(async () => nodeRed.stop());

  everydayFunctions.forEach(({ name, func }, at) => {
    it(`do not keep MISP waiting: ${name}`, async () => {
      const reply = await answeredWithin(500, () => query(port, `module_${at}`, event(['tlp:green'])));
      assert.deepEqual(reply.json, { data: true });
      const sendsEvent = /return msg|node\.send\((msg|m|m, false|\[m, null\])\)/.test(func);
      if (!sendsEvent) return;
      const red = await query(port, `module_${at}`, event(['tlp:red']));
      assert.equal(red.json.error, 'blocked by the flow', red.text);
    });
  });
});
