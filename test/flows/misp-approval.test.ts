import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addTag } from '../../sandbox/misp/rest/tag-objects';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { ADMIN, ANALYST_KEY, ORG_ADMIN_KEY, PUBLISHER, PUBLISHER_KEY } from '../../sandbox/misp/users';
import type { Approval } from '../../src/approval/approval';
import { ExampleTest } from '../support/examples';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { forkNodeRed } from '../support/node-red-process';
import { contentOf, TestMailServer } from '../support/smtp';

type Told = Record<string, unknown> & { misp: { approval: Record<string, unknown> } };
interface Answer {
  problem?: string;
  outcome?: string;
  why?: string;
  you?: string;
  author?: string;
  event?: Approval['event'];
  findings?: string;
}

const MODULE = 'test_module';
const APPROVER = PUBLISHER.User.email;
const OWN_KEY = API_KEY;

describe('misp-approval', function () {
  this.timeout(30_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let smtp: TestMailServer;
  let port: number;
  const told: { output: string; message: Told }[] = [];
  let count = 0;
  let info = '';

  before(async () => {
    port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: MODULE } },
    });
    smtp = await TestMailServer.start();
    nodeRed = await start();
  });
  after(async () => {
    await nodeRed.stop();
    await smtp.stop();
    await misp.close();
  });
  beforeEach(async () => {
    // Another state for each test: what waits outlives a deploy.
    info = `Harbor ${++count}`;
    Object.assign(misp.event('2')!, { published: false, info, Tag: [] });
    await deployed();
  });

  const take = (output: string, message: Told) => told.push({ output, message });
  const start = (userDir?: string) =>
    startNodeRed({ userDir, settings: { functionGlobalContext: { take } } });

  /** Trigger, approval, answer; and a mail with the link. */
  async function deployed(settings: Record<string, unknown> = {}, triggers: object = {}): Promise<void> {
    const taken = (name: string, next: string[] = []) =>
      node(name, 'function', [next], { func: `global.get('take')('${name}', msg); return msg;`, outputs: 1 });
    const flow: FlowNode[] = [
      tab,
      listener(port),
      { id: 'server', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
      {
        ...{ id: 'smtp', type: 'misp-mail-server', from: 'misp@example.org', host: '127.0.0.1' },
        ...{ port: smtp.port, security: 'none', verify: false, timeout: 2 },
      },
      trigger(['approval'], { module: MODULE, ...triggers }),
      node('approval', 'misp-approval', [['approved'], ['waiting'], ['refused'], ['expired']], {
        ...{ server: 'server', address: nodeRed.url, findings: '{{ Event.info }}: no warnings', hours: 24 },
        ...settings,
      }),
      taken('approved', ['go']),
      allow('go'),
      taken('waiting', ['mail']),
      node('mail', 'misp-email', [[]], {
        ...{ mailServer: 'smtp', recipients: [APPROVER], mail_template_subject: 'Approve {{ Event.info }}' },
        mail_template_body: '{{ _approval.link }}',
      }),
      taken('refused'),
      taken('expired'),
    ];
    await deploy(nodeRed.RED, flow, { ...credentials, server: { apiKey: API_KEY } });
    await listening(port);
    told.length = 0;
    smtp.mails.length = 0;
  }

  const publish = async (id = '2') => {
    const { answer } = await misp.publish(id);
    return {
      status: answer.status,
      published: misp.event(id)?.published,
      why: misp.outcomes.at(-1)?.reason ?? '',
    };
  };
  /** The link in the latest mail, after an attempt to publish. */
  async function asked(): Promise<URL> {
    const before = smtp.mails.length;
    assert.equal((await publish()).published, false);
    await until(() => smtp.mails.length > before);
    return new URL(contentOf(smtp.mails.at(-1)!).replace(/=\r\n/g, ''));
  }
  async function ask(what: string, link: URL, key: string, more: object = {}): Promise<Answer> {
    const answer = await fetch(new URL(what, link), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: link.hash.slice(1), key, ...more }),
    });
    return answer.status === 200 ? ((await answer.json()) as Answer) : { problem: String(answer.status) };
  }
  const approve = (link: URL, key = PUBLISHER_KEY) => ask('decide', link, key, { decision: 'approved' });
  const outputs = () => told.map(({ output }) => output);
  const isPublished = () => misp.event('2')?.published === true;
  const folder = () => path.join(nodeRed.userDir, 'misp-workflows/approvals');

  it('has an event wait, and publishes it when a second person has approved', async () => {
    const link = await asked();
    assert.match(misp.outcomes.at(-1)?.reason ?? '', /^Waits for the approval of a second person: http/);
    assert.deepEqual(outputs(), ['waiting']);
    const shown = await ask('show', link, PUBLISHER_KEY);
    assert.deepEqual(
      [shown.you, shown.author, shown.event?.info, shown.findings],
      [APPROVER, ADMIN.User.email, info, `${info}: no warnings`],
    );
    assert.deepEqual(await approve(link), { outcome: 'published' });
    assert.equal(isPublished(), true);
    assert.deepEqual(outputs(), ['waiting', 'approved']);
    const { state, by, author, link: none } = told[1].message.misp.approval;
    assert.deepEqual([state, by, author, none], ['approved', APPROVER, ADMIN.User.email, undefined]);
  });

  it('asks once for the same state, with the same link', async () => {
    const link = await asked();
    const { published, why } = await publish();
    assert.equal(published, false);
    assert.ok(why.includes(link.href));
    assert.deepEqual(outputs(), ['waiting']);
  });

  it('is for the state that was approved: an edit in between asks anew', async () => {
    const link = await asked();
    misp.event('2')!.info = 'Harbor, and more';
    assert.deepEqual(await approve(link), { outcome: 'changed' });
    assert.equal(isPublished(), false);
    await until(() => smtp.mails.length === 2);
    assert.match((await approve(link)).problem ?? '', /has changed since/);
    const next = new URL(contentOf(smtp.mails[1]).replace(/=\r\n/g, ''));
    assert.deepEqual(await approve(next), { outcome: 'published' });
  });

  it('sees a local tag that was attached in between', async () => {
    const link = await asked();
    addTag(misp.event('2')!, misp.tags.make('sneaked:in'), true);
    assert.deepEqual(await approve(link), { outcome: 'changed' });
    assert.equal(isPublished(), false);
  });

  it('passes once: what is published again asks again', async () => {
    const link = await asked();
    assert.deepEqual(await approve(link), { outcome: 'published' });
    assert.match((await approve(link)).problem ?? '', /has approved this already/);
    misp.event('2')!.published = false;
    assert.equal((await publish()).published, false);
    await until(() => told.length === 3);
    assert.deepEqual(outputs(), ['waiting', 'approved', 'waiting']);
  });

  it('does not let the author approve, or who may not publish, or nobody', async () => {
    const link = await asked();
    assert.match((await approve(link, OWN_KEY)).problem ?? '', /You made this event yourself/);
    assert.match((await approve(link, ANALYST_KEY)).problem ?? '', /may not publish events/);
    assert.match((await approve(link, 'x'.repeat(40))).problem ?? '', /refuses|key/);
    assert.match((await approve(link, '')).problem ?? '', /Enter your own key/);
    assert.equal(isPublished(), false);
    assert.deepEqual(await approve(link), { outcome: 'published' });
  });

  it('lets only those approve who are named', async () => {
    await deployed({ approvers: [` ${APPROVER.toUpperCase()} `] });
    const link = await asked();
    assert.match((await approve(link, ORG_ADMIN_KEY)).problem ?? '', /is not one of those who may approve/);
    assert.deepEqual(await approve(link), { outcome: 'published' });
  });

  it('takes the first of two approvers at once', async () => {
    const link = await asked();
    const answers = await Promise.all([approve(link), approve(link, ORG_ADMIN_KEY), approve(link)]);
    assert.deepEqual(answers.filter(({ outcome }) => outcome === 'published').length, 1);
    assert.equal(answers.filter(({ problem = '' }) => problem.includes('approved this already')).length, 2);
    assert.deepEqual(outputs(), ['waiting', 'approved']);
  });

  it('tells the author of a refusal, with the comment', async () => {
    const link = await asked();
    const refused = await ask('decide', link, PUBLISHER_KEY, { decision: 'refused', comment: 'TLP?' });
    assert.deepEqual(refused, { outcome: 'refused' });
    await until(() => told.length === 2);
    const { output, message } = told[1];
    const { author, comment, by } = message.misp.approval;
    assert.deepEqual([output, author, comment, by], ['refused', ADMIN.User.email, 'TLP?', APPROVER]);
    assert.match((await approve(link)).problem ?? '', /has refused this already/);
    assert.equal(isPublished(), false);
  });

  it('refuses what is forged, garbage, or sent by another page', async () => {
    const link = await asked();
    const [id, signature] = link.hash.slice(1).split('.');
    for (const token of ['', id, `${id}.`, `${id}.${signature.slice(1)}A`, '../secret', { a: 1 }]) {
      const { problem } = await ask('decide', link, PUBLISHER_KEY, { token, decision: 'approved' });
      assert.match(problem ?? '', /not known here/, JSON.stringify(token));
    }
    for (const decision of [undefined, 'yes', {}])
      assert.ok((await ask('decide', link, PUBLISHER_KEY, { decision })).problem);
    const plain = { method: 'POST', body: JSON.stringify({ token: link.hash.slice(1), key: PUBLISHER_KEY }) };
    assert.ok(((await (await fetch(new URL('show', link), plain)).json()) as Answer).problem);
    const large = await ask('decide', link, 'x'.repeat(100_000), { decision: 'approved' });
    assert.equal(large.problem, '413');
    assert.equal(isPublished(), false);
  });

  it('changes nothing when a link is opened, and shows nothing of the event', async () => {
    const link = await asked();
    const before = readdirSync(folder()).map((name) => readFileSync(path.join(folder(), name), 'utf8'));
    for (const place of ['', 'decide', 'show', 'texts.json', 'approval.js', 'approval.css']) {
      const answer = await fetch(new URL(place, link));
      const isPost = place === 'decide' || place === 'show';
      assert.equal(answer.status, isPost ? 404 : 200, place);
      assert.ok(!(await answer.text()).includes('Harbor'));
      if (!isPost)
        assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; script/);
    }
    const after = readdirSync(folder()).map((name) => readFileSync(path.join(folder(), name), 'utf8'));
    assert.deepEqual(after, before);
    assert.equal(isPublished(), false);
  });

  it('publishes nothing, and tells why, where the approval cannot be written down', async () => {
    const link = await asked();
    // A folder stands where the new file is to be written, also for whoever may write anywhere.
    const inTheWay = path.join(folder(), `${link.hash.slice(1, 23)}.json.new`);
    mkdirSync(inTheWay);
    try {
      assert.match(
        (await approve(link)).problem ?? '',
        /could not be written to the disk, so nothing is published/,
      );
      assert.equal(isPublished(), false);
    } finally {
      rmSync(inTheWay, { recursive: true });
    }
    assert.deepEqual(await approve(link), { outcome: 'published' });
  });

  it('does not write down keys, and leaves who asked, approved and refused in the audit', async () => {
    const log = collectLog(nodeRed.RED);
    const link = await asked();
    await approve(link, OWN_KEY);
    await approve(link);
    const again = await asked2();
    await ask('decide', again, ORG_ADMIN_KEY, { decision: 'refused', comment: 'SecretComment' });
    log.stop();
    const file = path.join(nodeRed.userDir, 'misp-workflows/audit.jsonl');
    const lines = () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { what: string; target: string[] });
    await until(() => lines().at(-1)?.what === 'refuse');
    const mine = lines().slice(-7);
    assert.deepEqual(
      mine.map(({ what }) => what).filter((what) => what !== 'send-mail'),
      ['ask-approval', 'approve', 'pass-approved', 'publish', 'ask-approval', 'refuse'].slice(
        -(mine.length - 2),
      ),
    );
    assert.ok(mine.some(({ target }) => target.includes(APPROVER)));
    const kept = readdirSync(folder()).map((name) => readFileSync(path.join(folder(), name), 'utf8'));
    const seen = [log.text(), readFileSync(file, 'utf8'), ...kept, JSON.stringify(told)].join('\n');
    for (const key of [OWN_KEY, PUBLISHER_KEY, ORG_ADMIN_KEY]) assert.ok(!seen.includes(key));
    assert.ok(!readFileSync(file, 'utf8').includes('SecretComment'));
  });
  /** The same once more, of another state. */
  async function asked2(): Promise<URL> {
    Object.assign(misp.event('2')!, { published: false, info: `${info}, again` });
    return asked();
  }

  it('stops the publication when it cannot do its work, whatever the trigger does with errors', async () => {
    for (const settings of [{ server: '' }, { server: 'other' }, { findings: '{{ 1 // 0 }}' }]) {
      await deployed(settings, { onError: 'allow', onDeadline: 'allow' });
      const { published } = await publish();
      assert.equal(published, false, JSON.stringify(settings));
    }
    assert.deepEqual(outputs(), []);
  });

  it('refuses in words what cannot wait: other triggers, and messages of nobody', async () => {
    const errors: string[] = [];
    const handler = collectLog(nodeRed.RED);
    const nothing = nodeRed.RED.nodes.getNode(idOf('approval'));
    for (const trigger of ['user-before-save', 'event-before-delete', 'event-after-save'])
      nothing?.receive({ payload: { Event: { uuid: 'x' } }, misp: { trigger, blocking: true } });
    nothing?.receive({
      payload: { Event: { uuid: 'x' } },
      misp: { trigger: 'event-publish', blocking: true },
    });
    nothing?.receive({ payload: 7 });
    await until(() => handler.text().split('\n').length >= 5);
    handler.stop();
    errors.push(...handler.text().split('\n'));
    assert.match(
      errors.join('\n'),
      /Only a publication can wait for approval. After user-before-save MISP would/,
    );
    assert.match(errors.join('\n'), /MISP does not wait for this message/);
    assert.deepEqual(outputs(), []);
  });

  it('asks nobody in a test run', async () => {
    const before = readdirSync(folder()).length;
    const message = await rehearsed();
    assert.deepEqual(message, { state: 'waiting', test: true, link: undefined });
    assert.equal(readdirSync(folder()).length, before);
    assert.equal(smtp.mails.length, 0);
  });
  async function rehearsed() {
    const { status } = await fetch(`${nodeRed.url}/admin/misp-workflows/triggers/${idOf('trigger')}/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ use: 'sample' }),
    });
    assert.ok(status < 500);
    await until(() => told.length > 0, 5000);
    const { state, test, link } = told[0].message.misp.approval;
    return { state, test, link };
  }

  describe('of users of Node-RED', () => {
    const logins = [
      { name: 'anna', value: 'anna@example.org' },
      { name: 'root', value: ADMIN.User.email },
    ];
    const as = (username: string, permissions: unknown) => ({ username, permissions });
    const known = [
      as('anna', ['read', 'misp.approve']),
      as('root', '*'),
      as('carl', '*'),
      as('eve', ['read', 'write']),
    ];

    it('knows them by their login, with the permission to approve', async () => {
      await nodeRed.stop();
      nodeRed = await startNodeRed({
        settings: {
          functionGlobalContext: { take },
          adminAuth: {
            type: 'credentials',
            users: (name: string) => Promise.resolve(known.find(({ username }) => username === name) ?? null),
            tokens: (name: string) =>
              Promise.resolve(known.find(({ username }) => username === name) ?? null),
            authenticate: () => Promise.resolve(null),
          },
        },
      });
      await deployed({ who: 'node-red', logins, address: `${nodeRed.url}/admin` });
      const link = await asked();
      assert.equal(link.pathname, '/admin/misp-workflows/approval/');
      const by = async (name: string, more: object = { decision: 'approved' }) => {
        const answer = await fetch(new URL('decide', link), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${name}` },
          body: JSON.stringify({ token: link.hash.slice(1), key: PUBLISHER_KEY, ...more }),
        });
        return answer.status === 200 ? ((await answer.json()) as Answer) : { problem: String(answer.status) };
      };
      assert.equal((await by('nobody')).problem, '401');
      assert.equal((await by('eve')).problem, '401');
      assert.match((await by('root')).problem ?? '', /You made this event yourself/);
      assert.match((await by('carl')).problem ?? '', /carl is not one of the approvers/);
      const elsewhere = new URL(`${nodeRed.url}/misp-approval/${link.hash}`);
      assert.match((await approve(elsewhere)).problem ?? '', /This link is for another page/);
      assert.equal((await fetch(link)).status, 200);
      assert.deepEqual(await by('anna'), { outcome: 'published' });
    });

    it('knows nobody where Node-RED has no users', async () => {
      await nodeRed.stop();
      nodeRed = await start();
      await deployed({ who: 'node-red', logins, address: `${nodeRed.url}/admin` });
      const link = await asked();
      assert.match((await approve(link)).problem ?? '', /This Node-RED has no users/);
      assert.equal(isPublished(), false);
    });
  });
});

