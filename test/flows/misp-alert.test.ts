import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunList, RunPage } from '../../nodes/plugin/api';
import { API_KEY, startStandInMisp } from '../../sandbox/misp/server';
import { example } from '../support/examples';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { call, event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { TestMailServer } from '../support/smtp';

interface Told {
  topic: string;
  payload: {
    cause: string;
    text: string;
    reason: string;
    time: string;
    leftOut: number;
    run?: string;
    trigger?: string;
    module?: string;
    outcome?: string;
    node?: { id: string; type: string; label: string };
    event?: { id: string; uuid: string; info: string };
    count?: number;
    since?: string;
  };
  misp: Record<string, unknown>;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('misp-alert', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let userDir = '';
  let port = 0;
  const told: Told[] = [];
  const causes = () => told.map(({ payload }) => payload.cause);
  const functionGlobalContext = { take: (message: Told) => told.push(message) };

  const start = async () => {
    nodeRed = await startNodeRed({ userDir, settings: { functionGlobalContext } });
  };
  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-alert-'));
    await start();
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    port = await freePort();
    await deploy(nodeRed.RED, [tab], {});
    told.length = 0;
  });

  const take = node('take', 'function', [[]], { func: "global.get('take')(msg); return null;", outputs: 1 });
  const alert = (more: object = {}, wires = ['take']) => node('alert', 'misp-alert', [wires], { ...more });
  const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];
  const code = (name: string, func: string, wires: string[] = []) =>
    node(name, 'function', [wires], { func, outputs: 1 });
  async function deployed(flow: FlowNode[], settings: object = {}, wires?: string[]): Promise<void> {
    await deploy(nodeRed.RED, [tab, listener(port), alert(settings, wires), take, ...flow], credentials);
    await listening(port);
  }
  const ask = (tags: string[] = [], more: object = {}, module = 'test_module') =>
    query(port, module, event(tags, more));
  const admin = async <T>(route: string, body?: object) => {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${route}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as T;
  };
  /** The one message that came, after a moment in which another one could have come. */
  async function only(): Promise<Told> {
    await until(() => told.length > 0, 10_000);
    await sleep(100);
    assert.deepEqual(causes(), [told[0].payload.cause]);
    assert.equal(told[0].topic, told[0].payload.cause);
    return told[0];
  }

  describe('is sent when', () => {
    it('a flow stopped MISP: with the reason, the event, and the run', async () => {
      await deployed(decides);
      assert.equal((await ask(['tlp:green'])).json.error, undefined);
      await ask(['tlp:red'], { info: 'Harbor' });
      const { payload, misp } = await only();
      const { run = '', time } = payload;
      assert.deepEqual(payload, {
        cause: 'blocked',
        text: 'The flow of event-publish (test_module) stopped MISP: blocked by the flow [event 1: Harbor]',
        reason: 'blocked by the flow',
        ...{ time, run, trigger: 'event-publish', module: 'test_module', outcome: 'block', leftOut: 0 },
        node: { id: idOf('trigger'), type: 'misp-trigger', label: 'misp-trigger' },
        event: { id: '1', uuid: '091b3ba9-7144-478d-ae4b-aa4b734b2703', info: 'Harbor' },
      });
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 5000);
      assert.deepEqual(misp, {
        ...{ run, trigger: 'event-publish', module: 'test_module' },
        ...{ blocking: false, test: false },
      });
      const { record } = await admin<RunPage>(`runs/${run}`);
      assert.deepEqual([record.outcome, record.about?.info], ['block', 'Harbor']);
    });

    it('a node failed: which, and not once more that MISP was answered', async () => {
      await deployed([trigger(['breaks']), code('breaks', "throw new Error('no luck');")]);
      await ask();
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.node?.id], ['failed', idOf('breaks')]);
      assert.match(payload.reason, /no luck/);
    });

    it('a node failed after MISP was answered', async () => {
      const late = code('late', "setTimeout(() => node.error('too late', msg), 50);");
      await deployed([trigger(['late'], { trigger: 'event-after-save' }), late]);
      await ask();
      assert.match((await only()).payload.text, /A node failed in a run of event-after-save .*too late/);
    });

    it('time was up', async () => {
      const slow = code('slow', 'setTimeout(() => node.send(msg), 1500);', ['go']);
      await deployed([trigger(['slow'], { version: 2, deadline: 1, onDeadline: 'allow' }), slow, allow()]);
      await ask();
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.outcome], ['deadline', 'allow'], payload.text);
      assert.match(payload.text, /was told to go on/);
    });

    it('the flow ended without an answer', async () => {
      await deployed([trigger(['if'], { version: 2 }), ifTag('if', 'tlp:red', ['stop']), block()]);
      await ask();
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.outcome], ['policy', 'block']);
    });

    it('MISP was answered without a flow', async () => {
      await deployed(decides);
      await deployed([]);
      await ask();
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.outcome, payload.module], ['policy', 'block', 'test_module']);
      assert.match(payload.reason, /is gone from Node-RED/);
      assert.equal(payload.run, undefined);
    });

    it('MISP hung up', async () => {
      const slow = node('slow', 'delay', [['stop']], {
        ...{ pauseType: 'delay', timeout: '2000', timeoutUnits: 'milliseconds' },
      });
      await deployed([trigger(['slow']), slow, block()]);
      const authorization = `Basic ${Buffer.from('misp:secret').toString('base64')}`;
      const request = http.request({ port, path: '/query', method: 'POST', headers: { authorization } });
      request.on('error', () => undefined);
      request.end(JSON.stringify({ module: 'test_module', data: event([]) }));
      await sleep(200);
      request.destroy();
      assert.equal((await only()).payload.cause, 'lost');
    });

    it('somebody came with a wrong password, which is not in the message', async () => {
      await deployed(decides);
      for (const password of ['sentinel-1', 'sentinel-2'])
        await call({ module: 'test_module', data: {} }, { port, password });
      const { payload } = await only();
      assert.equal(payload.cause, 'refused');
      assert.ok((payload.count ?? 0) > 0);
      assert.equal(payload.node?.id, 'listener');
      assert.doesNotMatch(JSON.stringify(told), /sentinel/);
    });

    it('a listener cannot listen', async () => {
      const other = net.createServer().listen(port, '127.0.0.1');
      await deploy(nodeRed.RED, [tab, listener(port), alert(), take, ...decides], credentials);
      const { payload } = await only();
      other.close();
      assert.equal(payload.cause, 'deaf');
      assert.match(payload.reason, /is in use by another program/);
    });

    it('a listener is not set up', async () => {
      await deploy(nodeRed.RED, [tab, listener(port), alert(), take, ...decides], {});
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.node?.id], ['deaf', 'listener']);
    });

    it('MISP has not asked for a time', async () => {
      await deployed(decides, { silence: 4 / 3600 });
      const asking = setInterval(() => void ask(['tlp:green']), 100);
      await sleep(5500);
      clearInterval(asking);
      assert.deepEqual(causes(), [], 'MISP asks');
      await until(() => told.length === 1, 10_000);
      const { payload } = told[0];
      assert.equal(payload.cause, 'silent');
      assert.ok(Date.parse(payload.time) - Date.parse(payload.since ?? '') >= 3900, 'since it asked last');
    });

    it('the history cannot be written', async () => {
      await nodeRed.stop();
      const folder = path.join(userDir, 'misp-workflows/history');
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(path.dirname(folder), { recursive: true });
      writeFileSync(folder, 'a file in the place of the folder');
      await start();
      await deployed(decides);
      const { payload } = await only();
      assert.equal(payload.cause, 'history');
      assert.match(payload.reason, /cannot be written to/);
      rmSync(folder);
      await nodeRed.stop();
      await start();
    });
  });

  it('is not sent for causes that are not ticked', async () => {
    const none = { failed: false, blocked: false, refused: false, policy: false };
    await deployed(decides, none);
    await ask(['tlp:red']);
    await call({ module: 'test_module', data: {} }, { port, password: 'wrong' });
    await sleep(800);
    assert.deepEqual(causes(), []);
  });

  it('is sent once in a time for each cause and trigger; the next one tells how many were left out', async () => {
    const second = trigger(['if'], { module: 'other_module' }, 'second');
    await deployed([...decides, second], { pause: 1.5 / 60 });
    for (let times = 0; times < 4; times++) await ask(['tlp:red']);
    await ask(['tlp:red'], {}, 'other_module');
    await sleep(100);
    assert.deepEqual(
      told.map(({ payload }) => [payload.module, payload.leftOut]),
      [
        ['test_module', 0],
        ['other_module', 0],
      ],
    );
    await sleep(1600);
    await ask(['tlp:red']);
    await until(() => told.length === 3);
    assert.equal(told[2].payload.leftOut, 3);
    assert.match(told[2].payload.text, /3 more of these/);
  });

  it('has always a time between two', async () => {
    const log = collectLog(nodeRed.RED);
    await deployed(decides, { pause: 0 });
    await ask(['tlp:red']);
    await sleep(200);
    log.stop();
    assert.deepEqual(causes(), []);
    assert.match(log.text(), /must be more than nothing/);
  });

  it('is not sent for test runs and replays', async () => {
    await deployed(decides, { pause: 0.0001 });
    await ask(['tlp:red']);
    const { run = '' } = (await only()).payload;
    await admin(`triggers/${idOf('trigger')}/test`, { use: 'received' });
    for (const acts of [false, true]) {
      const { record } = await admin<RunPage>(`runs/${run}/replay`, { acts });
      assert.equal(record.outcome, 'block');
    }
    await sleep(200);
    assert.equal(told.length, 1);
  });

  it('has no data of the event but what it is called', async () => {
    await deployed(decides);
    const attribute = { type: 'text', value: 'sentinel-value' };
    await ask(['tlp:red'], { Attribute: [attribute], Orgc: { name: 'sentinel-org' } });
    await only();
    assert.doesNotMatch(JSON.stringify(told), /sentinel/);
  });

  it('has no secret of a user, also where nothing is kept', async () => {
    const tells = code('tells', "throw new Error('the key ' + msg.payload.User.authkey);");
    const users = trigger(['tells'], { trigger: 'user-after-save', keepSecrets: true });
    for (const keep of ['memory', 'nothing']) {
      told.length = 0;
      const store = { id: 'store', type: 'misp-store', keep };
      await deploy(nodeRed.RED, [tab, store, listener(port), alert(), take, users, tells], credentials);
      await listening(port);
      await query(port, 'test_module', { User: { id: '7', authkey: 'sentinel-key' } });
      const { payload } = await only();
      assert.deepEqual([payload.cause, payload.reason], ['failed', '(hidden)']);
      assert.doesNotMatch(JSON.stringify(told), /sentinel/);
    }
  });

  describe('is never its own cause', () => {
    it('by what fails behind it: the run that it tells of has ended without it', async () => {
      const log = collectLog(nodeRed.RED);
      await deployed([...decides, code('fails', "throw new Error('mail is down');")], { pause: 0.0001 }, [
        'take',
        'fails',
      ]);
      await ask(['tlp:red']);
      const { run } = (await only()).payload;
      await until(() => /mail is down/.test(log.text()));
      log.stop();
      await sleep(300);
      const { record } = await admin<RunPage>(`runs/${run}`);
      assert.deepEqual([record.failed, record.ended, record.outcome], [false, 'known', 'block']);
      assert.ok(!record.way?.nodes.some((id) => [idOf('alert'), idOf('fails')].includes(id)));
      assert.equal(told.length, 1);
    });

    it('by a response behind it, which answers nobody', async () => {
      const hook = node('hook', 'misp-webhook', [['slow']], {
        url: 'http://127.0.0.1:1/',
        onFailure: 'continue',
      });
      const slow = code('slow', 'setTimeout(() => node.send(msg), 600);', ['go']);
      await deployed([trigger(['hook']), hook, slow, allow(), block()], {}, ['take', 'stop']);
      const asked = ask();
      assert.equal((await only()).payload.cause, 'failed', 'while MISP waits');
      assert.equal((await asked).json.error, undefined);
    });

    it('without a bound, where the flow behind it leads MISP to ask again', async () => {
      const again = node('again', 'http request', [[]], {
        ...{ method: 'POST', ret: 'txt', url: `http://127.0.0.1:${port}/query`, authType: 'basic' },
      });
      const asks = code('asks', "msg.payload = { module: 'test_module', data: { Event: {} } }; return msg;", [
        'again',
      ]);
      await deploy(
        nodeRed.RED,
        [tab, listener(port), alert({}, ['take', 'asks']), take, trigger(['stop']), block(), asks, again],
        { ...credentials, [idOf('again')]: { user: 'misp', password: 'secret' } },
      );
      await listening(port);
      await ask();
      await sleep(1500);
      assert.equal(told.length, 1);
      const { counts } = await admin<{ counts: { runs: number }[] }>('runs');
      assert.ok(counts.some(({ runs }) => runs >= 2));
    });
  });

  it('does not hold up the answer, whatever is behind it', async () => {
    const busy = code('busy', 'const end = Date.now() + 700; while (Date.now() < end); return null;');
    await deployed([...decides, busy], {}, ['busy']);
    await ask(['tlp:red']);
    const { rows } = await admin<RunList>('runs');
    assert.ok((rows[0].waited ?? 1000) < 300, String(rows[0].waited));
  });

  it('is sent by one that a redeploy left alone, and of a listener that is new', async () => {
    const flow = () => [tab, listener(port), alert(), take, ...decides];
    await deploy(nodeRed.RED, flow(), credentials);
    await listening(port);
    port = await freePort();
    await deploy(nodeRed.RED, flow(), credentials, 'nodes');
    await listening(port);
    await call({ module: 'test_module', data: {} }, { port, password: 'wrong' });
    assert.equal((await only()).payload.cause, 'refused');
  });

  it('becomes a mail to the admins, as in the example', async () => {
    const mail = await TestMailServer.start({ login: { user: 'misp', password: 'secret' } });
    const misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
    });
    const flow = example('Alert - tell the admins by mail', {
      'misp-mail-server': { host: '127.0.0.1', port: mail.port, verify: false },
      'misp-server': { url: misp.url },
    });
    const known = { user: 'misp', password: 'secret', apiKey: API_KEY };
    const secrets = Object.fromEntries(flow.map(({ id }) => [id, known]));
    await deploy(nodeRed.RED, [tab, listener(port), ...flow, ...decides], { ...secrets, ...credentials });
    await listening(port);
    await ask(['tlp:red'], { info: 'Harbor' });
    await until(() => mail.mails.length > 0, 10_000);
    const [{ headers, raw }] = mail.mails;
    assert.equal(headers.subject, 'MISP workflows: blocked');
    assert.match(raw.replace(/=\r\n/g, ''), /stopped MISP: blocked by the flow \[event 1: Harbor\]/);
    await mail.stop();
    await misp.close();
  });
});
