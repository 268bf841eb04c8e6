import { strict as assert } from 'node:assert';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow, type TypeKnowledge } from '../../src/checks/check-flow';

const FIELDS: ReturnType<TypeKnowledge['fieldsOf']> = {
  tags: { kind: 'picker', required: true, orElse: ['clusters'], when: { scope: ['event'] } },
  clusters: { kind: 'picker' },
};
const fields: Record<string, typeof FIELDS> = {
  'misp-if-tag': FIELDS,
  'misp-if': { hash_path: { kind: 'hashpath', when: { language: 'path' } } },
  'misp-attribute': { filter: { kind: 'filter' } },
  'misp-trigger': { listener: { kind: 'config', required: true } },
  'misp-listener': { password: { kind: 'secret', required: true, when: { authentication: true } } },
};
const knowledge: TypeKnowledge = {
  isOurs: (type) => type.startsWith('misp-'),
  writes: () => false,
  fieldsOf: (type) => fields[type] ?? {},
  looksAtAttributes: ({ type, scope }) => type === 'misp-if-tag' && scope === 'attribute',
};

const node = (id: string, type: string, outputs: string[] = [], more: object = {}): NodeConfig => ({
  ...{ id, type, z: 'tab', wires: outputs.map((ids) => ids.split(' ').filter(Boolean)) },
  ...more,
});
const trigger = (to: string, more: object = {}) =>
  node('t', 'misp-trigger', [to], {
    ...{ trigger: 'event-publish', module: 't', listener: 'l', goOn: 'response' },
    ...more,
  });
const listener = { id: 'l', type: 'misp-listener', port: 1, host: '127.0.0.1' };
const block = node('b', 'misp-response', [], { answer: 'block' });
const allow = node('a', 'misp-response', [], { answer: 'allow' });
const condition = (then: string, otherwise: string, more: object = {}) =>
  node('if', 'misp-if-tag', [then, otherwise], { scope: 'event', tags: ['tlp:red'], ...more });
const tab = { id: 'tab', type: 'tab' };
const check = (...nodes: NodeConfig[]) => checkFlow([tab, listener, ...nodes], knowledge);
const found = (...nodes: NodeConfig[]) =>
  check(...nodes)
    .map(({ key, nodes: at, outputs, field }) =>
      [key, ...at, ...(outputs ? [`(${outputs.join()})`] : []), ...(field ? [field] : [])].join(' '),
    )
    .sort();

