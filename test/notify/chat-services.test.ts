import { strict as assert } from 'node:assert';
import { eventCard, type Card } from '../../src/notify/chat/card';
import { CHAT_SERVICES, judgeChat, planChat, type ChatServiceName } from '../../src/notify/chat/chat';
import { botToken } from '../../src/notify/chat/telegram';
import { told } from '../../src/actions/in-words';
import { carryOutRequests } from '../../src/notify/webhook/carry-out';
import { HttpSender } from '../../src/notify/webhook/sender';
import { startReceiver, type Receiver, type Reply } from '../support/receiver';

const TOKEN = '123456:SentinelBotToken';
const PATH = '/services/T000/B000/SentinelWebhookPath';

/** What each service says: success, and its errors by status, in the shapes of its documentation. */
const SHAPES: Record<ChatServiceName, { success: Reply; errors: Record<number, Reply['body']> }> = {
  teams: {
    success: { status: 202 },
    errors: {
      400: {
        error: {
          code: 'TriggerInputSchemaMismatch',
          message: "The input body for trigger 'manual' is wrong.",
        },
      },
      401: {
        error: { code: 'DirectApiAuthorizationRequired', message: 'The request must be authenticated.' },
      },
      404: { error: { code: 'WorkflowNotFound', message: 'The workflow could not be found.' } },
      429: { error: { code: 'TooManyRequests', message: 'Rate limit is exceeded.' } },
      500: { error: { code: 'InternalServerError', message: 'Encountered internal server error.' } },
    },
  },
  'teams-connector': {
    success: { status: 200, body: '1' },
    errors: {
      400: 'Summary or Text is required.',
      401: 'Unauthorized',
      404: 'Webhook not found',
      429: 'Too many requests',
      500: 'Internal error',
    },
  },
  mattermost: {
    success: { status: 200, body: 'ok' },
    errors: {
      400: mattermostError('web.incoming_webhook.parse.app_error', 'Unable to parse incoming data.', 400),
      401: mattermostError('api.context.session_expired.app_error', 'Invalid or expired session.', 401),
      404: mattermostError('web.incoming_webhook.invalid.app_error', 'Invalid webhook.', 404),
      429: 'limit exceeded',
      500: mattermostError('app.post.save.app_error', 'Unable to save the Post.', 500),
    },
  },
  slack: {
    success: { status: 200, body: 'ok' },
    errors: {
      400: 'invalid_payload',
      401: 'invalid_token',
      404: 'no_service',
      429: 'rate_limited',
      500: 'rollup_error',
    },
  },
  telegram: {
    success: { status: 200, body: { ok: true, result: { message_id: 1 } } },
    errors: {
      400: { ok: false, error_code: 400, description: 'Bad Request: chat not found' },
      401: { ok: false, error_code: 401, description: 'Unauthorized' },
      404: { ok: false, error_code: 404, description: 'Not Found' },
      429: {
        ok: false,
        error_code: 429,
        description: 'Too Many Requests: retry after 20',
        parameters: { retry_after: 20 },
      },
      500: { ok: false, error_code: 500, description: 'Internal Server Error' },
    },
  },
  discord: {
    success: { status: 204 },
    errors: {
      400: { message: 'Cannot send an empty message', code: 50006 },
      401: { message: 'Invalid Webhook Token', code: 50027 },
      404: { message: 'Unknown Webhook', code: 10015 },
      429: { message: 'You are being rate limited.', retry_after: 20.5, global: false },
      500: { message: '500: Internal Server Error', code: 0 },
    },
  },
  rocketchat: {
    success: { status: 200, body: { success: true } },
    errors: {
      400: { success: false, error: 'invalid-channel' },
      401: { success: false, error: 'unauthorized' },
      404: { success: false, error: 'Invalid integration id or token provided.' },
      429: { success: false, error: 'Error, too many requests. Please slow down.' },
      500: { success: false, error: 'Internal Server Error' },
    },
  },
};

function mattermostError(id: string, message: string, status: number): object {
  return { id, message, detailed_error: '', request_id: 'x', status_code: status };
}

const CARD: Card = eventCard(
  {
    Event: {
      id: '7',
      info: 'Harbor <!channel> @all [x](https://evil.example) *b* & <b>',
      threat_level_id: '1',
      analysis: '2',
      date: '2026-11-23',
      Orgc: { name: 'CERT <script>' },
      Tag: [{ name: 'tlp:amber' }, { name: 'tlp:red' }, { name: 'kind:@here' }],
      Object: [{}],
      _AttributeFlattened: [{}, {}],
    },
  },
  'https://misp.example.org/',
);