describe('the example of an approval', function () {
  this.timeout(30_000);

  it('mails the link to the admins, publishes with the approval, and mails a refusal to the author', async () => {
    const name = 'Approval - a second person publishes';
    const test = await ExampleTest.start();
    const smtp = await TestMailServer.start({ login: { user: 'misp', password: 'secret' } });
    try {
      const { url } = test.nodeRed;
      const mails = { host: '127.0.0.1', port: smtp.port, verify: false, timeout: 2 };
      await test.deploy(name, undefined, { 'misp-approval': { address: url }, 'misp-mail-server': mails });
      for (const [decision, published] of [
        ['refused', false],
        ['approved', true],
      ] as const) {
        smtp.mails.length = 0;
        assert.equal((await test.publish('2')).published, false);
        await until(() => smtp.mails.length > 0);
        const [, link] = /(http\S+)/.exec(smtp.mails[0].raw.replace(/=\r\n/g, '').split('Subject')[1]) ?? [];
        const answer = await fetch(new URL('decide', link), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            token: link.split('#')[1],
            key: PUBLISHER_KEY,
            decision,
            comment: 'no TLP',
          }),
        });
        assert.equal(answer.status, 200);
        assert.equal(test.misp.event('2')?.published, published, await answer.text());
        if (published) continue;
        await until(() => smtp.mails.some(({ raw }) => raw.includes('no TLP')));
        assert.deepEqual(smtp.mails.at(-1)?.to, [ADMIN.User.email]);
      }
    } finally {
      await test.stop();
      await smtp.stop();
    }
  });
});

