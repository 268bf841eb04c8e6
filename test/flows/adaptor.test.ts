import { strict as assert } from 'node:assert';
import path from 'node:path';
import { deploy, root, startNodeRed } from '../support/node-red';
import { node, tab } from '../support/flows';
import { until } from '../support/until';

interface Message {
  payload?: unknown;
  error?: { message: string };
}

describe('what stands around every node', function () {
  this.timeout(20000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  before(async () => {
    nodeRed = await startNodeRed({ packages: [path.join(root, 'test/support/other-nodes')] });
  });
  after(() => nodeRed.stop());

  async function send(
    settings: Record<string, unknown>,
    message: object,
  ): Promise<{ out: Message[]; caught: Message[] }> {
    await deploy(nodeRed.RED, [
      tab,
      node('x', 'test-versioned', [['out']], settings),
      node('out', 'debug', [], { active: false }),
      node('catch', 'catch', [['caught']], { scope: ['x'] }),
      node('caught', 'debug', [], { active: false }),
    ]);
    const got: { out: Message[]; caught: Message[] } = { out: [], caught: [] };
    nodeRed.RED.nodes.getNode('node-out')?.on('input', (msg: Message) => got.out.push(msg));
    nodeRed.RED.nodes.getNode('node-caught')?.on('input', (msg: Message) => got.caught.push(msg));
    nodeRed.RED.nodes.getNode('node-x')?.receive(message);
    await until(() => got.out.length + got.caught.length > 0);
    return got;
  }

  it('deploys a flow that an older version saved', async () => {
    const old = { host: '', port: 443 };
    const first = await send({ word: 'hello', mode: 'upper' }, {});
    assert.deepEqual(first.out[0].payload, { text: 'hello', mode: 'loud', added: 'yes', ...old });
    const second = await send({ version: 2, text: 'hello', mode: 'quiet' }, {});
    assert.deepEqual(second.out[0].payload, { text: 'hello', mode: 'quiet', added: 'yes', ...old });
    const third = await send({ version: 3, text: 'hello', mode: 'quiet', added: 'no' }, {});
    assert.deepEqual(third.out[0].payload, { text: 'hello', mode: 'quiet', added: 'no', ...old });
  });

  it('makes two fields of one, by a function', async () => {
    const place = { host: 'misp.example', port: 8443 };
    for (const version of [1, 3]) {
      const { out } = await send({ version, text: 'x', mode: 'quiet', address: 'misp.example:8443' }, {});
      assert.deepEqual({ ...(out[0].payload as object), ...place }, out[0].payload);
    }
    const present = await send({ version: 4, text: 'x', mode: 'quiet', ...place, address: 'other:1' }, {});
    assert.deepEqual({ ...(present.out[0].payload as object), ...place }, present.out[0].payload);
  });

  for (const [fail, words] of [
    ['sync', 'thrown'],
    ['async', 'rejected'],
    ['odd', 'not an error'],
  ]) {
    it(`a ${fail} error goes to the Catch node, and Node-RED goes on`, async () => {
      const { caught } = await send({ version: 3, text: '', mode: 'quiet', added: '' }, { fail });
      assert.match(caught[0].error?.message ?? '', new RegExp(words));
    });
  }
});
