import { strict as assert } from 'node:assert';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow } from '../../src/checks/check-flow';

const knowledge = {
  isOurs: (type: string) => type.startsWith('misp-'),
  writes: (type: string) => type === 'misp-tag',
  fieldsOf: () => ({}),
  looksAtAttributes: () => false,
};

/** `outputs`: for each output the ids of what is wired to it, separated by blanks. */
const node = (id: string, type: string, outputs: string[] = [], more: object = {}): NodeConfig => ({
  id,
  type,
  z: 'tab',
  wires: outputs.map((ids) => ids.split(' ').filter(Boolean)),
  ...more,
});
const tab = (id: string, more: object = {}): NodeConfig => ({ id, type: 'tab', ...more });
const trigger = (id: string, to: string, kind = 'event-publish', more: object = {}) =>
  node(id, 'misp-trigger', [to], { trigger: kind, module: id, listener: 'l', ...more });
const block = (id: string, more: object = {}) => node(id, 'misp-response', [], { answer: 'block', ...more });
const allow = (id: string, more: object = {}) => node(id, 'misp-response', [], { answer: 'allow', ...more });
const subflow = (id: string, first: string, last: string, more: object = {}): NodeConfig => ({
  id,
  type: 'subflow',
  in: [{ wires: [{ id: first }] }],
  out: [{ wires: [{ id: last, port: 0 }] }],
  ...more,
});

const check = (...nodes: NodeConfig[]) => checkFlow([tab('tab'), tab('other'), ...nodes], knowledge);
const found = (...nodes: NodeConfig[]) =>
  check(...nodes)
    .map(({ key, nodes: at, trigger: by }) => [key, ...at, ...(by ? [`(${by})`] : [])].join(' '))
    .sort();

