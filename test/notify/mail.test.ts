import { strict as assert } from 'node:assert';
import type { UserAccount } from '../../src/misp/accounts';
import { addressesIn, isAddress, senderOf } from '../../src/notify/mail/addresses';
import { planMails, type MailParams } from '../../src/notify/mail/compose';
import { resolveRecipients } from '../../src/notify/mail/recipients';
import { soon } from '../support/soon';

const user = (id: string, email: string, org: string, more: Partial<UserAccount> = {}): UserAccount => ({
  id,
  email,
  organisation: { id: org, name: `ORG-${org}` },
  siteAdmin: false,
  orgAdmin: false,
  ...more,
});
const accounts = [
  user('1', 'admin@misp.example', '1', { siteAdmin: true, orgAdmin: true }),
  user('2', 'orgadmin@cert.example', '2', { orgAdmin: true }),
  user('3', 'Analyst@cert.example', '2'),
  user('4', 'orgadmin@isac.example', '3', { orgAdmin: true }),
];

describe('addresses of mails', () => {
  it('are plain addresses', () => {
    const long = `${'x'.repeat(65)}@example.org`;
    for (const good of ['a@b', "o'neill+misp@sub.example.org", 'größe@exämple.org', 'a.b-c_d@1.example'])
      assert.ok(isAddress(good), good);
    for (const bad of [
      ...['', 'a', '@b', 'a@', 'a b@c.d', 'a@b c', 'A <a@b.c>', '"a"@b.c', 'a@b@c.d', 'a@b,c@d', 'a@b;c@d'],
      ...[
        'a@b\r\nBcc: c@d',
        'a@b\n',
        'a\0@b.c',
        'a@[127.0.0.1]',
        'a@b..c',
        'a@-b.c',
        'a@b.c:25',
        'a@b.c.',
        long,
      ],
      ...['a\u2028@b.c', 'a\u200b@b.c', 'group:a@b.c;', 'a@b.c (x)', `a@${'x'.repeat(260)}`],
    ])
      assert.ok(!isAddress(bad), JSON.stringify(bad));
  });

  it('are checked in a time that does not grow beyond their length', async () => {
    const long = [`a@${'b-'.repeat(120)}`, `a@${'b.'.repeat(120)}`, 'x'.repeat(5_000_000)];
    await soon(1000, () => {
      for (const text of long) isAddress(text);
      addressesIn(','.repeat(1_000_000));
    });
  });

  it('stand in a text, or in a list', () => {
    assert.deepEqual(addressesIn(' a@b.c, d@e.f;\n'), ['a@b.c', 'd@e.f']);
    assert.deepEqual(addressesIn(['a@b.c', 'd@e.f, g@h.i', 7, null, {}]), ['a@b.c', 'd@e.f', 'g@h.i']);
    for (const value of [undefined, null, 7, {}, [[]], '']) assert.deepEqual(addressesIn(value), []);
  });

  it('of a sender may have a name', () => {
    assert.deepEqual(senderOf(' MISP, our <misp@example.org> '), {
      name: 'MISP, our',
      address: 'misp@example.org',
    });
    assert.deepEqual(senderOf('misp@example.org'), { name: '', address: 'misp@example.org' });
    for (const bad of ['MISP', 'a <b>', 'a\r\nX: <b@c.d>', 'a@b.c <d@e.f', '<a@b.c> x'])
      assert.equal(senderOf(bad), undefined, bad);
  });
});

