import { strict as assert } from 'node:assert';
import { reachOf } from '../../src/runs/reach';
import type { NodeConfig } from '../../src/runs/trust';

const node = (id: string, type: string, targets: string[] = [], more: object = {}): NodeConfig => ({
  id,
  type,
  z: 'tab',
  wires: [targets],
  ...more,
});
const reach = (nodes: NodeConfig[]) => reachOf(nodes, (entry) => entry.type === 'block');

describe('whether a block can be reached', () => {
  it('by wires, also in a loop', () => {
    const reaches = reach([
      node('a', 'x', ['b']),
      node('b', 'x', ['a', 'c']),
      node('c', 'block'),
      node('d', 'x', ['e']),
      node('e', 'x'),
    ]);
    assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map(reaches), [true, true, true, false, false]);
  });

  it('by links, calls and returns', () => {
    const reaches = reach([
      node('a', 'link out', [], { links: ['in'] }),
      node('in', 'link in', ['b'], { z: 'other' }),
      node('b', 'block', [], { z: 'other' }),
      node('call', 'link call', ['b'], { links: ['sub'] }),
      node('sub', 'link in', ['back'], { z: 'third' }),
      node('back', 'link out', [], { mode: 'return', z: 'third' }),
      node('dynamic', 'link call', [], { linkType: 'dynamic', z: 'fourth' }),
    ]);
    for (const id of ['a', 'in', 'call', 'sub', 'back', 'dynamic']) assert.equal(reaches(id), true, id);
  });

  it('by Catch, Complete and Status nodes of the same tab', () => {
    for (const observer of ['catch', 'complete', 'status']) {
      const reaches = reach([
        node('a', 'x'),
        node('o', observer, ['b']),
        node('b', 'block'),
        node('far', 'x', [], { z: 'other' }),
      ]);
      assert.equal(reaches('a'), true);
      assert.equal(reaches('far'), false);
    }
  });

  it('into and out of subflows', () => {
    const reaches = reach([
      {
        id: 'sub',
        type: 'subflow',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      node('inner', 'x', [], { z: 'sub' }),
      node('instance', 'subflow:sub', ['b']),
      node('b', 'block'),
    ]);
    assert.equal(reaches('instance'), true);
    assert.equal(reaches('inner'), true);
  });

  it('is taken for possible from a node that is not known', () => {
    assert.equal(reach([])('nowhere'), true);
  });
});