describe('an approval, when Node-RED is killed in between', function () {
  this.timeout(60_000);

  it('is asked for before, and given after; what expired meanwhile is told', async () => {
    const [port, http] = [await freePort(), await freePort()];
    const misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: MODULE } },
    });
    const smtp = await TestMailServer.start();
    const userDir = mkdtempSync(path.join(tmpdir(), 'misp-approval-'));
    let nodeRed = await forkNodeRed({ userDir, port: http });
    try {
      const mail = (name: string, settings: object) =>
        node(name, 'misp-email', [[]], { mailServer: 'smtp', recipients: ['anna@example.org'], ...settings });
      const flow = [
        ...[
          tab,
          listener(port),
          { id: 'server', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
        ],
        {
          ...{ id: 'smtp', type: 'misp-mail-server', from: 'misp@example.org', host: '127.0.0.1' },
          ...{ port: smtp.port, security: 'none', verify: false, timeout: 2 },
        },
        trigger(['approval'], { module: MODULE }),
        node('approval', 'misp-approval', [['go'], ['asks'], [], ['late']], {
          ...{ server: 'server', address: `http://127.0.0.1:${http}` },
        }),
        allow('go'),
        mail('asks', { mail_template_subject: 'Approve', mail_template_body: '{{ _approval.link }}' }),
        mail('late', {
          mail_template_subject: 'Nobody decided',
          mail_template_body: '{{ _approval.author }}',
        }),
      ];
      await nodeRed.deploy(flow, { ...credentials, server: { apiKey: API_KEY } });
      await listening(port);
      for (const id of ['2', '4']) await misp.publish(id);
      await until(() => smtp.mails.length === 2);
      nodeRed.kill();
      const folder = path.join(userDir, 'misp-workflows/approvals');
      const fileOf = (id: string) => path.join(folder, `${id}.json`);
      const read = (id: string) => JSON.parse(readFileSync(fileOf(id), 'utf8')) as Approval;
      const ids = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
      const [late] = ids.filter((id) => read(id).event.id === '4');
      writeFileSync(fileOf(late), JSON.stringify({ ...read(late), expires: Date.now() - 1 }));
      nodeRed = await forkNodeRed({ userDir, port: http });
      await listening(port);
      await until(() => smtp.mails.length === 3, 10_000);
      assert.equal(smtp.mails[2].headers.subject, 'Nobody decided');
      assert.equal(contentOf(smtp.mails[2]), ADMIN.User.email);
      for (const { raw } of smtp.mails.slice(0, 2)) {
        const [, token] = /#([\w.=-]+)/.exec(raw.replace(/=\r\n/g, '')) ?? [];
        const answer = await fetch(`http://127.0.0.1:${http}/misp-approval/decide`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ token, key: PUBLISHER_KEY, decision: 'approved' }),
        });
        const { outcome, problem = '' } = (await answer.json()) as Answer;
        if (outcome !== 'published') assert.match(problem, /The time for this approval is over/);
      }
      assert.deepEqual([misp.event('2')?.published, misp.event('4')?.published], [true, false]);
    } finally {
      nodeRed.kill();
      await smtp.stop();
      await misp.close();
      rmSync(userDir, { recursive: true, force: true, maxRetries: 10 });
    }
  });
});
