import { strict as assert } from 'node:assert';
import { collectLog } from '../support/log';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { freePort } from '../support/misp';

describe('the check of a deployed flow', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port: number;
  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  const place = { z: 'tab', x: 0, y: 0, version: 1 };
  const flow = (trigger: string, more: FlowNode[] = []): FlowNode[] => [
    { id: 'tab', type: 'tab', label: 'Test' },
    { id: 'listener', type: 'misp-listener', version: 1, host: '127.0.0.1', port, authentication: false },
    {
      ...place,
      id: 't',
      type: 'misp-trigger',
      name: 'Saved',
      listener: 'listener',
      trigger,
      module: 'm',
      wires: [['b']],
    },
    { ...place, id: 'b', type: 'misp-response', name: '', answer: 'block', message: 'no', wires: [] },
    ...more,
  ];
  const warnings = async (nodes: FlowNode[]) => {
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, nodes);
    log.stop();
    return log.lines.map(({ type, id, msg }) => `${type} ${id}: ${String(msg)}`);
  };

  it('warns once, at the node, of a block that has no effect', async () => {
    const [first, ...others] = await warnings(flow('event-after-save'));
    assert.match(first, /^misp-response b: misp-response has no effect for Saved: MISP does not wait there/);
    assert.deepEqual(others, []);
  });

  it('says nothing of a flow that is all right, or of what only takes long', async () => {
    assert.deepEqual(await warnings(flow('event-publish')), []);
    const slow = {
      ...place,
      id: 'x',
      type: 'function',
      func: 'setTimeout(() => node.send(msg))',
      wires: [['b'], []],
      outputs: 2,
    };
    const nodes = flow('event-publish', [slow]).map((node) =>
      node.id === 't' ? { ...node, wires: [['x']] } : node,
    );
    assert.deepEqual(await warnings(nodes), []);
  });

  it('names the field of a condition that can never be true, and the outputs without an answer', async () => {
    const condition = {
      ...{ ...place, id: 'if', type: 'misp-if-tag', name: '', scope: 'event', condition: 'in_or' },
      ...{ tags: [], clusters: [], wires: [['b'], []] },
    };
    const nodes = flow('event-publish', [condition]).map((node) =>
      node.id === 't' ? { ...node, version: 2, goOn: 'response', wires: [['if']] } : node,
    );
    const [first, second, ...others] = await warnings(nodes);
    assert.match(first, /^misp-if-tag if: A message that leaves misp-if-tag here \(2\) gives MISP no answer/);
    assert.match(second, /^misp-if-tag if: misp-if-tag can do nothing\. Missing: Tags/);
    assert.deepEqual(others, []);
  });

  it('leaves to the node what it says itself', async () => {
    const nodes = flow('event-publish').map((node) => (node.id === 't' ? { ...node, listener: '' } : node));
    const lines = await warnings(nodes);
    assert.equal(lines.length, 1, lines.join());
    assert.match(lines[0], /no MISP listener/);
  });

  it('warns in the log of a block in a subflow', async () => {
    const [first] = await warnings([
      ...flow('event-publish'),
      { id: 's', type: 'subflow', name: 's', in: [{ x: 0, y: 0, wires: [{ id: 'c' }] }], out: [] },
      {
        ...place,
        id: 'c',
        type: 'misp-response',
        z: 's',
        name: 'Inner',
        answer: 'block',
        message: 'no',
        wires: [],
      },
      { ...place, id: 'i', type: 'subflow:s', name: '' },
    ]);
    assert.match(first, /Inner answers nobody: no MISP trigger leads to it/);
  });
});