describe('the check of a flow', () => {
  describe('a response that no trigger reaches', () => {
    it('is found, and is dangerous when it is to block', () => {
      const findings = check(node('i', 'inject', ['b a']), block('b'), allow('a'));
      assert.deepEqual(
        findings.map(({ key, nodes, danger }) => [key, nodes, danger]),
        [
          ['unreachedResponse', ['b'], true],
          ['unreachedResponse', ['a'], false],
        ],
      );
    });

    it('is found behind a concurrent branch, where it answers nobody', () => {
      assert.deepEqual(found(trigger('t', 'c'), node('c', 'misp-concurrent', ['b']), block('b')), [
        'detachedResponse b',
      ]);
    });

    it('is not found over links, calls, junctions, subflows and observers', () => {
      const flows: NodeConfig[][] = [
        [
          trigger('t', 'out'),
          node('out', 'link out', [], { links: ['in'] }),
          node('in', 'link in', ['b'], { z: 'other' }),
          block('b', { z: 'other' }),
        ],
        [
          trigger('t', 'call'),
          node('call', 'link call', [''], { links: ['in'], linkType: 'static' }),
          node('in', 'link in', ['b'], { z: 'other' }),
          block('b', { z: 'other' }),
        ],
        [
          trigger('t', 'call'),
          node('call', 'link call', [''], { linkType: 'dynamic' }),
          node('in', 'link in', ['b'], { z: 'other' }),
          block('b', { z: 'other' }),
        ],
        [trigger('t', 'j'), node('j', 'junction', ['b']), block('b')],
        [subflow('s', 'b', 'b'), trigger('t', 'i'), node('i', 'subflow:s', ['']), block('b', { z: 's' })],
        [
          subflow('s', 't', 't'),
          node('i', 'subflow:s', ['b']),
          trigger('t', '', undefined, { z: 's' }),
          block('b'),
        ],
        ...['catch', 'complete', 'status'].map((type) => [
          trigger('t', 'x'),
          node('x', 'change', ['']),
          node('o', type, ['b'], { scope: type === 'complete' ? ['x'] : null }),
          block('b'),
        ]),
      ];
      for (const flow of flows) assert.deepEqual(found(...flow), []);
    });

    it('is found when what leads to it is disabled', () => {
      assert.deepEqual(found(trigger('t', 'x'), node('x', 'change', ['b'], { d: true }), block('b')), [
        'leadsToDisabled t (t)',
        'unreachedResponse b',
      ]);
    });

    it('is not looked for where nothing runs', () => {
      const off = tab('off', { disabled: true });
      assert.deepEqual(found(off, block('b', { z: 'off' }), block('d', { d: true })), []);
      assert.deepEqual(found(subflow('s', 'b', 'b'), block('b', { z: 's' })), []);
    });
  });

  describe('a block behind a trigger that does not block', () => {
    it('is found, by name of the trigger', () => {
      const flow = [
        trigger('t', 'x', 'event-after-save'),
        node('x', 'switch', ['b', 'a']),
        block('b'),
        allow('a'),
      ];
      assert.deepEqual(found(...flow), ['blockWithoutEffect b (t)']);
    });

    it('is found too where a trigger that blocks shares it', () => {
      const flow = [trigger('q', 'b', 'event-after-save'), trigger('t', 'b'), block('b')];
      assert.deepEqual(found(...flow), ['blockWithoutEffect b (q)']);
    });

    it('is not found for a part that both kinds of flow call', () => {
      const shared = [node('x', 'change', [''], { z: 's' }), subflow('s', 'x', 'x')];
      const bySubflow = [
        trigger('q', 'i1', 'event-after-save'),
        node('i1', 'subflow:s', ['']),
        trigger('t', 'i2'),
        node('i2', 'subflow:s', ['b']),
        block('b'),
      ];
      assert.deepEqual(found(...shared, ...bySubflow), []);
      const byLink = [
        node('in', 'link in', ['back'], { z: 'other' }),
        node('back', 'link out', [], { mode: 'return', z: 'other' }),
        trigger('q', 'c1', 'event-after-save'),
        node('c1', 'link call', [''], { links: ['in'] }),
        trigger('t', 'c2'),
        node('c2', 'link call', ['b'], { links: ['in'] }),
        block('b'),
      ];
      assert.deepEqual(found(...byLink), []);
    });

    it('is not found behind a Catch node that a trigger that blocks shares', () => {
      const flow = [
        trigger('q', '', 'event-after-save'),
        trigger('t', ''),
        node('c', 'catch', ['b']),
        block('b'),
      ];
      assert.deepEqual(found(...flow), []);
      assert.deepEqual(found(flow[0], flow[2], flow[3]), ['blockWithoutEffect b (q)']);
    });
  });

  describe('a node that is not known to have finished', () => {
    const behind = (type: string, outputs: string[], ...more: NodeConfig[]) => [
      trigger('t', 'x'),
      node('x', type, outputs),
      ...more,
      block('b'),
    ];

    it('is found in front of a block', () => {
      const later = { func: 'setTimeout(() => node.send(msg), 1)' };
      const suspects: [string, object][] = [
        ['foreign', {}],
        ['trigger', { op2type: 'str' }],
        ['function', later],
        ['switch', { rules: [{ t: 'tail' }] }],
      ];
      for (const [type, settings] of suspects) {
        const flow = [
          trigger('t', 'x'),
          node('x', type, ['if'], settings),
          node('if', 'misp-if-tag', ['b', '']),
          block('b'),
        ];
        assert.deepEqual(found(...flow), ['unfinished x (t)'], type);
      }
    });

    it('is not found when a response follows on every way out', () => {
      const flow = behind('foreign', ['if', 'a'], node('if', 'misp-if-tag', ['b', 'a']), allow('a'));
      assert.deepEqual(found(...flow), []);
      assert.deepEqual(
        found(...behind('foreign', ['log b']), node('log', 'debug')),
        [],
        'beside another wire',
      );
      assert.deepEqual(found(...behind('foreign', ['if'], node('if', 'switch', ['x', 'b']))), [], 'a loop');
      assert.deepEqual(
        found(...behind('foreign', ['b', ''])),
        ['unfinished x (t)'],
        'an output without a wire',
      );
    });

    it('is not found where no block can be reached, or MISP does not wait', () => {
      assert.deepEqual(found(trigger('t', 'x'), node('x', 'foreign', ['y']), node('y', 'debug')), []);
      assert.deepEqual(
        found(
          trigger('t', 'c b'),
          node('c', 'misp-concurrent', ['x']),
          node('x', 'foreign', ['']),
          block('b'),
        ),
        [],
      );
      assert.deepEqual(
        found(trigger('t', 'x', 'event-after-save'), node('x', 'foreign', ['y', 'a']), allow('a')),
        [],
      );
    });

    it('is not found for nodes that are known, and nodes beside the block', () => {
      for (const type of ['change', 'http request', 'misp-filter', 'switch', 'delay', 'join', 'file'])
        assert.deepEqual(found(...behind(type, ['if'], node('if', 'misp-if-tag', ['b', '']))), [], type);
      assert.deepEqual(found(trigger('t', 'b x'), node('x', 'foreign', ['']), block('b')), []);
    });

    it('has words of its own for a node without outputs', () => {
      const flow = [trigger('t', 'x'), node('x', 'foreign'), node('c', 'catch', ['b']), block('b')];
      assert.deepEqual(found(...flow), ['unfinishedEnd x (t)']);
    });

    it('is answered through links, calls and subflows', () => {
      const links = [node('out', 'link out', [], { links: ['in'] }), node('in', 'link in', ['b'])];
      assert.deepEqual(found(...behind('foreign', ['out'], ...links)), []);
      const call = node('call', 'link call', ['b'], { links: ['in'] });
      const back = node('back', 'link out', [], { mode: 'return' });
      assert.deepEqual(
        found(...behind('foreign', ['call'], call, node('in', 'link in', ['back']), back)),
        [],
      );
      assert.deepEqual(
        found(...behind('foreign', ['call'], call, node('in', 'link in', ['y']), node('y', 'debug'))),
        ['unfinished x (t)'],
      );
      const inner = [subflow('s', 'y', 'y'), node('y', 'change', [''], { z: 's' })];
      assert.deepEqual(found(...behind('foreign', ['i'], node('i', 'subflow:s', ['b']), ...inner)), []);
    });

    it('inside a shared part, is answered when all that call it are', () => {
      const part = [subflow('s', 'x', 'x'), node('x', 'foreign', [''], { z: 's' }), block('b')];
      const first = [trigger('t', 'i1'), node('i1', 'subflow:s', ['b'])];
      const second = (to: string) => [
        trigger('u', 'i2'),
        node('i2', 'subflow:s', [to]),
        node('if', 'switch', ['b', '']),
      ];
      assert.deepEqual(found(...part, ...first), []);
      assert.deepEqual(found(...part, ...first, ...second('b')), []);
      assert.equal(found(...part, ...first, ...second('if')).length, 1);
    });
  });

  describe('a node that writes to MISP', () => {
    it('is found in a run before a save', () => {
      const flow = [trigger('t', 'w', 'event-before-save'), node('w', 'misp-tag', ['b']), block('b')];
      assert.deepEqual(found(...flow), ['writeBeforeSave w (t)']);
      assert.deepEqual(found(trigger('t', 'w', 'event-publish'), ...flow.slice(1)), []);
    });

    it('is found beside it too, unless it waits for a while', () => {
      const flow = (first: string) => [
        trigger('t', 'c b', 'event-before-save'),
        node('c', 'misp-concurrent', [first]),
        node('d', 'misp-delay', ['w']),
        node('w', 'misp-tag', ['']),
        block('b'),
      ];
      assert.deepEqual(found(...flow('w')), ['writeBesideBeforeSave w (t)']);
      assert.deepEqual(found(...flow('d')), []);
    });

    it('is not found where MISP is answered at once', () => {
      const write = node('w', 'misp-tag', ['']);
      assert.deepEqual(found(trigger('t', 'w', 'event-before-save', { goOn: 'watch' }), write), []);
      assert.equal(found(trigger('t', 'w', 'event-before-save'), write).length, 1);
    });
  });

  describe('a module name used twice', () => {
    const named = (id: string, module: string, more: object = {}) =>
      trigger(id, '', undefined, { module, ...more });

    it('is found at one listener, or two at one address', () => {
      assert.deepEqual(found(named('a', 'x'), named('b', 'x'), named('c', 'y')), ['moduleTwice a b']);
      const listeners = ['l', 'm'].map((id) => ({
        id,
        type: 'misp-listener',
        host: 'h',
        port: id === 'l' ? '1' : 1,
      }));
      assert.deepEqual(found(...listeners, named('a', 'x'), named('b', 'x', { listener: 'm' })), [
        'moduleTwice a b',
        'portTwice l m',
      ]);
    });

    it('is found in a subflow that is used twice', () => {
      const flow = [subflow('s', 'a', 'a'), named('a', 'x', { z: 's' }), node('i', 'subflow:s', [''])];
      assert.deepEqual(found(...flow), []);
      assert.deepEqual(found(...flow, node('j', 'subflow:s', [''])), ['moduleTwice a']);
    });

    it('is not found at other listeners, on disabled nodes, and for names from the environment', () => {
      assert.deepEqual(found(named('a', 'x'), named('b', 'x', { listener: 'm' })), []);
      assert.deepEqual(found(named('a', 'x'), named('b', 'x', { d: true })), []);
      assert.deepEqual(found(named('a', '${M}'), named('b', '${M}')), []);
    });
  });

  it('has nothing to say of what is normal in Node-RED', () => {
    const flow = [
      trigger('t', 'x log'),
      node('log', 'debug'),
      node('x', 'change', ['if']),
      node('if', 'misp-if-tag', ['b', 'y']),
      node('y', 'switch', ['x', '']),
      node('i', 'inject', ['log']),
      block('b'),
      trigger('q', 'log w', 'event-after-save'),
      node('w', 'misp-tag', ['']),
    ];
    assert.deepEqual(found(...flow), []);
    assert.deepEqual(checkFlow([], knowledge), []);
    assert.deepEqual(found(node('x', 'foreign', ['gone']), trigger('t', 'gone')), []);
  });
});

