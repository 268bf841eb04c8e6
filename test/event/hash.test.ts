import assert from 'node:assert/strict';
import { HashPathError } from '../../src/event/errors';
import { combine, extract, get } from '../../src/event/hash';
import { insert, remove } from '../../src/event/hash-modify';
import { rememberPositions } from '../../src/event/values';
import { soon } from '../support/soon';

const event = {
  Event: {
    info: 'x',
    Tag: [{ name: 'tlp:red' }, { name: 'a.b:c' }],
    Attribute: [
      { id: '1', type: 'ip-dst', to_ids: true },
      { id: '2', type: 'md5', to_ids: false },
    ],
  },
};

describe('hash paths', () => {
  it('get one value, or the fallback', () => {
    assert.equal(get(event, 'Event.Attribute.1.type'), 'md5');
    assert.equal(get(event, 'Event.nothing.here', 'none'), 'none');
    assert.equal(get(event, ['Event', 'Tag', 0, 'name']), 'tlp:red');
  });

  it('extract with wildcards, conditions and regular expressions', () => {
    assert.deepEqual(extract(event, 'Event.Tag.{n}.name'), ['tlp:red', 'a.b:c']);
    assert.deepEqual(extract(event, 'Event.Tag.{n}[name=a.b:c].name'), ['a.b:c']);
    assert.deepEqual(extract(event, 'Event.Tag.{n}[name=/^TLP:/i].name'), ['tlp:red']);
    assert.deepEqual(extract(event, 'Event.Attribute.{n}[to_ids=1].id'), ['1']);
    assert.deepEqual(extract(event, 'Event.info'), ['x']);
  });

  it('hand out what is there, not copies', () => {
    assert.equal(extract(event, 'Event.Attribute'), event.Event.Attribute);
    assert.equal((extract(event, 'Event.Attribute.{n}') as unknown[])[0], event.Event.Attribute[0]);
  });

  it('need a list or an object', () => {
    for (const data of ['text', 5, null, undefined]) {
      assert.throws(() => extract(data, 'a'), { name: 'HashPathError', key: 'notAnArray' });
      assert.throws(() => get(data, 'a'), { name: 'HashPathError', key: 'notAnArray' });
    }
  });

  it('change copies of what lies on the path only', () => {
    const changed = insert(event, 'Event.info', 'y') as typeof event;
    assert.equal(event.Event.info, 'x');
    assert.equal(changed.Event.info, 'y');
    assert.equal(changed.Event.Attribute, event.Event.Attribute);
    const removed = remove(event, 'Event.Attribute.{n}[type=md5]') as typeof event;
    assert.equal(event.Event.Attribute.length, 2);
    assert.equal(removed.Event.Attribute[0], event.Event.Attribute[0]);
    assert.equal(removed.Event.Tag, event.Event.Tag);
  });

  it('know the positions of a shortened list', () => {
    const data = { list: rememberPositions(['b', 'd'], [1, 3]) };
    assert.equal(get(data, 'list.3'), 'd');
    assert.equal(get(data, 'list.0'), null);
    assert.deepEqual(extract(data, 'list.{n}'), ['b', 'd']);
    assert.deepEqual(extract({ x: data.list }, 'x.{n}'), ['b', 'd']);
  });

  it('combine names and values', () => {
    const rows = [
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ];
    assert.deepEqual(combine(rows, '{n}.id', '{n}.name'), { 1: 'a', 2: 'b' });
    assert.throws(() => combine(rows, '{n}.id', '{n}[id=1].name'), { key: 'combineCount' });
  });
});

describe('hash paths and untrusted text', () => {
  const hostile = JSON.parse('{"__proto__": {"a": 1}, "constructor": {"a": 2}, "plain": {"a": 3}}') as object;

  it('never reach __proto__, constructor or inherited properties', () => {
    for (const data of [hostile, {}, [], { x: {} }, { x: [] }]) {
      for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'length', 'hasOwnProperty']) {
        assert.equal(get(data, name), null, name);
        assert.equal(get(data, `x.${name}`), null);
        assert.deepEqual(extract(data, `{*}.${name}`), []);
        assert.deepEqual(extract(data, `${name}.{*}`), []);
        assert.deepEqual(extract(data, `{s}[${name}]`), []);
      }
    }
    assert.deepEqual(extract(hostile, '{s}.a'), [3]);
    assert.deepEqual(extract(hostile, '{*}.{*}'), [3]);
  });

  it('never write under these names', () => {
    for (const path of ['__proto__.polluted', 'a.__proto__', 'constructor.prototype.x', '{s}.__proto__.x']) {
      assert.throws(() => insert({ a: {} }, path, 'yes'), { name: 'HashPathError', key: 'forbiddenKey' });
    }
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    assert.deepEqual(combine([{ k: '__proto__', v: { polluted: 1 } }], '{n}.k', '{n}.v').polluted, undefined);
  });

  it('run regular expressions in linear time', async () => {
    const value = `${'a'.repeat(50_000)}!`;
    await soon(100, () => assert.deepEqual(extract({ x: [{ value }] }, 'x.{n}[value=/(a+)+$/].value'), []));
  });

  it('refuse what needs more than linear time', () => {
    const refused: [string, RegExp][] = [
      ['/(?=a)b/', /look-around/],
      ['/(?<!a)b/', /look-around/],
      ['/(a)\\1/', /a back reference/],
      ['/a++/', /possessive/],
      ['/(?>a)b/', /atomic/],
      ['/(?R)?/', /recursion/],
    ];
    for (const [regex, message] of refused) {
      assert.throws(
        () => extract([{ value: 'x' }], `{n}[value=${regex}]`),
        (error) =>
          error instanceof HashPathError && error.key === 'regexUnsupported' && message.test(error.message),
        regex,
      );
    }
    assert.throws(() => extract([], '{n}[value=/a{5000}/]'), { key: 'regexTooLarge' });
  });

  it('match nothing with a wrong expression', () => {
    assert.deepEqual(extract([{ value: '[' }], '{n}[value=/[/].value'), []);
    assert.deepEqual(extract([{ value: 'a' }], '{n}[value=/a/e].value'), []);
  });

  it('refuse paths that are too long, and stand long ones', () => {
    assert.throws(() => extract({}, 'a.'.repeat(5000)), { key: 'pathTooLong' });
    assert.deepEqual(extract(['x'], Array.from({ length: 900 }, () => '{n}').join('.')), ['x']);
    assert.deepEqual(extract({}, '['.repeat(3999)), []);
  });
});
