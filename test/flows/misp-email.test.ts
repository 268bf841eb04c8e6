import { strict as assert } from 'node:assert';
import net from 'node:net';
import { READER_KEY } from '../../sandbox/misp/server';
import { USERS } from '../../sandbox/misp/users';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';
import { freePort, listening, query } from '../support/misp';
import { deploy } from '../support/node-red';
import { MAIL_LOGIN, MailNodeTest } from '../support/mail-node';
import { until } from '../support/until';
import { contentOf } from '../support/smtp';

const EVENT = {
  Event: {
    id: '7',
    orgc_id: '2',
    info: 'Harbor',
    Orgc: { name: 'NORTHWIND-SOC' },
    Attribute: [{ type: 'ip-dst', value: '198.51.100.7' }],
    _AttributeFlattened: [{ type: 'ip-dst', value: '198.51.100.7' }],
  },
};
const TO = { recipients: ['anna@example.org'] };

describe('misp-email', function () {
  this.timeout(30000);
  let test: MailNodeTest;
  before(async () => {
    test = await MailNodeTest.start();
  });
  after(() => test.stop());

  const states = () => test.sent[0].misp.result.operations.map(({ state }) => state);
  const mailed = () => test.smtp.mails.flatMap(({ to }) => to).sort();
  const site = USERS.filter(({ Role }) => Role.perm_site_admin).map(({ User }) => User.email);
  const northwind = USERS.filter(({ User }) => User.org_id === '2').map(({ User }) => User.email);
  const northwindAdmins = USERS.filter(({ User, Role }) => User.org_id === '2' && Role.perm_admin);

  it('mails the admins of the MISP, as its own modules do', async () => {
    await test.deploy({ mail_template_body: '{{ Event.Orgc.name }}: {{ Event.info }}' });
    const { payload } = await test.send({ payload: EVENT });
    assert.deepEqual(payload, EVENT);
    assert.deepEqual([test.errors, states()], [[], site.map(() => 'done')]);
    assert.deepEqual(mailed(), [...site].sort());
    const [{ headers, user, secure }] = test.smtp.mails;
    assert.deepEqual(
      [headers.subject, headers.from, user, secure],
      ['Harbor', 'misp@example.org', 'misp', true],
    );
    assert.equal(contentOf(test.smtp.mails[0]), 'NORTHWIND-SOC: Harbor');
  });

  it('mails organisations and their admins, but nobody who is disabled', async () => {
    assert.ok(northwindAdmins.length > 0 && northwind.length > northwindAdmins.length);
    await test.deploy({ recipients: ['Org admins'] });
    await test.send({ payload: EVENT });
    assert.deepEqual(mailed(), northwindAdmins.map(({ User }) => User.email).sort());

    const gone = USERS.find(({ User }) => User.org_id === '2')!.User;
    gone.disabled = true;
    try {
      await test.deploy({ recipients: [], organisations: ['2'] });
      await test.send({ payload: EVENT });
    } finally {
      gone.disabled = false;
    }
    assert.deepEqual(mailed(), northwind.filter((email) => email !== gone.email).sort());
  });

  it('looks users up once a minute, and not at all for addresses', async () => {
    const lookups = () => test.misp.calls.list.filter((call) => call.startsWith('GET /admin/users')).length;
    await test.deploy(TO);
    const before = lookups();
    await test.send({ payload: EVENT });
    assert.equal(lookups(), before);
    await test.deploy({});
    await test.send({ payload: EVENT });
    await test.send({ payload: EVENT });
    assert.equal(lookups(), before + 1);
  });

  it('takes addresses from the message, and refuses what is none or not allowed', async () => {
    await test.deploy({ ...TO, more: 'to', moreType: 'msg', domains: ['example.org'] });
    const to = ['berta@example.org', 'eve@elsewhere.example', 'x@example.org\r\nBcc: y@example.org'];
    const error = await test.fail({ payload: EVENT, to });
    assert.match(error, /2 things were not done.*eve@elsewhere\.example: .*not be in this domain/);
    assert.deepEqual(mailed(), ['anna@example.org', 'berta@example.org']);
    assert.deepEqual(states(), ['partial', 'done']);
  });

  it('names the recipient that the server refuses; the others have their mail', async () => {
    await test.deploy({
      recipients: ['a@example.org', 'refused@example.org', 'c@example.org'],
      delivery: 'bcc',
    });
    assert.match(await test.fail({ payload: EVENT }), /refused@example\.org: 550 No such mailbox/);
    assert.deepEqual(
      [states(), mailed(), test.smtp.mails.length],
      [['partial'], ['a@example.org', 'c@example.org'], 1],
    );
  });

  it('mails only users, if it is told so', async () => {
    await test.deploy({ recipients: [...TO.recipients, site[0].toUpperCase()], onlyUsers: true });
    assert.match(await test.fail({ payload: EVENT }), /anna@example\.org: not the address of an active user/);
    assert.deepEqual(mailed(), [site[0]]);
  });

  it('sends HTML, and the event as MISP imports it', async () => {
    await test.deploy({ ...TO, html: '<p>{{ Event.info|e }}</p>', attach: true, replyTo: 'soc@example.org' });
    await test.send({ payload: EVENT });
    const [{ raw, headers }] = test.smtp.mails;
    assert.equal(headers['reply-to'], 'soc@example.org');
    assert.match(raw, /text\/html[\s\S]*<p>Harbor<\/p>/);
    assert.match(raw, /filename=misp\.event\.7\.json/);
    const json = /Disposition: attachment[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw)?.[1] ?? '';
    const { Event } = JSON.parse(Buffer.from(json, 'base64').toString()) as typeof EVENT;
    assert.deepEqual(
      [Event.info, Event.Attribute, Event._AttributeFlattened],
      ['Harbor', EVENT.Event.Attribute, undefined],
    );
  });

  it('only says what it would send in a dry run, and in a test run', async () => {
    const plan = [
      { do: 'send-mail', from: 'misp@example.org', to: TO.recipients, subject: 'Harbor', text: '' },
    ];
    const runs: [object, object][] = [
      [{ dryRun: true }, {}],
      [{}, { misp: { test: true } }],
    ];
    for (const [settings, more] of runs) {
      await test.deploy({ ...TO, ...settings });
      const { misp } = await test.send({ payload: EVENT, ...more });
      assert.equal(misp.result.dryRun, true);
      assert.deepEqual(
        misp.result.operations.map(({ operation }) => operation),
        plan,
      );
    }
    assert.deepEqual(test.smtp.mails, []);
  });

  const failures: [string, object, object, RegExp][] = [
    [
      'the subject comes out empty',
      { mail_template_subject: '{{ Event.nothing }}' },
      {},
      /subject came out empty/,
    ],
    ['the body comes out empty', { mail_template_body: ' {{ Event.nothing }}\n' }, {}, /mail came out empty/],
    [
      'a template fails',
      { mail_template_body: '\n{{ Nothing.info }}' },
      {},
      /Line 2 of the template: Nothing is missing/,
    ],
    ['nobody is named', { recipients: [] }, {}, /no recipient is given/],
    [
      'a group is empty',
      { recipients: ['Org admins'] },
      { Event: { info: 'x' } },
      /Org admins: MISP has no active user/,
    ],
    [
      'there are too many',
      { recipients: ['a@b.c', 'd@e.f'], most: 1 },
      {},
      /2 addresses, more than the 1 allowed/,
    ],
    [
      'there is no MISP for groups',
      { recipients: ['All admins'], server: '' },
      {},
      /no working MISP is chosen/,
    ],
    ['the key is no admin', { recipients: ['All admins'], key: READER_KEY }, {}, /refuses this to the key/],
    ['there is no mail server', { smtp: false }, {}, /no working mail server/],
    ['the password is wrong', { password: 'SentinelWrongPassword' }, {}, /does not accept user and password/],
    [
      'the attachment is too large',
      { attach: true, mostMegabytes: 1 },
      { Event: { info: 'x', Attribute: ['x'.repeat(2e6)] } },
      /more than the 1\.0 MB/,
    ],
  ];
  for (const [name, settings, payload, expected] of failures) {
    it(`sends nothing, says why and goes on when ${name}`, async () => {
      await test.deploy({ ...TO, ...settings });
      assert.match(await test.fail({ payload: { ...EVENT, ...payload } }), expected);
      assert.deepEqual(test.smtp.mails, []);
    });
  }

  it('stops the path with the error, if it is told so', async () => {
    const port = await freePort();
    await test.deploy({ ...TO, onFailure: 'stop', smtp: { port } });
    test.nodeRed.RED.nodes.getNode('node-tested')?.receive({ payload: EVENT });
    await until(() => test.errors.length > 0);
    assert.match(test.errors[0], /anna@example\.org: The mail server 127\.0\.0\.1:\d+ cannot be reached/);
    assert.deepEqual(test.sent, []);
  });

  it('shows its password nowhere, also when the server repeats it', async () => {
    await test.deploy({ ...TO, password: 'SentinelWrongPassword' });
    await test.fail({ payload: EVENT });
    await test.deploy({ ...TO, smtp: { port: await freePort() } });
    await test.fail({ payload: EVENT });
    await test.deploy(TO);
    await test.send({ payload: EVENT });
    const visible = await test.visible();
    for (const secret of [MAIL_LOGIN.password, 'SentinelWrongPassword']) {
      const forms = [
        secret,
        ...[secret, `\0misp\0${secret}`].map((text) => Buffer.from(text).toString('base64')),
      ];
      for (const form of forms) assert.ok(!visible.includes(form), 'a password is seen');
    }
  });

  for (const [name, serve] of [
    ['says nothing', () => undefined],
    ['never ends a line', (socket: net.Socket) => void setInterval(() => socket.write('2'), 100).unref()],
  ] as const) {
    it(`lets MISP have its answer in time when the mail server ${name}, and reports the error`, async () => {
      const sockets = new Set<net.Socket>();
      const deaf = net.createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        serve(socket);
      });
      await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
      const port = await freePort();
      const smtp = {
        host: '127.0.0.1',
        port: (deaf.address() as net.AddressInfo).port,
        from: 'misp@example.org',
      };
      const flow = [
        tab,
        listener(port),
        trigger(['mail'], { deadline: 1.5 }),
        { id: 'smtp', type: 'misp-mail-server', ...smtp },
        node('mail', 'misp-email', [['stop']], { mailServer: 'smtp', ...TO }),
        block('stop', 'stopped behind the mail'),
        node('catch', 'catch', [['caught']], { scope: ['mail'] }),
        node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
      ];
      await deploy(test.nodeRed.RED, flow, credentials);
      await listening(port);
      test.errors.length = 0;
      const { json, ms } = await query(port, 'test_module', EVENT);
      assert.equal(json.error, 'stopped behind the mail');
      assert.ok(ms < 1500, `${ms} ms`);
      assert.match(test.errors[0], /did not answer before MISP had to have its answer/);
      for (const socket of sockets) socket.destroy();
      deaf.close();
    });
  }
});
