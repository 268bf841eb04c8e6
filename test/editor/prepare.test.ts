import { strict as assert } from 'node:assert';
import type { FlowNode } from '../../editor/flows/flow';
import { fitsBelow, prepare, type Workspace } from '../../editor/flows/prepare';

const workspace = (types: Record<string, string>, more: Partial<Workspace> = {}): Workspace => ({
  typeOf: (id) => types[id],
  mostUsed: (type) => Object.keys(types).find((id) => types[id] === type),
  ...more,
});
const flow: FlowNode[] = [
  { id: 't', type: 'tab', label: 'x' },
  { id: 'l', type: 'misp-listener', port: 6667 },
  { id: 'm', type: 'misp-server' },
  { id: 'a', type: 'misp-trigger', z: 't', x: 100, y: 60, listener: 'l', server: 'm', wires: [['b']] },
  { id: 'b', type: 'misp-response', z: 't', x: 300, y: 60, wires: [] },
];

describe('what is imported', () => {
  it('uses the config nodes that are there, and brings those that are not', () => {
    const { nodes, importMap, used } = prepare(flow, workspace({ mine: 'misp-listener' }), false);
    assert.deepEqual(
      nodes.map(({ id }) => id),
      ['m', 'a', 'b'],
    );
    assert.deepEqual([nodes[1].listener, nodes[1].server], ['mine', 'm']);
    assert.deepEqual(importMap, { a: 'copy', b: 'copy' });
    assert.deepEqual(used, ['mine']);
  });

  it('keeps to the one of the same id, and takes no node of another type for it', () => {
    const same = prepare(flow, workspace({ other: 'misp-listener', l: 'misp-listener' }), false);
    assert.equal(same.nodes.find(({ id }) => id === 'a')?.listener, 'l');
    const taken = prepare(flow, workspace({ l: 'inject' }), false);
    assert.equal(taken.importMap.l, 'copy');
  });

  it('brings a listener that has a port of its own', () => {
    const own = flow.map((node) => (node.id === 'l' ? { ...node, port: 6668 } : node));
    const { nodes } = prepare(own, workspace({ mine: 'misp-listener' }), false);
    assert.ok(nodes.some(({ id }) => id === 'l'));
  });

  it('goes below what is on the tab, on the grid; or comes with its tab as it is', () => {
    const below = prepare(flow, workspace({}, { bottom: 333 }), false);
    const [first] = below.nodes.filter(({ y }) => y !== undefined);
    assert.ok((first.y ?? 0) - 20 >= 333 + 60 && (first.y ?? 0) % 20 === 0, String(first.y));
    assert.ok(below.nodes.every(({ type }) => type !== 'tab'));
    const alone = prepare(flow, workspace({}, { bottom: 333 }), true);
    assert.equal(alone.nodes.find(({ id }) => id === 'a')?.y, 60);
    assert.equal(alone.importMap.t, 'copy');
    assert.equal(fitsBelow(flow, 300), true);
    assert.equal(fitsBelow(flow, 7800), false);
  });

  it('leaves what it was given as it is', () => {
    const before = structuredClone(flow);
    prepare(flow, workspace({ mine: 'misp-listener' }, { bottom: 500 }), false);
    assert.deepEqual(flow, before);
  });
});
