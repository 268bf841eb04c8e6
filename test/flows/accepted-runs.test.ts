import { strict as assert } from 'node:assert';
import { fireAccepted, slowFlow } from '../support/fire';
import { credentials } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('accepted runs', function () {
  this.timeout(60000);
  let nodeRed: NodeRedProcess;
  let port = 0;
  async function start(more: object, execArgv: string[] = []): Promise<void> {
    nodeRed = await forkNodeRed({ execArgv });
    port = await freePort();
    await nodeRed.deploy(slowFlow(port, more), credentials);
    await listening(port);
  }
  afterEach(() => nodeRed.kill());

  it('do not kill a Node-RED with a heap of 150 MB, nor its gate; what is refused is told', async () => {
    await start({}, ['--max-old-space-size=150']);
    const { accepted, refused, other, megabytes } = await fireAccepted(port, 800, 200);
    console.log(`        ${accepted} accepted, ${refused} refused, of ${megabytes.toFixed(2)} MB each`);
    assert.deepEqual(other, []);
    assert.ok(accepted > 20 && refused > 400);
    assert.equal((await query(port, 'test_module', event(['tlp:red']))).json.error, 'blocked by the flow');
    await sleep(6000);
    assert.deepEqual((await fireAccepted(port, 10, 1)).accepted, 10);
  });

  it('are bounded by number, and count until nothing of them is under way', async () => {
    await start({ acceptedRuns: 5 });
    assert.deepEqual((await fireAccepted(port, 8, 1)).accepted, 5);
    assert.deepEqual((await query(port, 'test_module', event(['tlp:green']))).json, { data: true });
    await sleep(5500);
    assert.deepEqual((await fireAccepted(port, 8, 1)).accepted, 5);
    const { log } = await nodeRed.memory();
    assert.ok(
      log.some((line) => /too many open runs/.test(line)),
      log.join('\n'),
    );
  });

  it('are counted when a redeploy ends them', async () => {
    await start({});
    assert.equal((await fireAccepted(port, 3, 1)).accepted, 3);
    await nodeRed.deploy(slowFlow(port, { openRuns: 100 }), credentials);
    const { log } = await nodeRed.memory();
    assert.ok(
      log.some((line) => /ended 3 accepted runs/.test(line)),
      log.join('\n'),
    );
    assert.deepEqual((await fireAccepted(port, 3, 1)).accepted, 3);
  });
});
