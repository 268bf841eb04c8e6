import { strict as assert } from 'node:assert';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { SendMail } from '../../src/actions/plan';
import { MailServer } from '../../src/notify/mail/server';
import type { MailSettings } from '../../src/notify/mail/settings';
import { Deadline } from '../../src/deadline';
import { carryOutMails } from '../../src/notify/mail/carry-out';
import { told } from '../../src/actions/in-words';
import { WorkflowError } from '../../src/text';
import { freePort } from '../support/misp';
import { contentOf, TestMailServer, TLS, type SmtpOptions } from '../support/smtp';

const LOGIN = { user: 'misp', password: 'S3cret-smtp' };
const MEGABYTE = 1024 * 1024;
const mailTo = (to: string[], more: Partial<SendMail> = {}): SendMail => ({
  do: 'send-mail',
  from: 'MISP <misp@example.org>',
  to,
  subject: 'Published',
  text: 'An event',
  ...more,
});
const key = (error: unknown) => (error instanceof WorkflowError ? error.key : String(error));

describe('a mail server', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function smtp(options: SmtpOptions = {}): Promise<TestMailServer> {
    const server = await TestMailServer.start(options);
    open.push({ close: () => server.stop() });
    return server;
  }
  function client(port: number, more: Partial<MailSettings> = {}): MailServer {
    const server = new MailServer({
      host: '127.0.0.1',
      port,
      security: 'starttls',
      verify: true,
      tls: { ca: TLS.cert.toString() },
      from: 'MISP <misp@example.org>',
      connections: 2,
      timeoutMs: 2000,
      ...more,
    });
    open.unshift(server);
    return server;
  }
  const limits = (deadline?: number) => ({ signal: new AbortController().signal, deadline });
  const send = (server: MailServer, mail: SendMail = mailTo(['a@example.org']), deadline?: number) =>
    server.send(mail, [], { ...limits(), deadline: new Deadline(deadline) });
  const carryOut = async (server: MailServer, plan: SendMail[], deadline?: number) => {
    const control = { ...limits(deadline), progress: () => undefined };
    return (await carryOutMails(() => server, MEGABYTE)(plan, control)).map(told);
  };
  /** A server that is none: it does what `serve` does with each connection. */
  async function tcp(serve: (socket: net.Socket) => void): Promise<number> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    });
    return (server.address() as AddressInfo).port;
  }

  const modes: [MailSettings['security'], SmtpOptions, boolean][] = [
    ['starttls', {}, true],
    ['tls', { secure: true }, true],
    ['none', {}, false],
  ];
  for (const [security, options, secure] of modes) {
    it(`takes mails with encryption ${security}, after a login`, async () => {
      const server = await smtp({ login: LOGIN, allowInsecureAuth: security === 'none', ...options });
      const mail = client(server.port, { security, ...LOGIN });
      await mail.verify();
      assert.equal(server.mails.length, 0);
      const { accepted, refused } = await send(mail);
      assert.deepEqual([accepted, refused], [['a@example.org'], []]);
      const [{ from, to, user, secure: wasSecure, headers }] = server.mails;
      assert.deepEqual([from, to, user, wasSecure], ['misp@example.org', ['a@example.org'], 'misp', secure]);
      assert.equal(headers.from, 'MISP <misp@example.org>');
      assert.equal(headers['auto-submitted'], 'auto-generated');
    });
  }

  it('says that user or password are wrong, and does not repeat what the server repeats', async () => {
    const server = await smtp({ login: LOGIN });
    for (const work of [(mail: MailServer) => mail.verify(), (mail: MailServer) => send(mail)]) {
      await assert.rejects(
        work(client(server.port, { user: 'misp', password: 'wr0ng-password' })),
        (error) => {
          assert.equal(key(error), 'mail.login');
          assert.doesNotMatch((error as Error).message, /wr0ng-password/);
          return true;
        },
      );
    }
  });

  it('tells nothing to a server that does not encrypt, or whose certificate is not trusted', async () => {
    const plain = await smtp({ disabledCommands: ['STARTTLS'], login: LOGIN });
    await assert.rejects(send(client(plain.port, LOGIN)), (error) => key(error) === 'mail.tls');
    const own = await smtp();
    await assert.rejects(send(client(own.port, { tls: {} })), (error) => key(error) === 'mail.certificate');
    await assert.rejects(
      send(client(own.port, { security: 'tls' })),
      (error) => key(error) === 'mail.tlsMode',
    );
    await send(client(own.port, { tls: {}, verify: false }));
    assert.deepEqual([plain.mails.length, own.mails.length], [0, 1]);
  });

  it('tells who was refused, and that the others have their mail', async () => {
    const server = await smtp();
    const plan = [mailTo([], { bcc: ['a@example.org', 'refused@example.org', 'c@example.org'] })];
    const [{ state, failures, answer }] = await carryOut(client(server.port), plan);
    assert.equal(state, 'partial');
    assert.deepEqual(failures, [{ item: 'refused@example.org', problem: '550 No such mailbox' }]);
    assert.deepEqual((answer as { accepted: string[] }).accepted, ['a@example.org', 'c@example.org']);
    const [{ to, headers, raw }] = server.mails;
    assert.deepEqual(to, ['a@example.org', 'c@example.org']);
    assert.match(headers.to, /^"?undisclosed-recipients"?:;$/);
    assert.doesNotMatch(raw, /[\s<]a@example|refused@|^bcc:/im);
  });

  it('goes on with the next mail after one whose recipients are all refused', async () => {
    const server = await smtp();
    const plan = [['a@example.org'], ['refused@example.org'], ['c@example.org']].map((to) => mailTo(to));
    const results = await carryOut(client(server.port), plan);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['done', 'failed', 'done'],
    );
    assert.equal(results[1].failures?.[0].item, 'refused@example.org');
    assert.match(results[1].failures?.[0].problem ?? '', /refused the mail: 550/);
    assert.equal(server.mails.length, 2);
  });

  it('is not asked again when it is dead', async () => {
    const port = await freePort();
    const results = await carryOut(client(port, { connections: 1 }), [
      mailTo(['a@b.example']),
      mailTo(['c@d.example']),
    ]);
    for (const { state, failures } of results) {
      assert.equal(state, 'failed');
      assert.match(failures?.[0].problem ?? '', /cannot be reached.*ECONNREFUSED/);
    }
    assert.deepEqual(
      results.map(({ failures }) => failures?.[0].item),
      ['a@b.example', 'c@d.example'],
    );
  });

  it('is given up when it does not greet, or does not take the mail, in time', async () => {
    const silent = await tcp(() => undefined);
    await assert.rejects(send(client(silent, { timeoutMs: 200 })), (error) => key(error) === 'mail.slow');
    const server = await smtp({ delay: 1500 });
    await assert.rejects(
      send(client(server.port, { timeoutMs: 300 })),
      (error) => key(error) === 'mail.slow',
    );
  });

  it('never makes a run wait longer than its deadline allows, also for a free connection', async () => {
    const silent = await tcp(() => undefined);
    const mail = client(silent, { timeoutMs: 20000, connections: 1 });
    const start = Date.now();
    const plan = Array.from({ length: 5 }, (_, index) => mailTo([`u${index}@example.org`]));
    const runs = await Promise.all([carryOut(mail, plan, start + 700), carryOut(mail, plan, start + 700)]);
    assert.ok(Date.now() - start < 700, `${Date.now() - start} ms`);
    for (const results of runs) {
      assert.equal(results.length, 5);
      for (const { failures } of results)
        assert.match(failures?.[0].problem ?? '', /before MISP had to have/);
    }
  });

  it('sends nothing later that was given up while it waited', async () => {
    const server = await smtp({ delay: 400 });
    const mail = client(server.port, { connections: 1 });
    const first = send(mail);
    await assert.rejects(
      send(mail, mailTo(['late@example.org']), Date.now() + 500),
      (error) => key(error) === 'mail.deadline',
    );
    await first;
    await send(mail, mailTo(['next@example.org']));
    assert.deepEqual(
      server.mails.map(({ to: [to] }) => to),
      ['a@example.org', 'next@example.org'],
    );
  });

  it('takes many mails at once over few connections, however long they wait for one', async () => {
    const server = await smtp({ delay: 10 });
    const mail = client(server.port, { timeoutMs: 500 });
    const sent = Array.from({ length: 150 }, (_, index) => send(mail, mailTo([`u${index}@example.org`])));
    await Promise.all(sent);
    assert.equal(new Set(server.mails.map(({ to: [to] }) => to)).size, 150);
    assert.ok(server.connections <= 4, String(server.connections));
  });

  it('does not send a mail twice when the connection breaks behind it', async () => {
    let arrived = 0;
    const port = await tcp((socket) => {
      let isData = false;
      socket.write('220 ready\r\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (isData && text.includes('\r\n.\r\n')) {
          arrived++;
          socket.destroy();
        } else if (isData) return;
        else if (text.startsWith('DATA')) {
          isData = true;
          socket.write('354 go on\r\n');
        } else socket.write('250 OK\r\n');
      });
    });
    await assert.rejects(send(client(port, { security: 'none' })), (error) => key(error) === 'mail.cut');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(arrived, 1);
  });

  it('opens a new connection when the old one was closed meanwhile', async () => {
    const server = await smtp({ socketTimeout: 500 });
    const mail = client(server.port, { connections: 1 });
    await send(mail);
    await new Promise((resolve) => setTimeout(resolve, 800));
    await send(mail);
    assert.deepEqual([server.mails.length, server.connections], [2, 2]);
  });

  it('gives up what is under way when the flow stops', async () => {
    const silent = await tcp(() => undefined);
    const stop = new AbortController();
    const sending = client(silent).send(mailTo(['a@example.org']), [], { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(sending, (error) => key(error) === 'mail.closed');
  });

  it('sends text, HTML and the event, and takes no line break as a header', async () => {
    const server = await smtp();
    const event = { Event: { id: '7', info: 'Größe ✓' } };
    const plan = [
      mailTo(['a@example.org'], {
        subject: 'One\r\nBcc: evil@example.org\r\n\r\nbody',
        html: '<p>An event</p>',
        replyTo: 'cert@example.org',
        attachments: [{ filename: 'x.json\r\nX-Evil: 1', data: event }],
      }),
    ];
    const [{ state }] = await carryOut(client(server.port), plan);
    assert.equal(state, 'done');
    const [{ to, headers, raw }] = server.mails;
    assert.deepEqual(to, ['a@example.org']);
    assert.equal(headers.bcc, undefined);
    assert.equal(headers['reply-to'], 'cert@example.org');
    assert.doesNotMatch(raw, /^(bcc|x-evil):/im);
    assert.match(raw, /text\/plain[\s\S]*An event[\s\S]*text\/html[\s\S]*<p>An event<\/p>/);
    const json = /application\/json[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw)?.[1] ?? '';
    assert.deepEqual(JSON.parse(Buffer.from(json, 'base64').toString()), event);
  });

  it('refuses attachments that are too large, or no JSON, and addresses that are none', async () => {
    const server = await smtp();
    const mail = client(server.port);
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const attached = (data: unknown) => mailTo(['a@example.org'], { attachments: [{ filename: 'x', data }] });
    const results = await carryOut(mail, [
      attached('x'.repeat(MEGABYTE)),
      attached(loop),
      mailTo(['a@example.org\r\nDATA']),
      mailTo([]),
    ]);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['failed', 'failed', 'failed', 'failed'],
    );
    assert.match(results[0].failures?.[0].problem ?? '', /has 1\.0 MB, more than the 1\.0 MB/);
    assert.equal(server.mails.length, 0);
  });

  it('sends a mail without a text, as MISP does', async () => {
    const server = await smtp();
    await send(client(server.port), mailTo(['a@example.org'], { text: '' }));
    assert.equal(contentOf(server.mails[0]), '');
  });

  it('needs a host and a sender', () => {
    assert.throws(() => client(25, { host: '' }), /host of the mail server is missing/);
    for (const from of ['', 'MISP', 'a@b.example, c@d.example', 'x <a@b>\r\nBcc: <c@d.example>'])
      assert.throws(() => client(25, { from }), /sender is missing, or no address/, from);
  });
});
