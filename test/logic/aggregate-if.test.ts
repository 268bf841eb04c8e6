import { strict as assert } from 'node:assert';
import { aggregated, aggregateIf, type AggregateIfParams } from '../../src/logic/aggregate-if';
import { soon } from '../support/soon';

const of = (values: unknown, type: string) =>
  aggregated({ aggregation_path: 'list.{n}', aggregation_type: type })({ list: values });
const is = (values: unknown, params: AggregateIfParams) =>
  aggregateIf({ aggregation_path: 'list.{n}', ...params })({ list: values });

describe('IF aggregate', () => {
  it('makes numbers of values as PHP does', () => {
    const odd = ['abc', '12x', ' 3', '-1.5e1y', true, false, [1], [], {}, { a: 0 }, 4.5, '0x10', '', '.5'];
    const numbers = [0, 12, 3, -15, 1, 0, 1, 0, 0, 1, 4.5, 0, 0, 0.5];
    odd.forEach((value, index) => assert.equal(of([value], 'sum'), numbers[index], JSON.stringify(value)));
  });

  it('aggregates', () => {
    const values = ['10', 2, null, 6, undefined, 2];
    const expected = { count: 4, sum: 20, avg: 5, min: 2, max: 10, unique_count: 3, median: 4 };
    for (const [type, number] of Object.entries(expected)) assert.equal(of(values, type), number, type);
    assert.equal(of([3, 1, 2], 'median'), 2);
    assert.equal(of([-1, -2], 'max'), -1);
  });

  it('has an answer for nothing, but for the smallest, the largest and the median', () => {
    for (const type of ['count', 'sum', 'avg', 'unique_count']) assert.equal(of([], type), 0, type);
    for (const type of ['min', 'max', 'median']) {
      assert.equal(of([], type), undefined, type);
      const operators = ['greater', 'less', 'equals', 'not_equals', 'in', 'not_in'];
      for (const operator of operators)
        assert.equal(is([null], { aggregation_type: type, operator, value: '1' }), false);
    }
  });

  it('tells texts apart, and no number from its text', () => {
    assert.equal(of(['a', 'b', 'a', '7', 7, 7.0, '07', { a: 1 }, { a: 1 }, { a: 2 }], 'unique_count'), 6);
    assert.equal(of(['__proto__', 'constructor', 'toString'], 'unique_count'), 3);
  });

  it('compares numbers', () => {
    const cases: [string, string, boolean][] = [
      ['greater', '9', true],
      ['greater', '10', false],
      ['greater_equals', '10', true],
      ['less', '10.5', true],
      ['less_equals', '9.9', false],
      ['equals', '10.0', true],
      ['not_equals', '10', false],
      ['in', '1, 10', true],
      ['not_in', '1,10', false],
    ];
    for (const [operator, value, expected] of cases)
      assert.equal(is([10], { aggregation_type: 'sum', operator, value }), expected, `${operator} ${value}`);
  });

  it('refuses what it does not know, before there is data', () => {
    for (const [params, words] of [
      [{ aggregation_type: 'constructor', value: '1' }, /aggregate\.type/],
      [{ operator: '__proto__', value: '1' }, /aggregate\.operator/],
      [{ value: '' }, /aggregate\.value/],
      [{ value: 'many' }, /aggregate\.value/],
      [{ value: '1,2' }, /aggregate\.value/],
      [{ operator: 'in', value: '1,,2' }, /aggregate\.value/],
    ] as const) {
      assert.throws(
        () => aggregateIf({ aggregation_path: 'a', ...params }),
        (error: { key: string }) => words.test(error.key),
      );
    }
  });

  it('is linear: a million values', async () => {
    const list = Array.from({ length: 1_000_000 }, (_, index) => `${index % 1000}`);
    await soon(10_000, () => {
      for (const type of ['sum', 'min', 'max', 'median', 'unique_count']) of(list, type);
    });
  });

  it('reads a hostile text in linear time', async () => {
    const hostile = [`${'1'.repeat(1_000_000)}e`, ' '.repeat(1_000_000), '9'.repeat(100)];
    await soon(1000, () => of(hostile, 'sum'));
  });
});