describe('the cost of the check of a flow', function () {
  this.timeout(30000);
  /** A flow with something of everything; each part has 20 nodes. */
  const large = (parts: number) => {
    const nodes: NodeConfig[] = [
      tab('tab'),
      tab('other'),
      subflow('s', 'in', 'in'),
      node('in', 'foreign', [''], { z: 's' }),
    ];
    for (let part = 0; part < parts; part++) {
      const id = (name: string) => `${name}${part}`;
      nodes.push(
        trigger(id('t'), `${id('x0')} ${id('c')}`, part % 2 ? 'event-before-save' : 'event-after-save', {
          goOn: part % 3 ? 'response' : 'ended',
        }),
        node(id('c'), 'misp-concurrent', [id('w')]),
        node(id('w'), 'misp-tag', ['']),
        node(id('i'), 'subflow:s', [id('if')]),
        node(id('if'), 'misp-if-tag', [`${id('b')} all`, id('out')]),
        node(id('out'), 'link out', [], { links: ['lin'] }),
        node(id('call'), 'link call', [id('i')], { links: ['called'] }),
        node(id('o'), 'catch', [id('b')], { scope: part % 3 ? null : [id('x1_')] }),
        block(id('b')),
        node(id('f'), 'foreign', [`${id('x0')} ${id('call')}`]),
      );
      for (let step = 0; step < 10; step++)
        nodes.push(node(id(`x${step}_`), 'change', [step === 9 ? id('f') : id(`x${step + 1}_`)]));
      nodes.push(node(id('x0'), 'change', [id('x0_')]));
    }
    return [
      ...nodes,
      block('all'),
      node('lin', 'link in', ['all'], { z: 'other' }),
      node('called', 'link in', ['back'], { z: 'other' }),
      node('back', 'link out', [], { z: 'other', mode: 'return' }),
    ];
  };

  /** How often the check reads something of the flow. */
  function readsOf(flow: NodeConfig[]): number {
    let reads = 0;
    const counting = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(object, key, receiver): unknown {
          reads++;
          const value: unknown = Reflect.get(object, key, receiver);
          return typeof value === 'object' && value !== null ? counting(value) : value;
        },
      });
    checkFlow(flow.map(counting), knowledge);
    return reads;
  }

  it('grows with the size of the flow, to 10,000 nodes and beyond', () => {
    const half = large(250);
    const whole = large(500);
    assert.ok(whole.length > 10000);
    const ratio = readsOf(whole) / readsOf(half);
    assert.ok(ratio < 2.1, `twice the flow, ${ratio} times the work`);
    assert.ok(checkFlow(whole, knowledge).length > 500);
  });
});
