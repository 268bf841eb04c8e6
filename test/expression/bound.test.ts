import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { bound, type Expression } from '../../src/expression/bound';
import { soon } from '../support/soon';

const near = createRequire(
  createRequire(require.resolve(process.env.NODE_RED_PATH ?? 'node-red')).resolve('@node-red/util'),
);
const jsonata = near('jsonata') as (source: string) => Expression;

const attributes = Array.from({ length: 100_000 }, (_, index) => ({
  type: 'text',
  value: `v${index % 50_000}`,
}));
const data = {
  payload: { Event: { info: `${'a'.repeat(5000)}!`, Tag: [{ name: 'tlp:red' }], Attribute: attributes } },
};

function evaluate(source: string, mostMs?: number, isBound = true): Promise<unknown> {
  const expression = jsonata(source);
  if (isBound) bound(expression, mostMs);
  return expression.evaluate(data, {});
}
const refusal = async (source: string, mostMs?: number) => {
  try {
    await evaluate(source, mostMs);
    return '';
  } catch (error) {
    return (error as { key?: string }).key ?? String(error);
  }
};

describe('JSONata in bounds', function () {
  this.timeout(30000);

  const SAME = [
    "$match('xabyab', /(a)(b)?/)",
    "$match('xabyab', /(a)(b)?/, 1)",
    "$replace('abcabc', /B/i, 'X')",
    "$replace('2026-11-26', /(\\d+)-(\\d+)/, '$2/$1')",
    "$split('a1b22c', /[0-9]+/)",
    "$contains('line one\nline two', /^line two$/m)",
    "/a/('banana').next().start",
    "$contains('a/b', /\\//)",
    "$distinct([1, '1', {'a': 1, 'b': 2}, {'b': 2, 'a': 1}, 1, null, null])",
    '$distinct(payload.Event.Tag.name)',
    '$distinct(nothing)',
    '$sort([3, 1, 2])',
    "$sort(['b', 'a'])",
    '$sort(7)',
    '$sort([3, 1, 2, 5, 4], function($a, $b) { $a < $b })',
    "$sort([{'n': 1, 'v': 'x'}, {'n': 0, 'v': 'y'}, {'n': 1, 'v': 'z'}], function($a, $b) { $a.n > $b.n }).v",
    '$append([1, 2], [3])',
    '$append(1, nothing)',
    '$append([1], 2)',
    '$reduce([[1], [2, 3]], $append)',
    'payload.Event.Attribute[[0..200]]^(>value).value',
    '$count(payload.Event.Attribute[type = "text"])',
  ];
  for (const source of SAME) {
    it(`gives what JSONata gives: ${source.replaceAll('\n', ' ')}`, async () => {
      const plain = (value: unknown) => JSON.stringify(value);
      assert.equal(plain(await evaluate(source, 20_000)), plain(await evaluate(source, 0, false)));
    });
  }

  const REFUSED: [source: string, key: string][] = [
    ['($f := function() { $f() }; $f())', 'expression.tooSlow'],
    ['$reduce([1..100000], $append)', 'expression.tooSlow'],
    ['($f := function($n) { 1 + $f($n + 1) }; $f(0))', 'expression.tooDeep'],
    ['$eval(payload.Event.info)', 'expression.noEval'],
    ['$contains("a", /(?=a)/)', 'expression.regex'],
    ['$contains("aa", /(a)\\1/)', 'expression.regex'],
    ['$contains("a", /((a{1,100}){1,100}){1,100}/)', 'expression.regex'],
    ['($__evaluate_entry := null; 1)', 'expression.reserved'],
    ['$sort([1, "a"])', 'expression.sort'],
  ];
  for (const [source, key] of REFUSED) {
    it(`refuses ${source}`, async () => {
      const begun = performance.now();
      assert.ok((await refusal(source)).startsWith(key), await refusal(source));
      assert.ok(performance.now() - begun < 10_000);
    });
  }

  it('sorts no more by ^( ) than memory can hold', async () => {
    assert.match(await refusal('payload.Event.Attribute^(>value)'), /expression\.(tooMany|tooSlow)/);
  });

  it('lets functions call themselves a thousand levels deep, and sorts some thousand items by ^( )', async () => {
    assert.equal(
      await evaluate('($f := function($n) { $n > 0 ? 1 + $f($n - 1) : 0 }; $f(1000))', 20_000),
      1000,
    );
    const sorted = await evaluate('payload.Event.Attribute[[0..3999]]^(>value).value', 20_000);
    assert.equal((sorted as string[]).length, 4000);
  });

  it('takes one call of a function of JSONata for one step, which ends by itself', async () => {
    // Longer than a collection of garbage before the call, which a lower limit would take for it.
    const limit = 10;
    const begun = performance.now();
    assert.equal(await refusal('$length($string(payload)) > 0', limit), 'expression.tooSlow');
    assert.ok(performance.now() - begun > 5 * limit);
  });

  it('matches hostile text in linear time', async () => {
    await soon(1000, async () =>
      assert.equal(await evaluate('$contains(payload.Event.info, /^(a+)+$/)'), false),
    );
  });

  it('sorts and makes distinct what a large event holds', async () => {
    await soon(5000, async () => {
      assert.equal(await evaluate('$count($distinct(payload.Event.Attribute.value))', 20_000), 50_000);
      assert.equal(await evaluate('$sort(payload.Event.Attribute.value)[0]', 20_000), 'v0');
    });
  });
});
