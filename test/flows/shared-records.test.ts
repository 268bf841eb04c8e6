import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { ORG_ADMIN_KEY, PUBLISHER_KEY } from '../../sandbox/misp/users';
import { allow, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { freePort, get, listening, query } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { hasRedis, RedisServer } from '../support/redis';
import { inRedis } from '../support/redis-kills';
import { until } from '../support/until';

interface Answer {
  outcome?: string;
  problem?: string;
}
interface One {
  name: string;
  nodeRed: NodeRedProcess;
  /** Of its listener, and of its pages. */
  port: number;
  http: number;
  userDir: string;
}

describe('what Node-REDs on one Redis share', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  let misp: StandInMisp;
  let redis: RedisServer;
  let first: One;
  let second: One;
  let third: One;
  let count = 0;

  before(async function () {
    if (!hasRedis()) return this.skip();
    folder = mkdtempSync(path.join(tmpdir(), 'misp-approvals-'));
    file = path.join(folder, 'told.txt');
    redis = await new RedisServer().start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port: 1 },
      workflows: { 'event-publish': { module: 'test_module' } },
    });
    [first, second] = await Promise.all([started('first'), started('second')]);
  });
  after(async () => {
    for (const one of [first, second, third]) one?.nodeRed.kill();
    await misp?.close();
    await redis?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  async function begun(name: string): Promise<One> {
    const [port, http, userDir] = [await freePort(), await freePort(), path.join(folder, name)];
    return { nodeRed: await forkNodeRed({ userDir, port: http }), name, port, http, userDir };
  }
  async function started(name: string): Promise<One> {
    const one = await begun(name);
    await deployed(one);
    await listening(one.port);
    return one;
  }
  /** The same flow for both but for its listener's port. Whatever goes wrong at the trigger lets MISP go on. */
  async function deployed(one: One, store: object = {}, more: FlowNode[] = []): Promise<void> {
    const { nodeRed, name, port, http } = one;
    const told = (output: string) =>
      node(output, 'change', [['file']], {
        rules: [
          {
            t: 'set',
            p: 'payload',
            pt: 'msg',
            to: `"${name} ${output} " & misp.approval.state`,
            tot: 'jsonata',
          },
        ],
      });
    const flow = [
      ...[tab, listener(port), inRedis(redis, store)],
      { id: 'server', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
      trigger(['approval'], { onError: 'allow', onDeadline: 'allow', deadline: 3, mostRuns: 1000 }),
      node('approval', 'misp-approval', [['approved', 'go'], ['waiting'], ['refused'], ['expired']], {
        ...{ server: 'server', address: `http://127.0.0.1:${http}` },
      }),
      allow('go'),
      ...['approved', 'waiting', 'refused', 'expired'].map(told),
      node('file', 'file', [[]], {
        ...{ filename: file, filenameType: 'str', appendNewline: true, overwriteFile: 'false' },
      }),
      ...more,
    ];
    await nodeRed.deploy(flow, { ...credentials, server: { apiKey: API_KEY } });
  }
  /** What the outputs told since the last time. */
  let read = 0;
  const told = () => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return lines.slice(read);
  };
  const tells = async (...lines: string[]) => {
    await until(() => told().length >= lines.length);
    assert.deepEqual(told().sort(), lines.sort());
    read += lines.length;
  };
  /** Somebody publishes, and MISP asks that one. */
  async function publishAt(one: One) {
    misp.actionService.port = one.port;
    await misp.publish('2');
    const reason = misp.outcomes.at(-1)?.reason ?? '';
    return { published: misp.event('2')!.published, reason, token: reason.split('#')[1] };
  }
  const changed = () => Object.assign(misp.event('2')!, { published: false, info: `Harbor ${++count}` });
  const isPublished = () => misp.event('2')!.published === true;
  async function decide(one: One, token: string, key = PUBLISHER_KEY, more: object = {}): Promise<Answer> {
    const answer = await fetch(`http://127.0.0.1:${one.http}/misp-approval/decide`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, key, decision: 'approved', ...more }),
    });
    return (await answer.json()) as Answer;
  }

  it('an approval is asked for at one, given at the other, and passes once', async () => {
    changed();
    const { published, token } = await publishAt(first);
    assert.equal(published, false);
    await tells('first waiting waiting');
    // MISP asks the one again; the other one publishes.
    assert.deepEqual(await decide(second, token), { outcome: 'published' });
    assert.equal(isPublished(), true);
    await tells('first approved approved');
    assert.match((await decide(first, token)).problem ?? '', /has approved this already/);
    misp.event('2')!.published = false;
    assert.equal((await publishAt(second)).published, false);
    await tells('second waiting waiting');
  });

  it('an approval is the same when MISP asks another one meanwhile, and nobody is told twice', async () => {
    changed();
    const { token } = await publishAt(second);
    assert.equal((await publishAt(first)).token, token);
    await tells('second waiting waiting');
    assert.deepEqual(await decide(second, token), { outcome: 'published' });
    await tells('first approved approved');
  });

  it('an approval takes the first of two approvers at two pages at once', async () => {
    for (let round = 0; round < 3; round++) {
      changed();
      const { token } = await publishAt(first);
      const answers = await Promise.all([
        decide(first, token),
        decide(second, token, ORG_ADMIN_KEY, { decision: 'refused' }),
        decide(second, token),
      ]);
      const outcomes = answers.flatMap(({ outcome }) => outcome ?? []);
      assert.equal(outcomes.length, 1, JSON.stringify(answers));
      assert.equal(isPublished(), outcomes[0] === 'published');
      await until(() => told().length === 2);
      read += 2;
    }
  });

  it('an approval blocks with the reason while Redis is away or silent, whatever the trigger does with errors', async () => {
    changed();
    const { token } = await publishAt(first);
    await tells('first waiting waiting');
    redis.halt(true);
    const silent = await publishAt(first);
    assert.equal(silent.published, false);
    assert.match(silent.reason, /could not be asked for: (There was no time left|.*Redis at)/);
    redis.halt(false);
    await redis.stop();
    const isRed = async ({ nodeRed }: One) => (await nodeRed.statuses())[idOf('approval')]?.fill === 'red';
    await until(async () => /Redis at \S+ cannot be used/.test((await publishAt(first)).reason));
    assert.equal(isPublished(), false);
    assert.match(
      misp.outcomes.at(-1)?.reason ?? '',
      /^The approval could not be asked for: The approval could not be shared with the other Node-REDs, so nothing/,
    );
    assert.equal(await isRed(first), true);
    assert.match((await decide(second, token)).problem ?? '', /could not be shared with the other Node-REDs/);
    assert.equal(isPublished(), false);
    await redis.start();
    await until(async () => (await publishAt(first)).token === token);
    assert.deepEqual(told(), []);
    // The second one finds Redis again in its own time.
    let decided: Answer = {};
    await until(
      async () => !/could not be shared/.test((decided = await decide(second, token)).problem ?? ''),
    );
    assert.deepEqual(decided, { outcome: 'published' });
    assert.equal(isPublished(), true);
    await tells('first approved approved');
  });

  it('an approval does not fall back to the disk where Redis is not set up as it is to be', async () => {
    await deployed(second, { redisTls: true, tls: 'missing' });
    changed();
    const { published, reason } = await publishAt(second);
    assert.equal(published, false);
    assert.match(reason, /could not be shared with the other Node-REDs, so nothing is published/);
    await deployed(second);
    await until(async () =>
      /Waits for the approval of a second person/.test((await publishAt(second)).reason),
    );
    await tells('second waiting waiting');
    for (const { userDir } of [first, second])
      assert.ok(!existsSync(path.join(userDir, 'misp-workflows/approvals')));
  });

  const modulesOf = async ({ port }: One) => {
    const { text } = await get(port, '/modules');
    return (JSON.parse(text) as { name: string }[]).map(({ name }) => name).sort();
  };
  const lists = (one: One, ...names: string[]) =>
    until(async () => (await modulesOf(one)).join() === names.sort().join());

  it('a module that one has announced all list, also one that begins with nothing, from its first answer on', async () => {
    const old = trigger([], { module: 'old_gate', intake: 'now' }, 'old');
    await deployed(first, {}, [old]);
    await lists(first, 'old_gate', 'test_module');
    await lists(second, 'old_gate', 'test_module');
    // Its flow goes.
    await deployed(first);
    const answers = await Promise.all([first, second].map(({ port }) => query(port, 'old_gate', {})));
    for (const { json } of answers) assert.match(json.error ?? '', /gone/);
    third = await begun('third');
    const deploying = deployed(third);
    let answer: string[] | undefined;
    let ms = 0;
    await until(async () => {
      const began = performance.now();
      answer = await modulesOf(third).catch(() => undefined);
      ms = performance.now() - began;
      return answer !== undefined;
    });
    assert.ok(ms < 1000, `MISP would not have waited: ${ms} ms`);
    console.log(`        the first list came after ${ms.toFixed()} ms`);
    // It is whole, unless that would have taken longer than MISP waits.
    if (ms < 650) assert.deepEqual(answer, ['old_gate', 'test_module']);
    await lists(third, 'old_gate', 'test_module');
    await deploying;
  });

  it('a module that was removed in one is removed in all', async () => {
    const at = `http://127.0.0.1:${third.http}/admin/misp-workflows/listeners/listener/gone`;
    assert.deepEqual(await (await fetch(at)).json(), ['old_gate']);
    assert.deepEqual(await (await fetch(`${at}/old_gate`, { method: 'DELETE' })).json(), []);
    assert.deepEqual(await (await fetch(`${at}/test_module`, { method: 'DELETE' })).json(), []);
    await Promise.all([first, second, third].map((one) => lists(one, 'test_module')));
    third.nodeRed.kill();
  });

  it('an approval is given although the one that has asked is dead', async () => {
    changed();
    const { token } = await publishAt(first);
    await tells('first waiting waiting');
    first.nodeRed.kill();
    misp.actionService.port = second.port;
    assert.deepEqual(await decide(second, token), { outcome: 'published' });
    assert.equal(isPublished(), true);
    await tells('second approved approved');
  });
});
