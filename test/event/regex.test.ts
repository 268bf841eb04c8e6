import assert from 'node:assert/strict';
import { compileRegex, isRegex } from '../../src/event/regex';

const matches = (regex: string, text: string) => compileRegex(regex).test(text);

describe('regular expressions as PCRE has them', () => {
  it('take flags', () => {
    assert.equal(matches('/ABC/i', 'xabcx'), true);
    assert.equal(matches('/^b$/m', 'a\nb\nc'), true);
    assert.equal(matches('/a.b/', 'a\nb'), false);
    assert.equal(matches('/a.b/s', 'a\nb'), true);
    assert.equal(matches('/a b # comment\n c/x', 'abc'), true);
    assert.equal(matches('/b/A', 'ab'), false);
  });

  it('let $ stand before a last line break', () => {
    assert.equal(matches('/a$/', 'a\n'), true);
    assert.equal(matches('/a$/', 'a\n\n'), false);
    assert.equal(matches('/a$/D', 'a\n'), false);
    assert.equal(matches('/[$]/', '$'), true);
  });

  it('compare bytes without the flag u', () => {
    assert.equal(matches('/^.$/', 'é'), false);
    assert.equal(matches('/^.$/u', 'é'), true);
    assert.equal(matches('/é/', 'café'), true);
    assert.equal(matches('/^\\w+$/u', 'été'), true);
  });

  it('know classes, escapes and names of groups', () => {
    assert.equal(matches('/^[[:alpha:]]+$/', 'abc'), true);
    assert.equal(matches('/^\\s$/', '\v'), true);
    assert.equal(matches('/^[\\s]$/', '\v'), true);
    assert.equal(matches('/^\\h\\R$/', '\t\r\n'), true);
    assert.equal(matches('/(?<year>\\d{4})/', '2024'), true);
    assert.equal(matches('/a(?#comment)b/', 'ab'), true);
    assert.equal(matches('/x\\]y/', 'x]y'), true);
    assert.equal(matches('/http:\\/\\//', 'http://x'), true);
    assert.equal(matches('/[]a]/', ']'), true);
  });

  it('give what groups hold, by number and by name', () => {
    const found = compileRegex('/(?P<first>a)(?:b)([)(])(c)?(?<last>d)?(e)?/').exec('xab(d');
    assert.deepEqual(
      [...(found ?? [])],
      [
        ['0', 'ab(d'],
        ['first', 'a'],
        ['1', 'a'],
        ['2', '('],
        ['3', ''],
        ['last', 'd'],
        ['4', 'd'],
      ],
    );
    assert.deepEqual(
      [...(compileRegex('/\\((ü)/').exec('(ü') ?? [])],
      [
        ['0', '(ü'],
        ['1', 'ü'],
      ],
    );
    assert.equal(compileRegex('/a/').exec('b'), undefined);
  });

  it('say whether an expression is one', () => {
    assert.deepEqual(['/a/', '/[/', 'a', '/a/q'].map(isRegex), [true, false, false, false]);
  });
});
