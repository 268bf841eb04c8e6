import { strict as assert } from 'node:assert';
import type { RunList, RunPage } from '../../nodes/plugin/api';
import type { RunRow } from '../../src/history/record';
import { DEBUG_RUNS, debugLogin, postDebug, type RecordedRun } from '../support/debug-posts';
import { allow, block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { call, event, freePort, get, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const [blocked, allowed, without] = DEBUG_RUNS;

const PASSWORD = 'p@ss/50%';

describe("the runs of MISP's own workflows, as its debug mode posts them", function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
    const flow = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];
    const secrets = { ...credentials, listener: { user: 'misp', password: PASSWORD } };
    await deploy(nodeRed.RED, [tab, listener(port), ...flow], secrets);
    await listening(port);
  });
  after(() => nodeRed.stop());

  const post = (url: string, body: unknown, authorization = debugLogin(encodeURIComponent(PASSWORD))) =>
    postDebug(port, url, body, authorization);
  const admin = async <T>(url: string) =>
    (await (await fetch(`${nodeRed.url}/admin/misp-workflows/${url}`)).json()) as T;
  const rows = async (filter = '') => (await admin<RunList>(`runs?${filter}`)).rows;
  /** The thread tells by messages, so not at once. */
  async function row(fits: (row: RunRow) => boolean): Promise<RunRow> {
    for (const end = Date.now() + 5000; ;) {
      const found = (await rows()).find(fits);
      if (found) return found;
      assert.ok(Date.now() < end, JSON.stringify(await rows()));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const pageOf = async ({ run }: RunRow) => (await admin<RunPage>(`runs/${run}`)).record;
  const eventId = (one: RecordedRun) =>
    (one.posts[1].body as { data: { Event: { id: string } } }).data.Event.id;
  const isOf = (id: string) => (one: RunRow) => one.about?.id === id && one.ended !== undefined;

  it('are listed beside ours, as what they are: which blocks ran, what came of each, and the outcome', async () => {
    for (const { posts } of [blocked, allowed, without])
      for (const { path: url, body } of posts) assert.equal(await post(url, body), 200);
    const stopped = await pageOf(await row(isOf(eventId(blocked))));
    assert.deepEqual(
      [stopped.source, stopped.trigger, stopped.blocking, stopped.outcome, stopped.reason, stopped.failed],
      ['misp', 'event-publish', true, 'block', 'debug block', false],
    );
    assert.equal(stopped.about?.info, 'Mixed markings report (fictional)');
    assert.deepEqual(
      stopped.steps.map((step) => step.what === 'executed' && [step.node?.label, step.result, step.errors]),
      [
        ['tag-if', 'success', []],
        ['nodered_block', 'partial-success', ['debug block']],
      ],
    );
    const passed = await pageOf(await row(isOf(eventId(allowed))));
    assert.deepEqual([passed.outcome, passed.ended, passed.steps.length], ['allow', 'known', 2]);
    assert.equal((await rows('text=Mixed+markings')).length >= 3, true);
    assert.equal(
      (await rows('outcome=block')).every(({ outcome }) => outcome === 'block'),
      true,
    );
  });

  it('count for no trigger of ours, and are told to no log: they are not ours', async () => {
    const log = collectLog(nodeRed.RED);
    for (const { path: url, body } of blocked.posts) await post(url, body);
    await row(isOf(eventId(blocked)));
    log.stop();
    assert.doesNotMatch(log.text(), /event-publish/);
    const { counts } = await admin<RunList>('runs');
    assert.deepEqual(
      counts.map(({ node, blocked: stopped }) => [node.label, stopped]).filter(([label]) => label === ''),
      [],
    );
  });

  it('are kept apart when several are under way at a time', async () => {
    const [first, second] = [blocked, allowed].map(({ posts }, index) =>
      posts.map((one) => ({
        ...one,
        text: JSON.stringify(one.body)
          .replaceAll(`"id":"${eventId([blocked, allowed][index])}"`, `"id":"90${index}"`)
          .replaceAll(/"uuid":"[0-9a-f]{8}-/g, `"uuid":"0000000${index}-`),
      })),
    );
    for (const index of [0, 1, 2]) {
      await post(first[index].path, first[index].text);
      if (index < 2) await post(second[index].path, second[index].text);
    }
    // Of these two only the first one has the block that the end names.
    await post(first[3].path, first[3].text);
    await post(second[2].path, second[2].text);
    await post(second[3].path, second[3].text);
    const [one, other] = [await row(isOf('900')), await row(isOf('901'))];
    assert.deepEqual([one.outcome, other.outcome], ['block', 'allow']);
  });

  it('let nobody in without user and password, plain or encoded as in an address', async () => {
    const { path: url, body } = blocked.posts[0];
    assert.equal(await post(url, body, ''), 401);
    assert.equal(await post(url, body, debugLogin('wrong')), 401);
    assert.equal(await post(url, body, debugLogin(PASSWORD)), 200);
    const { status } = await get(port, url, { headers: { Authorization: debugLogin(PASSWORD) } });
    assert.equal(status, 404);
  });

  it('are taken whatever is posted, and nothing of it becomes a path, a key or an answer', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const hostile: [url: string, body: unknown, status: number][] = [
      ['/event-publish/exec/stray?result=success', { data: { Event: { id: 'stray' } } }, 200],
      ['/event-publish/end?outcome=success', 'no JSON {', 200],
      ['/event-publish/init?type=blocking', '['.repeat(200_000), 200],
      [
        '/event-publish/init?type=blocking',
        `{"data":{"original":{"Event":{"id":"markup","info":"${markup}"}}}}`,
        200,
      ],
      [
        '/event-publish/exec/tag-if?result=%3Cb%3E',
        { errors: [markup, 7, {}], data: { Event: { id: 'markup' } } },
        200,
      ],
      ['/__proto__/init?type=blocking', { __proto__: { x: 1 }, data: null, source: [], errors: 'x' }, 200],
      ['/event-publish/exec/..%2f..%2fx?result=success', {}, 404],
      ['/event-publish/exec/<b>?result=success', {}, 404],
      [`/${'x'.repeat(81)}/init`, {}, 404],
      ['/event-publish/other', {}, 404],
    ];
    for (const [url, body, status] of hostile)
      assert.equal(await post(url.replace(/[<>]/g, '|'), body), status, url);
    const found = await pageOf(await row(({ about }) => about?.id === 'markup'));
    assert.equal(found.about?.info, markup);
    const [step] = found.steps;
    assert.deepEqual([step.what, step.what === 'executed' && step.result], ['executed', '']);
    assert.deepEqual(step.what === 'executed' && step.errors, [markup]);
    assert.ok(await row(({ about }) => about?.id === 'stray'));
  });

  it('hold no data but what the event is called, and no secret', async () => {
    const secret = 'sentinel-debug-secret';
    const source = { node_id: 2, module_id: 'telegram', parameters: { token: secret } };
    const user = { User: { email: 'a@b.c', authkey: secret, password: secret } };
    await post('/user-before-save/init?type=blocking', {
      source,
      data: { original: user, normalized: user },
    });
    const failed = { source, data: user, errors: [`wrong key ${secret}`] };
    await post('/user-before-save/exec/telegram?result=error', failed);
    await post('/user-before-save/end?outcome=failure', { data: { executed_nodes: [{ id: 2 }] } });
    const found = await row(({ trigger: of, ended }) => of === 'user-before-save' && ended !== undefined);
    const page = await pageOf(found);
    assert.deepEqual([page.outcome, page.failed, page.reason], ['block', true, '(hidden)']);
    assert.doesNotMatch(JSON.stringify([page, await rows()]), /sentinel-debug-secret/);
  });

  it('are bounded: large posts are read by their address, and of very many at a time some are shown', async () => {
    const large = { data: { original: { Event: { id: 'large', info: 'x'.repeat(5_000_000) } } } };
    assert.equal(await post('/adhoc_7/init?type=blocking', large), 200);
    const { about } = await row(({ trigger: of }) => of === 'adhoc_7');
    assert.equal(about, undefined);
    for (let round = 0; round < 40; round++) {
      const ids = Array.from({ length: 10 }, (_, index) => `flood-${round}-${index}`);
      await Promise.all(
        ids.map((id) =>
          post('/log-after-save/init?type=non-blocking', { data: { original: { Event: { id } } } }),
        ),
      );
    }
    const { rows: now, trouble } = await admin<RunList>('runs?trigger=log-after-save');
    assert.ok(now.length <= 200 && now.length > 50, String(now.length));
    assert.match(trouble.join(), /runs of MISP's own workflows are not in the list/);
    assert.ok((await rows('outcome=open')).length <= 200);
  });

  it('stop nothing: MISP gets its answers from the flow, whatever is posted meanwhile', async () => {
    const posts = Promise.all(allowed.posts.map(({ path: url, body }) => post(url, body)));
    const data = event(['tlp:red']);
    const { json } = await call({ module: 'test_module', data, params: {} }, { port, password: PASSWORD });
    assert.equal(json.error, 'blocked by the flow');
    await posts;
  });
});
