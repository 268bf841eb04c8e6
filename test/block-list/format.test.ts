import assert from 'node:assert/strict';
import { entriesOf, entryOf, type Entry } from '../../src/block-list/entry';
import { formatted, type ListFormat } from '../../src/block-list/format';
import { sparing } from '../../src/block-list/never';

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
    '0.0.0.0/1',
    '128.0.0.0/7',
    '2000::/3',
    'http://user:key@a.example/',
    'http://a.example/"; sid:1;',
    'http://a.example/x y',
    'http://localhost/',
    'javascript:alert(1)',
    'ftp://a.example/',
    '192.0.2.1/33',
    '192.0.2.1/8/8',
    'fe80::1%eth0\nx',
    '__proto__',
    '',
    '.*',
    'a.'.repeat(500_000),
  ])
    it(`never lists ${JSON.stringify(value.slice(0, 40))}`, () => assert.equal(entryOf(value), undefined));

  it('has one spelling of each', () => {
    for (const [given, value] of [
      ['2001:DB8:0:0::1', '2001:db8::1'],
      ['2001:db8:ffff::1/32', '2001:db8::/32'],
      ['192.0.2.77/24', '192.0.2.0/24'],
      ['192.0.2.77/32', '192.0.2.77'],
      ['HTTPS://Evil.example:443/a', 'https://evil.example/a'],
    ])
      assert.equal(entryOf(given)?.value, value);
  });

  it('takes the parts of composite attributes that can be listed', () => {
    const values = (type: string, value: string) => entriesOf(type, value).map((entry) => entry.value);
    assert.deepEqual(values('domain|ip', 'evil.example|192.0.2.1'), ['evil.example', '192.0.2.1']);
    assert.deepEqual(values('ip-dst|port', '192.0.2.1|443'), ['192.0.2.1']);
    assert.deepEqual(values('ip-dst|port', '192.0.2.1|192.0.2.9'), ['192.0.2.1']);
    assert.deepEqual(values('domain', 'evil.example|192.0.2.1'), []);
  });

  const all = [
    'evil.example',
    '192.0.2.1',
    '192.0.2.0/24',
    '2001:db8::/32',
    '::1',
    'http://evil.example/a?b=(1)',
  ];
  const entries = all.map((value) => entryOf(value) as Entry);
  const written = (format: ListFormat, subdomains = false) =>
    formatted(entries, { name: 'fw', format, subdomains, serial: 17 });

  it('is plain, or as Palo Alto takes it', () => {
    assert.equal(written('plain'), all.map((value) => `${value}\n`).join(''));
    assert.equal(written('edl'), [...all.slice(0, 5), 'evil.example/a?b=(1)', ''].join('\n'));
    const long = entryOf(`http://evil.example/${'x'.repeat(300)}`) as Entry;
    assert.equal(formatted([long], { name: 'fw', format: 'edl', subdomains: false, serial: 1 }), '');
  });

  it('is a hosts file', () => assert.equal(written('hosts'), '0.0.0.0 evil.example\n'));

  it('is expressions that match what is listed, and nothing else', () => {
    const [name, address, , url] = written('regex').split('\n');
    assert.ok(new RegExp(name).test('evil.example') && !new RegExp(name).test('evilxexample'));
    assert.ok(!new RegExp(name).test('a.evil.example'));
    assert.ok(new RegExp(address).test('192.0.2.1') && !new RegExp(address).test('192.0.2.10'));
    assert.ok(new RegExp(url).test('http://evil.example/a?b=(1)'));
    const below = new RegExp(written('regex', true).split('\n')[0]);
    assert.ok(below.test('a.evil.example') && below.test('evil.example') && !below.test('notevil.example'));
  });

  it('is a zone', () => {
    assert.equal(
      written('rpz', true),
      [
        '$TTL 300',
        '@ IN SOA localhost. root.localhost. (17 3600 600 86400 300)',
        '@ IN NS localhost.',
        'evil.example CNAME .',
        '*.evil.example CNAME .',
        '32.1.2.0.192.rpz-ip CNAME .',
        '24.0.2.0.192.rpz-ip CNAME .',
        '32.zz.db8.2001.rpz-ip CNAME .',
        '128.1.zz.rpz-ip CNAME .',
        '',
      ].join('\n'),
    );
    const long = entryOf(`${'a.'.repeat(110)}example`) as Entry;
    assert.doesNotMatch(
      formatted([long], { name: 'fw', format: 'rpz', subdomains: false, serial: 1 }),
      /a\.a/,
    );
  });

  it('is rules, each with a number of its own that it keeps', () => {
    const rules = written('suricata').trim().split('\n');
    assert.match(
      rules[0],
      /^drop dns any any -> any any \(dns\.query; content:"evil\.example"; nocase; startswith; endswith; msg:"Block list fw: evil\.example"; sid:\d+; rev:1;\)$/,
    );
    assert.match(rules[1], /^drop ip any any <> 192\.0\.2\.1 any \(msg:/);
    const numbers = rules.map((rule) => /sid:(\d+)/.exec(rule)?.[1]);
    assert.equal(new Set(numbers).size, 5);
    const later = formatted(entries.slice(1), {
      name: 'fw',
      format: 'suricata',
      subdomains: false,
      serial: 18,
    });
    assert.deepEqual(later.trim().split('\n'), rules.slice(1));
  });

  describe('never lists an exception', () => {
    const spares = sparing(['example.org', '192.0.2.0/24', '2001:db8::53', ' ']);
    const isSpared = (value: string) => spares(entryOf(value) as Entry);

    it('nor what is below, above or around it', () => {
      for (const value of [
        ...['example.org', 'www.example.org', 'http://www.example.org/x'],
        ...[
          '192.0.2.9',
          '192.0.2.0/25',
          '192.0.0.0/16',
          'https://192.0.2.9/',
          '2001:db8::53',
          '2001:db8::/32',
        ],
        'http://[2001:db8::53]/',
      ])
        assert.ok(isSpared(value), value);
    });

    it('and lists others', () => {
      for (const value of [
        'notexample.org',
        'example.org.evil.example',
        '192.0.3.1',
        '2001:db8::54',
        '198.51.100.0/24',
      ])
        assert.ok(!isSpared(value), value);
    });

    it('and says what is none', () => {
      assert.throws(() => sparing(['not a name']), /not a name is no address/);
    });
  });
});
