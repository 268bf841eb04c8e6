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
const block = (id: string, more: object = {}) => node(id, 'misp-response', [], { answer: 'block', ...more });
const reach = (nodes: NodeConfig[], isOpaque?: (entry: NodeConfig) => boolean) =>
  reachOf(nodes, { isOurs: (type) => type === 'x' || type.startsWith('misp-'), isOpaque });

describe('whether a block can be reached', () => {
  it('by wires, also in a loop', () => {
    const reaches = reach([
      node('a', 'x', ['b']),
      node('b', 'x', ['a', 'c']),
      block('c'),
      node('d', 'x', ['e']),
      node('e', 'x'),
    ]);
    assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map(reaches), [true, true, true, false, false]);
  });

  it('by links, calls and returns', () => {
    const reaches = reach([
      node('a', 'link out', [], { links: ['in'] }),
      node('in', 'link in', ['b'], { z: 'other' }),
      block('b', { z: 'other' }),
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
        node('o', observer, ['b'], observer === 'complete' ? { scope: ['a'] } : {}),
        block('b'),
        node('far', 'x', [], { z: 'other' }),
      ]);
      assert.equal(reaches('a'), true);
      assert.equal(reaches('far'), false);
    }
  });

  it('by Catch and Status nodes that look at certain nodes only from those', () => {
    for (const observer of ['catch', 'status']) {
      const reaches = reach([
        node('a', 'x'),
        node('other', 'x'),
        node('o', observer, ['b'], { scope: ['a'] }),
        block('b'),
      ]);
      assert.deepEqual([reaches('a'), reaches('other')], [true, false]);
    }
  });

  it('by a Catch node outside of the subflow in which a node fails', () => {
    const inside = [
      { id: 'sub', type: 'subflow', in: [{ wires: [{ id: 'inner' }] }], out: [] },
      node('inner', 'x', [], { z: 'sub' }),
      { id: 'outer', type: 'subflow', in: [{ wires: [{ id: 'nested' }] }], out: [] },
      node('nested', 'subflow:sub', [], { z: 'outer' }),
      node('instance', 'subflow:outer'),
      block('b'),
    ];
    assert.equal(reach([...inside, node('c', 'catch', ['b'])])('inner'), true);
    assert.equal(reach([...inside, node('c', 'catch', ['b'], { scope: ['instance'] })])('inner'), true);
    assert.equal(reach([...inside, node('c', 'catch', ['b'], { scope: ['else'] })])('inner'), false);
    assert.equal(reach([...inside, node('c', 'catch', ['b'], { z: 'else' })])('inner'), false);
  });

  it('not from a node inside a subflow by what is behind the instance, unless it leads there', () => {
    const reaches = reach([
      {
        id: 'sub',
        type: 'subflow',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      node('inner', 'x', ['side'], { z: 'sub' }),
      node('side', 'x', [], { z: 'sub' }),
      node('instance', 'subflow:sub', ['b']),
      block('b'),
    ]);
    assert.deepEqual([reaches('inner'), reaches('side')], [true, false]);
  });

  it('by what cannot be seen: answers from the environment, packaged subflows, hand-overs without wires', () => {
    assert.equal(
      reach([node('a', 'x', ['r']), node('r', 'misp-response', [], { answer: '${A}' })])('a'),
      true,
    );
    assert.equal(
      reach([node('a', 'x', ['r']), node('r', 'misp-response', [], { answer: 'allow' })])('a'),
      false,
    );
    const packaged = [node('a', 'x', ['p']), node('p', 'checks-of-a-package')];
    assert.equal(reach(packaged, ({ id }) => id === 'p')('a'), true);
    assert.equal(reach(packaged)('a'), false);
    const handedOver = [node('a', 'their-out'), node('in', 'their-in', ['b'], { z: 'other' }), block('b')];
    assert.equal(reach(handedOver)('a'), true);
    assert.equal(reach([...handedOver, node('w', 'x', ['in'])])('a'), false);
    assert.equal(reach([node('a', 'debug'), ...handedOver.slice(1)])('a'), false);
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
      block('b'),
    ]);
    assert.equal(reaches('instance'), true);
    assert.equal(reaches('inner'), true);
  });

  it('is taken for possible from a node that is not known', () => {
    assert.equal(reach([])('nowhere'), true);
  });
});
