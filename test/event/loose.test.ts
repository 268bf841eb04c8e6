import assert from 'node:assert/strict';
import { looseCompare, looseEquals } from '../../src/event/loose';
import { LooseSet } from '../../src/event/loose-set';
import { textOf } from '../../src/event/values';

const values: unknown[] = [
  ...[
    0,
    1,
    -1,
    1.5,
    10,
    2 ** 60,
    true,
    false,
    null,
    '',
    '0',
    '1',
    '01',
    '1.0',
    ' 1',
    '1 ',
    '1e0',
    '1abc',
    'abc',
  ],
  ...[
    'ABC',
    'true',
    'false',
    'é',
    '9223372036854775807',
    '9223372036854775806',
    [],
    [1],
    ['1'],
    { a: 1 },
    {},
  ],
];

describe('loose comparison', () => {
  it('compares as PHP 8 does', () => {
    const equal: [unknown, unknown][] = [
      [1, '01'],
      [10, '1e1'],
      ['1', '01'],
      [true, 'x'],
      [false, '0'],
      [null, ''],
      [null, []],
      [{ 0: 'a' }, ['a']],
      ['.5', 0.5],
    ];
    const different: [unknown, unknown][] = [
      [0, 'abc'],
      [0, ''],
      [1, '1abc'],
      ['abc', 'ABC'],
      ['0x1A', 26],
      [null, '0'],
      [[], '0'],
      ['9223372036854775807', '9223372036854775806'],
    ];
    for (const [a, b] of equal) assert.ok(looseEquals(a, b), JSON.stringify([a, b]));
    for (const [a, b] of different) assert.ok(!looseEquals(a, b), JSON.stringify([a, b]));
  });

  it('orders texts by their bytes, and arrays behind everything', () => {
    assert.ok(looseCompare('a', 'b') < 0);
    assert.ok(looseCompare('10', '9') > 0);
    assert.ok(looseCompare('\u{1F600}', '\uFFFD') > 0);
    assert.ok(looseCompare([], 'z') > 0);
    assert.ok(looseCompare([1], [1, 2]) < 0);
  });

  it('finds in a set what it finds one by one', () => {
    for (const member of values) {
      const set = new LooseSet([member]);
      for (const value of values) {
        assert.equal(set.has(value), looseEquals(member, value), JSON.stringify([member, value]));
      }
    }
  });

  it('writes numbers as PHP does', () => {
    assert.deepEqual([0.1 + 0.2, 1e20, 1e-7, 12, -0.5].map(textOf), [
      '0.3',
      '1.0E+20',
      '1.0E-7',
      '12',
      '-0.5',
    ]);
  });
});