describe('a way out without an answer, where a response decides', () => {
  it('is an output without a wire', () => {
    assert.deepEqual(found(trigger('if'), condition('b', ''), block), ['wayWithoutAnswer if (1)']);
    assert.deepEqual(found(trigger('if'), condition('b', 'a'), block, allow), []);
    const flow = (goOn: string) => [trigger('if', { goOn }), condition('b', ''), block];
    assert.deepEqual(found(...flow('ended')), []);
  });

  it('is the end of a way, or the node in front of an end', () => {
    const tag = node('tag', 'misp-tag', ['']);
    assert.deepEqual(found(trigger('if'), condition('b', 'tag'), block, tag), ['wayWithoutAnswer tag (0)']);
    const debug = node('d', 'debug');
    assert.deepEqual(found(trigger('if'), condition('b', 'd'), block, debug), ['wayWithoutAnswer if (1)']);
    const aside = node('c', 'misp-concurrent', ['x']);
    const flow = [trigger('if'), condition('b', 'c'), block, aside, node('x', 'debug')];
    assert.deepEqual(found(...flow), ['endWithoutAnswer c']);
  });

  it('is not one that ends beside an answered one', () => {
    const aside = [node('mail', 'misp-email', ['d']), node('d', 'debug')];
    assert.deepEqual(found(trigger('if'), condition('b mail', 'a d'), block, allow, ...aside), []);
    const beside = [trigger('if a'), condition('b', ''), block, allow];
    assert.deepEqual(found(...beside), [], 'an allow beside all of it');
  });

  it('is a switch that may let a message go nowhere', () => {
    const flow = (rules: object[]) => [
      trigger('s'),
      node(
        's',
        'switch',
        rules.map(() => 'b'),
        { rules },
      ),
      block,
    ];
    assert.deepEqual(found(...flow([{ t: 'eq', v: '1' }])), ['switchWithoutOtherwise s']);
    assert.deepEqual(found(...flow([{ t: 'eq', v: '1' }, { t: 'else' }])), []);
    assert.deepEqual(
      found(
        ...flow([
          { t: 'eq', v: '1' },
          { t: 'neq', v: '1' },
        ]),
      ),
      [],
    );
    assert.deepEqual(
      found(
        ...flow([
          { t: 'eq', v: '1' },
          { t: 'neq', v: '2' },
        ]),
      ),
      ['switchWithoutOtherwise s'],
    );
    assert.deepEqual(found(...flow([{ t: 'null' }, { t: 'nnull' }])), []);
    assert.deepEqual(found(...flow([{ t: 'true' }, { t: 'false' }])), ['switchWithoutOtherwise s']);
  });

  it('of an exec node is only the exit code', () => {
    const exec = (code: string) => [trigger('e'), node('e', 'exec', ['', '', code]), block];
    assert.deepEqual(found(...exec('b')), []);
    assert.deepEqual(found(trigger('e b'), node('e', 'exec', ['', '', '']), block), []);
    assert.deepEqual(found(trigger('if'), condition('b', 'e'), block, node('e', 'exec', ['', '', ''])), [
      'wayWithoutAnswer e (2)',
    ]);
  });

  it('is found through links, calls and subflows, where it ends', () => {
    const link = [node('out', 'link out', [], { links: ['in'] }), node('in', 'link in', ['x'])];
    const x = node('x', 'change', ['']);
    assert.deepEqual(found(trigger('if'), condition('b', 'out'), block, ...link, x), [
      'wayWithoutAnswer x (0)',
    ]);
    const inner = node('inner', 'misp-if-tag', ['b', ''], { z: 's', tags: ['x'] });
    const sub = {
      ...{ id: 's', type: 'subflow', in: [{ wires: [{ id: 'inner' }] }] },
      out: [{ wires: [{ id: 'inner', port: 1 }] }],
    };
    const flow = (to: string) => [trigger('i'), node('i', 'subflow:s', [to]), sub, inner, block, allow];
    assert.deepEqual(found(...flow('')), ['unreachedResponse a', 'wayWithoutAnswer i (0)']);
    assert.deepEqual(found(...flow('a')), []);
    const call = [node('call', 'link call', ['a'], { links: ['in'] }), node('in', 'link in', ['y'])];
    const y = node('y', 'misp-if-tag', ['back', ''], { tags: ['x'] });
    const back = node('back', 'link out', [], { mode: 'return' });
    assert.deepEqual(found(trigger('call'), ...call, y, back, allow, block).slice(-1), [
      'wayWithoutAnswer y (1)',
    ]);
  });

  it('is told of a Catch node, where the trigger would let MISP go on after a failure', () => {
    const flow = [condition('b', 'a'), block, allow];
    const caught = (to: string) => node('c', 'catch', [to], { scope: null });
    const lenient = trigger('if', { onError: 'allow' });
    assert.deepEqual(found(lenient, ...flow, caught('d'), node('d', 'debug')), ['catchWithoutAnswer c']);
    assert.deepEqual(found(lenient, ...flow, caught('')), ['catchWithoutAnswer c']);
    assert.deepEqual(found(lenient, ...flow, caught('a')), []);
  });

  it('is no matter of Catch nodes and loops', () => {
    const caught = [node('c', 'catch', ['d'], { scope: null }), node('d', 'debug')];
    assert.deepEqual(found(trigger('if'), condition('b', 'a'), block, allow, ...caught), []);
    const silent = [condition('b', 'a'), block, allow, ...caught];
    assert.deepEqual(found(trigger('if', { onError: 'block' }), ...silent), []);
    const loop = [trigger('x'), node('x', 'change', ['if']), condition('b', 'x'), block];
    assert.deepEqual(found(...loop), []);
  });
});

