import { strict as assert } from 'node:assert';
import { until } from '../support/until';
import { SendingNodeTest } from '../support/sending-node';

const TOKEN = '123456:SentinelBotToken';
const DATA = {
  Event: {
    id: '7',
    info: 'Harbor',
    threat_level_id: '2',
    Orgc: { name: 'CERT-Example' },
    Tag: [{ name: 'tlp:red' }],
    Attribute: [],
  },
};

describe('misp-chat', function () {
  this.timeout(30000);
  let test: SendingNodeTest;
  before(async () => {
    test = await SendingNodeTest.start();
  });
  after(() => test.stop());
  beforeEach(() => {
    test.receiver.script = [{ status: 200, body: 'ok' }];
  });

  const start = (settings: object, credentials?: object) =>
    test.deploy(
      'misp-chat',
      settings,
      credentials ?? { webhookUrl: `${test.receiver.url}/hooks/SentinelPath0123`, token: TOKEN },
    );
  const telegram = () => ({ service: 'telegram', chatId: '-100', apiUrl: test.receiver.url });

  for (const service of [
    'teams',
    'mattermost',
    'slack',
    'telegram',
    'discord',
    'rocketchat',
    'teams-connector',
  ]) {
    it(`posts a card to ${service}`, async () => {
      test.receiver.script = [{ status: 200, body: service === 'teams-connector' ? '1' : { ok: true } }];
      await start({ ...telegram(), service, mispUrl: 'https://misp.example.org' });
      const { misp } = await test.send({ payload: DATA });
      assert.deepEqual(test.errors, []);
      assert.equal(misp.result.operations[0].state, 'done');
      const [{ path, text }] = test.receiver.received;
      assert.equal(path, service === 'telegram' ? `/bot${TOKEN}/sendMessage` : '/hooks/SentinelPath0123');
      for (const part of ['Harbor', 'CERT-Example', 'TLP:RED', 'https://misp.example.org/events/view/7']) {
        assert.ok(text.includes(part), part);
      }
    });
  }

  it('posts a text of its own, as Telegram takes it', async () => {
    await start(
      { ...telegram(), content: 'text', text: '<b>{{ Event.info|e }}</b>' },
      { token: `bot${TOKEN}` },
    );
    await test.send({ payload: DATA });
    const [{ path, json }] = test.receiver.received;
    assert.equal(path, `/bot${TOKEN}/sendMessage`);
    assert.deepEqual(json, { chat_id: '-100', text: '<b>Harbor</b>', parse_mode: 'HTML' });
  });

  it('posts data as MISP does to a connector of Teams', async () => {
    await start({
      service: 'teams-connector',
      content: 'data',
      path: 'Event.Tag.{n}.name',
      contentType: 'form',
    });
    await test.send({ payload: DATA });
    assert.equal(test.receiver.received[0].text, 'text=%5B%22tlp%3Ared%22%5D');
  });

  it('never sends an empty message', async () => {
    await start({ service: 'slack', content: 'text', text: '{{ Event.missing }}' });
    await test.send({ payload: DATA });
    await until(() => test.errors.length === 1);
    assert.match(test.errors[0], /empty/);
    assert.equal(test.receiver.received.length, 0);
  });

  it('says what is missing when it is deployed', async () => {
    for (const settings of [{ service: 'slack' }, telegram(), { ...telegram(), chatId: '' }]) {
      test.seen.length = 0;
      const token = 'chatId' in settings && settings.chatId === '' ? { token: TOKEN } : {};
      await start(settings, token);
      await until(() => test.seen.some((line) => /is missing/.test(line)));
    }
  });

  it('only shows what it would post in a dry run', async () => {
    await start({ service: 'mattermost', dryRun: true });
    const { misp } = await test.send({ payload: DATA });
    assert.deepEqual(misp.result.operations[0].operation.url, [{ secret: 'webhookUrl' }]);
    assert.equal(test.receiver.received.length, 0);
  });

  it('waits when Telegram asks to, as long as MISP waits', async () => {
    const busy = {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 1 },
    };
    test.receiver.script = [
      { status: 429, body: busy },
      { status: 200, body: { ok: true } },
    ];
    await start(telegram());
    const message = { payload: DATA, misp: { blocking: true, deadline: Date.now() + 5000 } };
    assert.equal((await test.send(message)).misp.result.operations[0].state, 'done');
    test.clear();
    test.receiver.script = [{ status: 429, body: busy }];
    const started = Date.now();
    await test.send({ payload: DATA, misp: { blocking: true, deadline: started + 900 } });
    assert.ok(Date.now() - started < 900);
    await until(() => test.errors.length === 1);
    assert.equal(test.receiver.received.length, 1);
  });

  it('goes on when the service is down, and the error can be caught', async () => {
    test.receiver.script = ['cut'];
    await start({ service: 'discord' });
    await test.send({ payload: DATA });
    await until(() => test.errors.length === 1);
    assert.match(test.errors[0], /127\.0\.0\.1:\d+/);
  });

  it('shows its secrets to nobody', async () => {
    for (const settings of [{ service: 'slack' }, telegram()]) {
      await start(settings);
      test.receiver.script = [
        { status: 404, body: `no bot${TOKEN} nor SentinelPath0123` },
        'cut',
        { status: 500 },
      ];
      for (let count = 0; count < 3; count++) await test.send({ payload: DATA });
      assert.doesNotMatch(await test.visible(), /Sentinel/);
    }
  });
});
