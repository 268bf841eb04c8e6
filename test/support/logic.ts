import { strict as assert } from 'node:assert';
import { block, credentials, listener, node, tab, trigger } from './flows';
import { freePort, listening, query } from './misp';
import { deploy, startNodeRed } from './node-red';

/** What a logic node is asked: a name, its settings, the data, and whether `then` is taken. */
export type LogicCase = [name: string, settings: Record<string, unknown>, data: unknown, then: boolean];

/** Drives a logic node in a real Node-RED: from MISP's request through the node to MISP's answer. */
export function describeLogic(type: string, cases: LogicCase[]): void {
  describe(type, function () {
    this.timeout(30000);
    let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
    let port = 0;
    before(async () => {
      nodeRed = await startNodeRed();
      port = await freePort();
    });
    after(() => nodeRed.stop());

    const ask = async (settings: Record<string, unknown>, data: unknown) => {
      const flow = [
        tab,
        listener(port),
        trigger(['x']),
        node('x', type, [['then'], ['else']], settings),
        node('catch', 'catch', [['caught']], { scope: ['x'] }),
        block('then', 'then'),
        block('else', 'else'),
        block('caught', 'caught: {{ missing }}'),
      ];
      await deploy(nodeRed.RED, flow, credentials);
      await listening(port);
      return (await query(port, 'test_module', data)).json.error;
    };

    for (const [name, settings, data, then] of cases) {
      it(`decides: ${name}`, async () => assert.equal(await ask(settings, data), then ? 'then' : 'else'));
    }
  });
}
