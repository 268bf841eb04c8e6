import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { READ_ONLY_KEY } from '../../sandbox/misp/server';
import { readParams } from '../../src/mapping/convert';
import { caseIn, caseOf } from '../../src/notify/flowintel/case';
import { definitions } from '../support/definitions';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { event as bareEvent, freePort, listening, query } from '../support/misp';
import { MispNodeTest, type NodeSettings, type TestMessage } from '../support/misp-node';
import { deploy, root } from '../support/node-red';
import { eventOf, isWriting, resultOf } from '../support/planned';
import { startReceiver, type Receiver } from '../support/receiver';

const KEY = 'SentinelFlowintelKey0123456789';
const made = (id: unknown) => ({
  status: 201,
  body: { message: `Case created, id: ${String(id)}`, case_id: id },
});

interface Sent {
  title: string;
  description: string;
  ticket_id: string;
  event: { Event: Record<string, unknown> };
  origin_url: string;
}

describe('misp-flowintel', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  let receiver: Receiver;
  /** All that is logged and shown. */
  const seen: string[] = [];
  before(async () => {
    test = await MispNodeTest.start();
    receiver = await startReceiver();
    test.nodeRed.RED.events.on('node-status', (status: object) => seen.push(JSON.stringify(status)));
  });
  after(async () => {
    receiver.close();
    await test.stop();
  });
  beforeEach(() => {
    receiver.script = [made(41)];
    receiver.received.length = 0;
    seen.length = 0;
    for (const event of test.misp.events.values())
      event.Object = event.Object.filter(({ name }) => name !== 'flowintel-case');
  });

  const start = ({ own, ...settings }: NodeSettings = {}) =>
    test.deploy('misp-flowintel', {
      secrets: { [idOf('tested')]: { apiKey: KEY } },
      ...settings,
      own: { url: `${receiver.url}/`, timeout: 5, ...own },
    });
  const message = (): TestMessage => ({ payload: eventOf(test.misp, '2') });
  const cases = () => test.misp.event('2')!.Object.filter(({ name }) => name === 'flowintel-case');
  const asked = () => receiver.received.map(({ json }) => json as Sent);
  const caseOn = ({ misp }: TestMessage) => (misp as { case?: unknown }).case;

  it("makes a case as MISP's module does, and the event refers to it", async () => {
    await start();
    const [sent] = await test.send(message());
    const [{ method, path: asks, headers }] = receiver.received;
    assert.deepEqual([method, asks, headers['x-api-key']], ['POST', '/api/case/create_with_event', KEY]);
    const event = test.misp.event('2')!;
    const [{ title, description, ticket_id, event: data, origin_url }] = asked();
    assert.deepEqual([title, ticket_id], [event.info, event.uuid]);
    assert.equal(description, `Case created for MISP Event ${event.uuid}`);
    assert.equal(data.Event.uuid, event.uuid);
    assert.equal((data.Event.Attribute as unknown[]).length, event.Attribute.length);
    assert.equal(data.Event._AttributeFlattened, undefined);
    assert.equal(origin_url, test.recorder.url);
    const [object] = cases();
    assert.equal(object.template_uuid, '19df57c7-b315-4fd2-84e5-d81ab221425e');
    const url = `${receiver.url}/case/41`;
    assert.deepEqual(
      object.Attribute.map((one) => [one.object_relation, one.type, one.category, one.value, one.to_ids]),
      [
        ['flowintel-url', 'link', 'External analysis', url, false],
        ['case-uuid', 'text', 'Other', '41', false],
        ['title', 'text', 'Other', event.info, false],
      ],
    );
    assert.deepEqual(caseOn(sent), { id: '41', url });
    assert.deepEqual(
      resultOf(sent).operations.map(({ state }) => state),
      ['done', 'done'],
    );
    const { Event } = sent.payload as { Event: { Object: { name: string }[] } };
    assert.ok(Event.Object.some(({ name }) => name === 'flowintel-case'));
  });

  it('makes no second case of an event that refers to one, whatever its title is by now', async () => {
    await start();
    await test.send(message());
    await start({ title: 'another' });
    const [sent] = await test.send(message());
    assert.equal(receiver.received.length, 1);
    assert.deepEqual(resultOf(sent).operations, []);
    assert.deepEqual(caseOn(sent), { id: '41', url: `${receiver.url}/case/41` });
    assert.deepEqual(
      test.calls.filter((call) => !call.startsWith('GET')),
      [],
    );
  });

  it('makes one where the event refers to another Flowintel, or did so once', async () => {
    await start();
    await test.send(message());
    const [object] = cases();
    for (const one of object.Attribute)
      if (one.object_relation === 'flowintel-url') one.value = 'https://o.example/case/1';
    await test.send(message(), 2);
    assert.equal(receiver.received.length, 2);
    for (const one of cases()) Object.assign(one, { deleted: true });
    await test.send(message(), 3);
    assert.equal(receiver.received.length, 3);
  });

  it('asks no MISP where the event is not to refer to the case', async () => {
    await start({ reference: false, own: { server: '' } });
    const [sent] = await test.send({ ...message(), misp: { env: { baseurl: 'https://misp.example' } } });
    assert.deepEqual(test.calls, []);
    assert.equal(asked()[0].origin_url, 'https://misp.example');
    assert.deepEqual(caseOn(sent), { id: '41', url: `${receiver.url}/case/41` });
  });

  it('sends and writes nothing in a dry run and in a test run, and says what it would', async () => {
    for (const [settings, misp] of [
      [{ dryRun: true }, {}],
      [{}, { test: true }],
    ]) {
      await start(settings);
      const [sent] = await test.send({ ...message(), misp });
      const { operations } = resultOf(sent);
      assert.deepEqual(
        operations.map(({ state, operation }) => [state, operation.do]),
        [
          ['planned', 'http-request'],
          ['planned', 'add-to-event'],
        ],
      );
      assert.equal(receiver.received.length, 0);
      assert.deepEqual(test.recorder.calls.filter(isWriting), []);
    }
  });

  it('takes the info where the title comes out empty', async () => {
    await start({ title: '{% if false %}x{% endif %} ' });
    await test.send(message());
    assert.equal(asked()[0].title, test.misp.event('2')!.info);
  });

  it('carries hostile texts as they are: markup, templates, the names of prototypes, a million characters', async () => {
    const hostile = [
      '<script>alert(1)</script>"\n\r\0\u2028',
      "{{ ''.constructor.constructor('return process')() }}{% raw %}",
      '__proto__',
      'a'.repeat(1_000_000),
    ];
    await start({ reference: false });
    for (const info of hostile) {
      const given = message();
      Object.assign((given.payload as { Event: object }).Event, { info });
      await test.send(given, receiver.received.length + 1);
      const { title, event } = asked().at(-1)!;
      assert.equal(title, info.trim());
      assert.equal(event.Event.info, info);
    }
    assert.equal(({} as Record<string, unknown>).info, undefined);
  });

  it("is what MISP's module is in an imported workflow, the key among the credentials", () => {
    const { description } = definitions.find(({ type }) => type === 'misp-flowintel')!;
    const { settings, secrets, unfit } = readParams(description, description.modules[0], {
      ...{ url: 'https://f.example', apikey: KEY, 'create-reference': 'no', 'case-name': '{{ Event.id }}' },
    });
    assert.deepEqual(settings, { url: 'https://f.example', reference: false, title: '{{ Event.id }}' });
    assert.deepEqual([secrets, unfit], [{ apiKey: KEY }, []]);
  });

  it("takes no part of a stranger's address for a case", () => {
    for (const id of [
      '../../login?x=',
      'a b',
      '41/edit',
      '<b>',
      '',
      ' ',
      null,
      [41],
      { a: 1 },
      true,
      -1,
      1.5,
      NaN,
      'x'.repeat(65),
    ])
      assert.equal(caseIn({ case_id: id }, 'https://f.example'), undefined, JSON.stringify(id));
    for (const body of ['41', null, [], 41, undefined])
      assert.equal(caseIn(body, 'https://f.example'), undefined);
    assert.deepEqual(caseIn({ case_id: 'c0ffee-1' }, 'https://f.example'), {
      id: 'c0ffee-1',
      url: 'https://f.example/case/c0ffee-1',
    });
    for (const odd of [
      undefined,
      null,
      'x',
      5,
      [null, 'x', { name: 'flowintel-case' }, { name: 'flowintel-case', Attribute: 'x' }],
    ])
      assert.equal(caseOf({ Object: odd }, 'https://f.example'), undefined);
  });

  it('takes nothing for the case of an event that is no address of one', () => {
    const told = (...values: string[]) =>
      caseOf(
        {
          Object: values.map((value) => ({
            name: 'flowintel-case',
            Attribute: [{ object_relation: 'flowintel-url', value }],
          })),
        },
        'https://f.example',
      );
    const odd = ['', '../login', '41?next=https://evil.example', '<b>', '4 1', 'x'.repeat(65)];
    const links = odd.map((id) => `https://f.example/case/${id}`);
    for (const link of links) assert.equal(told(link), undefined, link);
    // Whoever plants one of these does not hide the one that is real.
    assert.equal(told(...links, 'https://f.example/case/41')?.id, '41');
  });

  describe('what goes wrong', () => {
    const fails = async (settings: NodeSettings = {}): Promise<string> => {
      await start({ onFailure: 'stop', ...settings });
      return test.fail(message());
    };
    /** How Flowintel answers, and what the error must say. */
    const answers: [what: string, script: Receiver['script'][0], says: RegExp][] = [
      [
        'a title that it has',
        { status: 400, body: { message: 'Title already exist' } },
        /case of this title already/,
      ],
      [
        'no title',
        { status: 400, body: { message: 'Please give a title' } },
        /refused .*Please give a title/,
      ],
      ['a wrong key', { status: 403, body: '<html>' }, /does not let us in \(status 403\)/],
      ['nothing there', { status: 404 }, /nothing at this address/],
      ['trouble', { status: 500, body: '<h1>Internal Server Error</h1>' }, /in trouble \(status 500\)/],
      ['another page', { status: 200, body: '<html>Log in</html>' }, /names no case/],
      ['a success without a case', { status: 201, body: { message: 'ok' } }, /names no case/],
      ['the id of something else', made('../../x'), /names no case/],
      [
        'a redirect',
        { status: 302, headers: { Location: 'http://127.0.0.1:1/x?key=1' } },
        /sends us elsewhere/,
      ],
      ['a connection that breaks', 'cut', /may have got the message/],
    ];
    for (const [what, script, says] of answers) {
      it(`${what}: an error that says so, asked once, and nothing is written`, async () => {
        receiver.script = [script];
        assert.match(await fails(), says);
        assert.equal(receiver.received.length, 1);
        assert.equal(test.sent.length, 0);
        assert.deepEqual(test.recorder.calls.filter(isWriting), []);
        assert.deepEqual(cases(), []);
      });
    }

    it('nobody there', async () => {
      assert.match(
        await fails({ own: { url: `http://127.0.0.1:${await freePort()}` } }),
        /cannot be reached/,
      );
    });

    it('no answer in time', async () => {
      receiver.script = ['silent'];
      assert.match(await fails({ own: { timeout: 1 } }), /did not answer in time/);
      assert.equal(receiver.received.length, 1);
    });

    it('a certificate that nobody trusts', async () => {
      const [cert, key] = ['cert.pem', 'key.pem'].map((name) =>
        readFileSync(path.join(root, 'test/fixtures/tls', name)),
      );
      const server = https.createServer({ cert, key }, (_, response) => void response.end('{}'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      assert.match(
        await fails({ own: { url: `https://127.0.0.1:${port}` } }),
        /certificate .* is not trusted/,
      );
      server.close();
    });

    it('goes on by itself, and the error can be caught', async () => {
      receiver.script = [{ status: 500 }];
      await start();
      test.receive(message());
      await until(() => test.sent.length > 0 && test.errors.length > 0);
      assert.match(test.errors[0], /in trouble/);
    });

    it('a case that was made is named where MISP does not take what refers to it', async () => {
      assert.match(
        await fails({ key: READ_ONLY_KEY }),
        /The case http:\/\/127\.0\.0\.1:\d+\/case\/41 was made, but the event does not refer to it: .{10}/,
      );
      assert.deepEqual(cases(), []);
    });

    it('and where MISP is away by then', async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      assert.match(await fails({ url }), /\/case\/41 was made, but .* cannot be reached/);
    });

    it('an event without its attributes makes no case of nothing', async () => {
      await start({ onFailure: 'stop' });
      const payload = { Event: { id: '2', uuid: 'x', info: 'thin', attribute_count: '2' } };
      assert.match(await test.fail({ payload }), /without its attributes/);
      assert.equal(receiver.received.length, 0);
    });

    it('a node without a key or an address says so for each message', async () => {
      await start({ secrets: { [idOf('tested')]: { apiKey: '' } } });
      assert.match(await test.fail(message()), /API key/);
      await start({ own: { url: 'ftp://flowintel' } });
      assert.match(await test.fail(message()), /must begin with https/);
    });
  });

  it('shows its key to nobody, whatever is answered', async () => {
    const log = collectLog(test.nodeRed.RED);
    const echo = { message: `no: ${KEY}`, case_id: KEY };
    for (const script of [
      { status: 400, body: echo },
      { status: 201, body: echo },
      { status: 500, body: KEY },
      'cut',
    ] as const) {
      receiver.script = [script];
      await start();
      test.receive(message());
      await until(() => test.sent.length > 0);
      const { misp } = test.sent[0].message;
      seen.push(JSON.stringify(misp), ...test.errors);
    }
    await start({ dryRun: true });
    seen.push(JSON.stringify(await test.send(message())));
    seen.push(await (await fetch(`${test.nodeRed.url}/admin/flows`)).text());
    log.stop();
    assert.doesNotMatch([...seen, log.text()].join('\n'), /SentinelFlowintel/);
    assert.match(seen.join('\n'), /X-API-KEY/);
  });

  it('is refused before a save, where MISP would wait for itself, and only where it writes', async () => {
    const port = await freePort();
    const answered = async (reference: boolean): Promise<unknown> => {
      await deploy(
        test.nodeRed.RED,
        [
          tab,
          listener(port),
          { id: 'misp', type: 'misp-server', url: test.misp.url, timeout: 2 },
          trigger(['tested'], { trigger: 'event-before-save', goOn: 'ended' }),
          node('tested', 'misp-flowintel', [[]], {
            url: receiver.url,
            server: 'misp',
            reference,
            onFailure: 'stop',
          }),
        ],
        { ...credentials, misp: { apiKey: 'k'.repeat(40) }, [idOf('tested')]: { apiKey: KEY } },
      );
      await listening(port);
      return (await query(port, 'test_module', bareEvent([]))).json;
    };
    assert.match(JSON.stringify(await answered(true)), /waits inside its database/);
    assert.equal(receiver.received.length, 0);
    await answered(false);
    assert.equal(receiver.received.length, 1);
  });
});
