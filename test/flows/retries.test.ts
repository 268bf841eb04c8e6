import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RetriesState } from '../../nodes/plugin/api';
import { API_KEY, startStandInMisp } from '../../sandbox/misp/server';
import type { Pace } from '../../src/store/protocol';
import type { RetryPart } from '../../src/runs/message';
import { idOf, node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { freePort } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { RetryClock } from '../support/retry-clock';
import { smallDisk } from '../support/small-disk';
import { TroubledDisk } from '../support/troubled-disk';
import { bytesIn } from '../support/store';
import { until } from '../support/until';
import { contentOf, TestMailServer } from '../support/smtp';

/** How soon a disk is looked at again: that of the built package, which Node-RED runs. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the one that is used
const { PACE } = require(path.join(root, 'dist/src/store/protocol')) as { PACE: Pace };

const PASSWORD = 'SentinelRetryPassword';
const EVENT = {
  Event: { id: '7', uuid: '5e6f0a10-0000-4000-8000-000000000007', info: '<img src=x onerror=1>' },
};

interface Seen {
  payload: { Event: { id: string } };
  error?: { message: string };
  misp: { retry?: RetryPart };
}

describe('what is tried again', function () {
  this.timeout(30_000);
  let userDir = '';
  let port = 0;
  let clock: RetryClock;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>> | undefined;
  let smtp: TestMailServer | undefined;
  const sent: Seen[] = [];
  const caught: Seen[] = [];

  beforeEach(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-retry-'));
    port = await freePort();
    clock = new RetryClock();
    sent.length = caught.length = 0;
  });
  afterEach(async () => {
    await nodeRed?.stop();
    nodeRed = undefined;
    await smtp?.stop();
    smtp = undefined;
    clock.giveBack();
    rmSync(userDir, { recursive: true, force: true });
  });

  const globals = {
    take: (message: Seen) => sent.push(message),
    caught: (message: Seen) => caught.push(message),
  };
  async function start(): Promise<void> {
    nodeRed = await startNodeRed({ userDir, settings: { functionGlobalContext: globals } });
  }
  const mail = { mailServer: 'smtp', recipients: ['anna@example.org'], retry: true, retryHours: 6 };
  function flow(settings: object = {}, type = 'misp-email'): FlowNode[] {
    const fields = type === 'misp-email' ? { ...mail, ...settings } : settings;
    const server = { host: '127.0.0.1', port, security: 'starttls', verify: false, timeout: 1 };
    return [
      tab,
      { id: 'smtp', type: 'misp-mail-server', from: 'misp@example.org', ...server },
      node('tested', type, [['take']], { name: '<b>mail</b>', ...fields }),
      node('take', 'function', [[]], { func: "global.get('take')(msg);", outputs: 1 }),
      node('catch', 'catch', [['caught']], { scope: ['tested'] }),
      node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
    ];
  }
  const credentials = { smtp: { user: 'misp', password: PASSWORD } };
  const run = (settings: object = {}) => deploy(nodeRed!.RED, flow(settings), credentials);
  const mailServer = async (more: object = {}) => {
    smtp = await TestMailServer.start({ login: { user: 'misp', password: PASSWORD }, ...more }, port);
  };
  async function send(payload: object = EVENT): Promise<Seen> {
    const before = sent.length;
    nodeRed!.RED.nodes.getNode(idOf('tested'))?.receive({ payload: structuredClone(payload) });
    await until(() => sent.length > before || caught.length > 0);
    return sent[before];
  }
  async function retries(): Promise<RetriesState> {
    return (await (await fetch(`${nodeRed!.url}/admin/misp-workflows/retries`)).json()) as RetriesState;
  }
  const cancel = (id: string) =>
    fetch(`${nodeRed!.url}/admin/misp-workflows/retries/${id}`, { method: 'DELETE' });

  for (const restart of [false, true]) {
    it(`one mail, once, of a mail server that is away for ten minutes${restart ? ', over a restart' : ''}`, async () => {
      await start();
      await run({ mail_template_body: 'Harbor {{ Event.id }}' });
      const { misp } = await send();
      assert.deepEqual(caught, []);
      assert.ok(misp.retry?.next && misp.retry.tries === 0, JSON.stringify(misp.retry));
      await clock.pass(4);
      const [{ tries, problem }] = (await retries()).entries;
      assert.ok(tries >= 2, String(tries));
      assert.match(problem, /cannot be reached/);
      assert.ok(!bytesIn(path.join(userDir, 'misp-workflows/retry')).includes(PASSWORD));
      if (restart) {
        await nodeRed!.stop();
        await clock.pass(1);
        await start();
        await run({ mail_template_body: 'Harbor {{ Event.id }}' });
        await until(async () => (await retries()).count === 1);
        await clock.pass(5);
      } else await clock.pass(6);
      await mailServer();
      assert.deepEqual(smtp!.mails, []);
      await clock.pass(16);
      await until(async () => (await retries()).count === 0);
      assert.deepEqual(smtp!.mails.map(contentOf), ['Harbor 7']);
      await clock.pass(60, 5);
      assert.equal(smtp!.mails.length, 1);
      assert.deepEqual(caught, []);
      const audit = readFileSync(path.join(userDir, 'misp-workflows/audit.jsonl'), 'utf8').trim().split('\n');
      const results = audit.map((line) => (JSON.parse(line) as { result: string }).result);
      assert.deepEqual(results, ['failed', 'done']);
    });
  }

  it('an error when its time is over, with the message, which a Catch node gets once', async () => {
    await start();
    await run({ retryHours: 1 });
    await send();
    await clock.pass(61, 10);
    await until(() => caught.length > 0);
    const [{ error, payload, misp }] = caught;
    assert.match(
      error?.message ?? '',
      /cannot be reached.*tried \d+ times until .* UTC, and is not tried any more/,
    );
    assert.deepEqual([payload.Event.id, misp.retry?.ended, (await retries()).count], ['7', true, 0]);
    await mailServer();
    await clock.pass(60, 5);
    assert.deepEqual([caught.length, smtp!.mails.length], [1, 0]);
  });

  it('nothing, where it is off, and a refusal', async () => {
    await start();
    await run({ retry: false });
    await send();
    await until(() => caught.length > 0);
    assert.equal((await retries()).count, 0);
    assert.ok(!existsSync(path.join(userDir, 'misp-workflows/retry')));
    caught.length = 0;
    await mailServer();
    await run({ recipients: ['refused@example.org'] });
    await send();
    await until(() => caught.length > 0);
    assert.match(caught[0].error?.message ?? '', /550 No such mailbox/);
    assert.equal((await retries()).count, 0);
  });

  it('a mail that the server wants later, for those alone who have it not', async () => {
    let isBusy = true;
    await mailServer({
      onRcptTo: ({ address }: { address: string }, _session: object, done: (error?: Error) => void) => {
        if (!isBusy || !address.startsWith('grey')) return done();
        done(Object.assign(new Error('Greylisted'), { responseCode: 451 }));
      },
    });
    await start();
    await run({ recipients: ['anna@example.org', 'grey@example.org'], delivery: 'bcc' });
    await send();
    assert.deepEqual(
      smtp!.mails.map(({ to }) => to),
      [['anna@example.org']],
    );
    isBusy = false;
    await clock.pass(1);
    await until(async () => (await retries()).count === 0);
    assert.deepEqual(
      smtp!.mails.map(({ to }) => to),
      [['anna@example.org'], ['grey@example.org']],
    );
    assert.deepEqual(caught, []);
  });

  it('no mail that may have arrived: that is said', async () => {
    // It has the whole mail, and says nothing.
    await mailServer({ delay: 60_000, closeTimeout: 1 });
    await start();
    await run();
    await send();
    await until(() => caught.length > 0);
    assert.match(caught[0].error?.message ?? '', /may still send it/);
    assert.equal((await retries()).count, 0);
  });

  it('nothing by a node that was changed or deleted meanwhile; and can be cancelled', async () => {
    await start();
    await run();
    await send();
    await mailServer();
    await run({ recipients: ['eve@example.org'] });
    await clock.pass(2);
    const [{ problem, id, node: name }] = (await retries()).entries;
    assert.match(problem, /its node was changed/);
    assert.equal(name, '<b>mail</b>');
    await deploy(nodeRed!.RED, [tab], {});
    await clock.pass(3);
    assert.match((await retries()).entries[0].problem, /not deployed/);
    assert.deepEqual(await (await cancel('no-such')).json(), { count: 0 });
    assert.deepEqual(await (await cancel(id)).json(), { count: 1 });
    await run();
    await clock.pass(60, 5);
    assert.deepEqual([(await retries()).count, smtp!.mails], [0, []]);
  });

  it('a change in a MISP that was away, also while its breaker is open', async () => {
    const misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    const [event] = (await (
      await fetch(`${misp.url}/events/index`, {
        headers: { Authorization: API_KEY, Accept: 'application/json' },
      })
    ).json()) as { id: string; uuid: string }[];
    const payload = { Event: { id: event.id, uuid: event.uuid, info: 'Harbor', Attribute: [], Tag: [] } };
    const mispPort = Number(new URL(misp.url).port);
    await misp.close();
    await start();
    const tag = { server: 'misp', scope: 'event', action: 'add', locality: 'local', tags: ['tlp:red'] };
    const settings = { ...tag, onFailure: 'continue', retry: true };
    const server = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 2, verify: true };
    const drawn = [...flow(settings, 'misp-tag'), server];
    await deploy(nodeRed!.RED, drawn, { misp: { apiKey: API_KEY } });
    for (let count = 0; count < 5; count++) assert.ok((await send(payload)).misp.retry?.next);
    assert.equal((await retries()).count, 5);
    const back = await startStandInMisp({
      port: mispPort,
      actionService: { url: 'http://127.0.0.1', port: 1 },
    });
    try {
      await clock.pass(3);
      // The breaker counts real time.
      await new Promise((resolve) => setTimeout(resolve, 5200));
      await clock.pass(20, 30);
      await until(async () => (await retries()).count === 0);
      assert.ok(back.calls.list.some((call) => call.startsWith('POST /tags/attachTagToObject')));
      assert.deepEqual(caught, []);
    } finally {
      await back.close();
    }
  });

  it('nothing that holds keys or passwords', async () => {
    await start();
    await run({ mail_template_subject: 'x' });
    await send({ User: { authkey: 'SentinelKey', email: 'a@example.org' } });
    await until(() => caught.length > 0);
    assert.match(caught[0].error?.message ?? '', /It is not tried again: it holds keys or passwords/);
    assert.ok(!bytesIn(path.join(userDir, 'misp-workflows/retry')).includes('SentinelKey'));
  });

  it('what cannot be written is an error at once, and what was kept before is neither lost nor done twice', async function () {
    const disk = TroubledDisk.on(path.join(userDir, 'misp-workflows/retry'));
    if (!disk) return this.skip(); // only root may mount
    let log: ReturnType<typeof collectLog> | undefined;
    const { retryMs } = PACE;
    PACE.retryMs = 300;
    try {
      await start();
      await run({ mail_template_body: 'Harbor {{ Event.id }}' });
      assert.ok((await send()).misp.retry?.next);
      // The disk becomes full: the next one is not kept, the one before is.
      disk.begin('full');
      log = collectLog(nodeRed!.RED);
      await refused(/is full/);
      assert.match(log.text(), /is full, so nothing more is kept to be tried again/);
      assert.deepEqual([(await retries()).count, /is full/.test((await retries()).trouble)], [1, true]);
      log.stop();
      await nodeRed!.stop();
      nodeRed = undefined;
      disk.end('full');
      // It cannot be written to: nothing is tried that could be done twice, nothing more is kept.
      disk.begin('read-only');
      await start();
      log = collectLog(nodeRed!.RED);
      await run({ mail_template_body: 'Harbor {{ Event.id }}' });
      await mailServer();
      await until(async () => (await retries()).trouble !== '');
      await clock.pass(20, 5);
      assert.match((await retries()).trouble, /cannot be written to/);
      assert.match(log.text(), /cannot be written to/);
      assert.deepEqual(smtp!.mails, []);
      await smtp!.stop();
      await refused(/cannot be written to|not open/);
      // It can again: by itself it goes on with what it had, once.
      disk.end('read-only');
      await until(async () => (await retries()).trouble === '', 15_000);
      // What was kept is read when the disk is there.
      await until(async () => (await retries()).count === 1);
      await mailServer();
      // The disk is full while it is done: it is not done again.
      disk.begin('full');
      await clock.pass(20, 20);
      await until(() => smtp!.mails.length > 0);
      await nodeRed!.stop();
      await start();
      await run({ mail_template_body: 'Harbor {{ Event.id }}' });
      await clock.pass(40, 5);
      assert.deepEqual(smtp!.mails.map(contentOf), ['Harbor 7']);
      assert.deepEqual(caught, []);
      await nodeRed!.stop();
      nodeRed = undefined;
    } finally {
      PACE.retryMs = retryMs;
      log?.stop();
      disk.remove();
    }
  });

  /** Something is handed over and not kept: the message is told why. */
  async function refused(why: RegExp): Promise<void> {
    await send();
    await until(() => caught.length > 0);
    const [{ error, misp }] = caught.splice(0);
    assert.match(error?.message ?? '', /cannot be reached.*It is not tried again: /);
    assert.match(error?.message ?? '', why);
    assert.equal(misp.retry, undefined);
  }

  it('what a full disk does not take is an error at once', async function () {
    mkdirSync(path.join(userDir, 'misp-workflows'), { recursive: true });
    const disk = smallDisk(20, path.join(userDir, 'misp-workflows/retry'));
    if (!disk) return this.skip(); // only root may mount
    try {
      await start();
      await run();
      const log = collectLog(nodeRed!.RED);
      await send();
      await until(() => caught.length > 0);
      assert.match(caught[0].error?.message ?? '', /It is not tried again: .*(is full|not open)/);
      assert.match(log.text(), /is full, so nothing more is kept to be tried again/);
      assert.equal((await retries()).count, 0);
      log.stop();
      await nodeRed!.stop();
      nodeRed = undefined;
    } finally {
      disk.remove();
    }
  });
});