describe('a trigger whose runs can only end in one way', () => {
  it('never blocks', () => {
    assert.deepEqual(found(trigger('a'), allow), ['neverBlocks t']);
    assert.deepEqual(found(trigger('d', { goOn: 'ended' }), node('d', 'debug')), ['neverBlocks t']);
    assert.deepEqual(found(trigger('d', { goOn: 'watch' }), node('d', 'debug')), []);
    assert.deepEqual(
      found(trigger('d', { trigger: 'event-after-save', goOn: 'response' }), node('d', 'debug')),
      [],
    );
  });

  it('may block by what cannot be seen', () => {
    assert.deepEqual(found(trigger('x'), node('x', 'misp-response', [], { answer: '${ANSWER}' })), []);
    const packaged = [tab, listener, trigger('x', { goOn: 'ended' }), node('x', 'packaged', [''])];
    const keys = (more: object) => checkFlow(packaged, { ...knowledge, ...more }).map(({ key }) => key);
    assert.deepEqual(keys({}), ['neverBlocks']);
    assert.deepEqual(keys({ isOpaque: ({ type }: NodeConfig) => type === 'packaged' }), ['unfinished']);
  });

  it('always blocks', () => {
    assert.deepEqual(found(trigger('d'), node('d', 'debug')), ['alwaysBlocks t']);
    assert.deepEqual(found(trigger('')), ['alwaysBlocks t']);
  });

  it('blocks without effect where the flow only watches', () => {
    const findings = check(trigger('b', { goOn: 'watch' }), block);
    assert.deepEqual(
      findings.map(({ key, nodes, danger }) => [key, nodes, danger]),
      [['blockWithoutEffect', ['b'], true]],
    );
  });

  it('answers too late', () => {
    for (const deadline of [0, 8, '9']) assert.deepEqual(found(trigger('b', { deadline }), block), []);
    for (const deadline of [10, '9.5', 300])
      assert.deepEqual(found(trigger('b', { deadline }), block), ['deadlineTooLong t']);
    assert.deepEqual(
      found(trigger('d', { deadline: 20, trigger: 'event-after-save' }), node('d', 'debug')),
      [],
    );
  });

  it('is to clear where nobody waits for it', () => {
    assert.deepEqual(found(trigger('b', { clears: true, clearServer: 'b' }), block), []);
    const elsewhere = { clears: true, trigger: 'event-before-save' };
    assert.deepEqual(found(trigger('b', elsewhere), block), ['clearsNothing t']);
    assert.ok(found(trigger('b', { clears: true, goOn: 'watch' }), block).includes('clearsNothing t'));
  });
});

describe('a way that ends where nobody expects it', () => {
  it('leads to what is disabled', () => {
    const off = node('x', 'change', ['b'], { d: true });
    assert.deepEqual(found(trigger('if'), condition('b', 'x'), block, off).slice(0, 1), [
      'leadsToDisabled if (1)',
    ]);
    assert.deepEqual(found(trigger('if'), condition('b', 'a x'), block, allow, off), []);
    const away = [{ id: 'off', type: 'tab', disabled: true }, node('in', 'link in', [''], { z: 'off' })];
    const out = node('out', 'link out', [], { links: ['in'] });
    assert.deepEqual(found(trigger('b out'), block, out, ...away), ['leadsToDisabled out (0)']);
  });

  it('stops at a node that found nothing, in front of a block', () => {
    for (const type of ['split', 'csv', 'html', 'rbe', 'exec']) {
      const findings = check(trigger('x', { goOn: 'ended' }), node('x', type, ['b', '', '']), block);
      assert.deepEqual(
        findings.map(({ key, nodes, danger }) => [key, nodes, danger]),
        [['emptyStops', ['x'], false]],
        type,
      );
      const aside = [trigger('x b'), node('x', type, ['d', '', '']), node('d', 'debug'), block];
      assert.deepEqual(found(...aside), [], type);
    }
    assert.deepEqual(
      found(trigger('x', { goOn: 'ended' }), node('x', 'exec', ['b', '', 'b']), block),
      [],
      'the exit code is told',
    );
  });
});