describe('recipients of mails', () => {
  const event = { Event: { orgc_id: '2' } };
  const emails = (recipients: string[], data: unknown = event, more: object = {}) =>
    resolveRecipients({ recipients, ...more }, accounts, data).addresses;
  const refused = (recipients: string[], data: unknown = event, more: object = {}) =>
    resolveRecipients({ recipients, ...more }, accounts, data).refused.map(({ item }) => item);

  it("are MISP's groups", () => {
    assert.equal(emails(['All accounts']).length, 4);
    assert.deepEqual(emails(['All admins']), ['admin@misp.example']);
    assert.deepEqual(emails(['Org admins']), ['orgadmin@cert.example']);
    assert.deepEqual(emails(['Org admins'], { Log: { user_id: '4' } }), ['orgadmin@isac.example']);
    assert.deepEqual(emails(['Org admins', 'All admins']), ['admin@misp.example', 'orgadmin@cert.example']);
  });

  it('are organisations, by id or name, and addresses, once each', () => {
    assert.deepEqual(emails(['x@y.z', 'ANALYST@cert.example'], event, { organisations: ['ORG-2', '3'] }), [
      'orgadmin@cert.example',
      'Analyst@cert.example',
      'orgadmin@isac.example',
      'x@y.z',
    ]);
  });

  it('are named when they cannot be found', () => {
    assert.deepEqual(refused(['Org admins'], { Log: { user_id: '0' } }), ['Org admins']);
    assert.deepEqual(refused(['Org admins'], { Attribute: {} }), ['Org admins']);
    assert.deepEqual(refused(['All admins'], event, { organisations: ['99'] }), ['99']);
    assert.deepEqual(refused(['x@y.z', 'analyst@cert.example']), []);
  });

  it('are users only, if nobody else may be told', () => {
    const only = { onlyUsers: true, more: ['orgadmin@isac.example', 'evil@elsewhere.example'] };
    assert.deepEqual(emails(['x@y.z', 'analyst@cert.example'], event, only), [
      'Analyst@cert.example',
      'orgadmin@isac.example',
    ]);
    assert.deepEqual(refused(['x@y.z'], event, only), ['x@y.z', 'evil@elsewhere.example']);
  });
});

describe('the plan of mails', () => {
  const params: MailParams = {
    from: 'misp@example.org',
    subject: 'Published',
    text: 'An event',
    delivery: 'each',
    most: 3,
  };

  it('has a mail for each, or one for all', () => {
    const known = ['a@b.c', 'd@e.f'];
    const mail = { do: 'send-mail', from: 'misp@example.org', subject: 'Published', text: 'An event' };
    assert.deepEqual(planMails(params, { known }), [
      { ...mail, to: ['a@b.c'] },
      { ...mail, to: ['d@e.f'] },
    ]);
    assert.deepEqual(planMails({ ...params, delivery: 'bcc' }, { known }), [{ ...mail, to: [], bcc: known }]);
  });

  it('holds the data by reference', () => {
    const data = { Event: {} };
    const [mail] = planMails({ ...params, attach: { filename: 'x', data } }, { known: ['a@b.c'] });
    assert.equal(mail.attachments?.[0].data, data);
  });

  it('has a subject of one line', () => {
    const subjectOf = (subject: string) => planMails({ ...params, subject }, { known: ['a@b.c'] })[0].subject;
    assert.equal(subjectOf(' a\r\nBcc: x@y.z\u2028b\0c\u0085 '), 'a Bcc: x@y.z b c');
    assert.equal(subjectOf('x'.repeat(5000)).length, 400);
    for (const empty of ['', '0', ' \n ']) assert.throws(() => subjectOf(empty), /subject came out empty/);
  });

  it('refuses what is no address, and what the message may not name, and says so', () => {
    const to = {
      known: ['own@cert.example'],
      given: ['a@CERT.example', 'b@evil.example', 'x\r\nRCPT TO: <y@z>', 'own@cert.example'],
      domains: ['@cert.example'],
    };
    const [first, second, ...others] = planMails(params, to);
    assert.deepEqual([first.to, second.to, others], [['own@cert.example'], ['a@CERT.example'], []]);
    assert.deepEqual(
      first.refused?.map(({ item }) => item),
      ['b@evil.example', 'x␤RCPT TO: <y@z>'],
    );
    assert.equal(second.refused, undefined);
  });

  it('is an error when nobody is left, or too many are meant', () => {
    assert.throws(() => planMails(params, { known: [] }), /no recipient is given/);
    assert.throws(() => planMails(params, { known: ['evil'] }), /cannot be used is evil: this is not a mail/);
    const refused = [{ item: 'Org admins', problem: 'none' }];
    assert.throws(() => planMails(params, { known: [], refused }), /is Org admins: none/);
    const known = ['a@b.c', 'd@e.f', 'g@h.i', 'j@k.l'];
    assert.throws(() => planMails(params, { known }), /4 addresses, more than the 3 allowed/);
    assert.throws(
      () => planMails({ ...params, replyTo: 'a b' }, { known: ['a@b.c'] }),
      /address to reply to/,
    );
  });
});
