import assert from 'node:assert/strict';
import { entryOf, type Entry } from '../../src/block-list/entry';
import { formatted } from '../../src/block-list/format';

describe('block list', () => {
  it('takes addresses, networks and names', () => {
    assert.deepEqual(entryOf(' Evil.Example. '), { kind: 'domain', value: 'evil.example' });
    assert.deepEqual(entryOf('192.0.2.1'), { kind: 'ip', value: '192.0.2.1' });
    assert.deepEqual(entryOf('2001:db8::/32'), { kind: 'network', value: '2001:db8::/32' });
  });

  for (const value of [
    'a.example\n0.0.0.0 bank.example',
    'a.example CNAME .',
    '<b>a.example</b>',
    'a.example"; sid:1;',
    '0.0.0.0/0',
    '::/0',
    '192.0.2.1/33',
    '192.0.2.1/8/8',
    'fe80::1%eth0\nx',
    '__proto__',
    '',
    '.*',
    'a.'.repeat(500_000),
  ])
    it(`never lists ${JSON.stringify(value.slice(0, 40))}`, () => assert.equal(entryOf(value), undefined));

  it('writes what a format has words for', () => {
    const entries = ['evil.example', '192.0.2.1', '192.0.2.0/24'].map((value) => entryOf(value) as Entry);
    assert.equal(formatted(entries, 'plain'), 'evil.example\n192.0.2.1\n192.0.2.0/24\n');
    assert.equal(formatted(entries, 'hosts'), '0.0.0.0 evil.example\n');
    assert.equal(formatted(entries, 'regex'), '^evil\\.example$\n^192\\.0\\.2\\.1$\n');
  });
});