describe('a node that can do nothing', () => {
  it('lacks what is required, unless something stands in for it or it is not in use', () => {
    const lacking = (more: object) =>
      found(trigger('if', { goOn: 'ended' }), condition('b', '', more), block);
    assert.deepEqual(lacking({ tags: [] }), ['lacks if tags']);
    assert.deepEqual(lacking({ tags: undefined }), ['lacks if tags']);
    assert.deepEqual(lacking({ tags: [], clusters: ['x'] }), []);
    assert.deepEqual(lacking({ tags: [], scope: 'other' }), []);
  });

  it('lacks its listener, also if that is gone or disabled', () => {
    for (const listener of ['', 'gone', undefined])
      assert.deepEqual(found(trigger('b', { listener }), block), ['lacks t listener']);
    assert.deepEqual(found(trigger('b', { listener: '${LISTENER}' }), block), []);
    const off = { id: 'm', type: 'misp-listener', d: true };
    assert.deepEqual(found(trigger('b', { listener: 'm' }), off, block), ['lacks t listener']);
  });

  it('lacks its secrets, where it is known which it has', () => {
    const secret = (credentials?: object) => found({ ...listener, authentication: true, credentials });
    assert.deepEqual(secret(), []);
    assert.deepEqual(secret({}), ['lacks l password']);
    assert.deepEqual(secret({ password: '' }), ['lacks l password']);
    assert.deepEqual(secret({ has_password: true }), []);
    assert.deepEqual(secret({ password: 'x' }), []);
  });

  it('compares several values with one', () => {
    const compare = (operator: string, path: string, language = 'path') =>
      found(
        trigger('x'),
        node('x', 'misp-if', ['b', 'a'], { operator, hash_path: path, language }),
        block,
        allow,
      );
    assert.deepEqual(compare('equals', 'Event.Tag.{n}.name'), ['equalsSeveral x hash_path']);
    assert.deepEqual(compare('not_equals', 'Event.Tag.{n}.name'), ['equalsSeveral x hash_path']);
    for (const [operator, path] of [
      ['in', 'Event.Tag.{n}.name'],
      ['equals', 'Event.info'],
    ])
      assert.deepEqual(compare(operator, path), []);
    assert.deepEqual(compare('equals', 'Event.Tag.{n}.name', 'jsonata'), []);
    const filter = { operator: 'equals', path: 'Tag.{n}.name' };
    assert.deepEqual(found(node('x', 'misp-attribute', [''], { filter })), ['equalsSeveral x filter']);
  });

  it('looks at attributes that the trigger does not carry', () => {
    const flow = (more: object, ...between: NodeConfig[]) => [
      trigger(between[0]?.id ?? 'if', { goOn: 'watch', ...more }),
      ...between,
      condition('', '', { scope: 'attribute' }),
    ];
    const thin = { trigger: 'event-after-save' };
    assert.deepEqual(found(...flow(thin)), ['noAttributes if']);
    assert.deepEqual(found(...flow({ ...thin, complete: true })), []);
    assert.deepEqual(found(...flow({ trigger: 'event-publish' })), []);
    assert.deepEqual(found(...flow({ trigger: 'user-after-save', complete: true })), ['noAttributes if']);
    assert.deepEqual(found(...flow(thin, node('r', 'misp-reload', ['if']))), []);
    assert.deepEqual(found(...flow(thin, node('f', 'function', ['if']))), [], 'it may bring them');
    assert.deepEqual(found(...flow(thin, node('j', 'junction', ['if']))), ['noAttributes if']);
  });
});

describe('listeners at one port', () => {
  const at = (id: string, host: string, port: unknown) => ({ id, type: 'misp-listener', host, port });

  it('are found at one address, or if one of them is everywhere', () => {
    assert.deepEqual(found(at('m', '127.0.0.1', '1')), ['portTwice l m']);
    assert.deepEqual(found(at('m', '0.0.0.0', 1)), ['portTwice l m']);
    assert.deepEqual(found(at('m', '10.0.0.1', 1), at('n', '127.0.0.1', 2)), []);
  });
});

describe('an approval that can be passed', () => {
  const approval = node('q', 'misp-approval', ['a', 'x', 'b', 'b']);
  const flow = [approval, allow, block, node('x', 'debug')];
  const passed = (more: object) =>
    check(trigger('q', more), ...flow)
      .filter(({ key }) => key === 'approvalPassed')
      .map(({ nodes, trigger: by, danger }) => [...nodes, by, danger]);

  it('stands behind a trigger that lets MISP go on when the run fails or is late', () => {
    for (const more of [{ onError: 'allow' }, { onDeadline: 'allow' }])
      assert.deepEqual(passed(more), [['q', 't', true]]);
    assert.deepEqual(passed({}), []);
    assert.deepEqual(passed({ onError: 'block', onDeadline: 'block' }), []);
  });

  it('is none where MISP does not wait, or no approval is reached', () => {
    assert.deepEqual(passed({ onError: 'allow', goOn: 'watch' }), []);
    const beside = [trigger('a', { onError: 'allow' }), ...flow];
    assert.ok(check(...beside).every(({ key }) => key !== 'approvalPassed'));
    const strict = { ...trigger('q', { module: 'u' }), id: 'u' };
    assert.deepEqual(
      check(trigger('a', { onError: 'allow' }), strict, ...flow).filter(
        ({ key }) => key === 'approvalPassed',
      ),
      [],
    );
  });
});