/** A link that is not escaped, in Markdown; a mention or a tag, where services read those. */
const LINK = /[^\\]\[x\]\(https:\/\/evil/;
const TAG = /<!channel>|<script>/;
const ACTS: Record<ChatServiceName, RegExp> = {
  teams: LINK,
  'teams-connector': LINK,
  mattermost: LINK,
  rocketchat: LINK,
  discord: LINK,
  slack: TAG,
  telegram: TAG,
};

/** Without the parts that services show as they are: Slack's plain texts, and a connector's summary. */
function withoutPlain(text: string): string {
  return text.replace(/"type":"plain_text","text":"[^"]*"|"summary":"[^"]*"/g, '');
}

const names = Object.keys(CHAT_SERVICES) as ChatServiceName[];

describe('the chat services', () => {
  let receiver: Receiver;
  let sender: HttpSender;
  before(async () => {
    receiver = await startReceiver();
    const secrets = { webhookUrl: receiver.url + PATH, token: botToken(`bot${TOKEN}`) };
    sender = new HttpSender({ timeoutMs: 2000, verify: true }, secrets);
  });
  beforeEach(() => {
    receiver.received.length = 0;
    receiver.script = [{ status: 200 }];
  });
  after(() => {
    sender.close();
    receiver.close();
  });

  const target = () => ({ chatId: '-100', apiUrl: receiver.url, contentType: 'json' as const });
  const post = async (name: ChatServiceName, content: Card | string = CARD) => {
    const control = { signal: new AbortController().signal, progress() {}, deadline: Date.now() + 2500 };
    const plan = [planChat(name, content, target())];
    const [result] = await carryOutRequests(sender, judgeChat(name))(plan, control);
    return told(result);
  };

  for (const name of names) {
    describe(name, () => {
      const { success, errors } = SHAPES[name];

      it('posts where it should, and knows success', async () => {
        receiver.script = [success];
        assert.equal((await post(name)).state, 'done');
        const [{ method, path, headers }] = receiver.received;
        assert.equal(method, 'POST');
        assert.equal(path, name === 'telegram' ? `/bot${TOKEN}/sendMessage` : PATH);
        assert.match(headers['content-type'] ?? '', /^application\/json/);
      });

      for (const [status, body] of Object.entries(errors)) {
        it(`explains ${status}`, async () => {
          receiver.script = [{ status: Number(status), body }];
          const result = await post(name);
          assert.equal(result.state, 'failed');
          const problem = result.failures?.[0].problem ?? '';
          const said =
            typeof body === 'string'
              ? body
              : /"(?:message|description|error)":"([^"]+)"/.exec(JSON.stringify(body))?.[1];
          assert.ok(problem.includes(said ?? '?'), `${problem} / ${said}`);
          assert.ok(problem.includes(receiver.host) || problem.includes(CHAT_SERVICES[name].name), problem);
          assert.doesNotMatch(JSON.stringify(result), /Sentinel/);
        });
      }

      it('waits when it is asked to', async () => {
        const body =
          typeof errors[429] === 'string'
            ? errors[429]
            : { ...errors[429], retry_after: 0.3, parameters: { retry_after: 1 } };
        receiver.script = [{ status: 429, body }, success];
        assert.equal((await post(name)).state, 'done');
        assert.equal(receiver.received.length, 2);
      });

      it('has all of the card, and nothing that acts', async () => {
        await post(name);
        const [{ text }] = receiver.received;
        for (const part of [
          'Harbor',
          'CERT',
          'High',
          '2026-11-23',
          'TLP:RED',
          'https://misp.example.org/events/view/7',
        ]) {
          assert.ok(text.includes(part), `${part} is missing in ${text}`);
        }
        assert.doesNotMatch(withoutPlain(text), ACTS[name]);
        assert.doesNotMatch(text, /AMBER/);
        if (name === 'mattermost' || name === 'rocketchat') assert.doesNotMatch(text, /@all|@here/);
      });

      it('keeps to the length it takes', async () => {
        await post(name, '😀'.repeat(30_000));
        const most = {
          teams: 28_000,
          mattermost: 16_383,
          slack: 40_000,
          telegram: 4096,
          discord: 2000,
          rocketchat: 5000,
          'teams-connector': Infinity,
        };
        const sent = receiver.received[0];
        const { text, content } = sent.json as { text?: string; content?: string };
        const long = text ?? content;
        if (name === 'teams')
          assert.ok(Buffer.byteLength(sent.text) <= most[name], `${Buffer.byteLength(sent.text)} bytes`);
        else assert.ok(long !== undefined && long.length <= most[name], String(long?.length));
        assert.doesNotMatch(long ?? sent.text, /\p{Surrogate}/u);
      });
    });
  }

  it('an error that comes with a success is one', async () => {
    receiver.script = [{ status: 200, body: { ok: false, error_code: 400, description: 'Bad Request' } }];
    assert.equal((await post('telegram')).state, 'failed');
    receiver.script = [{ status: 200, body: { success: false, error: 'no' } }];
    assert.equal((await post('rocketchat')).state, 'failed');
    receiver.script = [
      {
        status: 200,
        body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      },
    ];
    assert.equal((await post('teams-connector')).state, 'failed');
  });

  it('Telegram gets no half of a tag', async () => {
    await post('telegram', `<b>${'a &amp; '.repeat(1000)}</b>`);
    const { text, parse_mode: mode } = receiver.received[0].json as { text: string; parse_mode?: string };
    assert.equal(mode, undefined);
    assert.ok(text.startsWith('a & a &') && text.length <= 4096);
  });
});
