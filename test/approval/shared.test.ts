import { strict as assert } from 'node:assert';
import { sharedApprovals, type WithApprovals } from '../../src/approval/kept';
import type { RequestQueue } from '../../src/queue/queue';
import { hasRedis, openedRedisQueue, RedisServer } from '../support/redis';
import { ALICE, BOB, shown, asked } from '../support/approvals';

const KEY = 'test:records:approvals';

describe('approvals that several processes share', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  const queues: RequestQueue[] = [];
  /** Of two processes. */
  let a: WithApprovals;
  let b: WithApprovals;
  before(async function () {
    if (!hasRedis()) return this.skip();
    redis = await new RedisServer().start();
    [a, b] = await Promise.all([opened(), opened()]);
  });
  afterEach(async () => {
    await redis?.say('FLUSHALL');
  });
  after(async () => {
    for (const queue of queues) queue.close();
    await redis?.remove();
  });

  async function opened() {
    const { queue } = await openedRedisQueue(redis.settings);
    queues.push(queue);
    return sharedApprovals(queue.records('approvals'));
  }
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => '',
      (error: Error & { key?: string }) => error.key ?? error.message,
    );

  it('are asked for at one and given at the other, and the state passes once, however many ask at once', async () => {
    const { approval } = await a((all) => all.ask(asked('x')));
    const again = await b((all) => all.ask(asked('x')));
    assert.deepEqual([again.approval.id, !again.passes && again.isNew], [approval.id, false]);
    await b((all) => all.decide(approval.id, 'approved', ALICE));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => [a, b][index % 2]((all) => all.ask(asked('x')))),
    );
    assert.equal(answers.filter(({ passes }) => passes).length, 1);
    const others = new Set(answers.flatMap((one) => (one.passes ? [] : [one.approval.id])));
    assert.equal(others.size, 1, 'the others wait for one new approval');
  });

  it('take the first of those who decide at once, and tell once that one has expired', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = (await a((all) => all.ask(asked(`x${round}`)))).approval;
      const outcomes = await Promise.all([
        refusal(a((all) => all.decide(id, 'approved', ALICE))),
        refusal(b((all) => all.decide(id, 'refused', BOB))),
      ]);
      assert.equal(outcomes.filter((one) => one === '').length, 1, String(outcomes));
      const now = await a((all) => all.get(id));
      assert.equal(now?.by, outcomes[0] === '' ? ALICE.name : BOB.name);
    }
    const { id } = (await a((all) => all.ask(asked('late', { node: 'n2', validMs: 0 })))).approval;
    const told = await Promise.all([a, b, a, b].map((one) => one((all) => all.expire('n2'))));
    assert.deepEqual(
      told.flat().map((one) => [one.id, one.state]),
      [[id, 'expired']],
    );
  });

  it('have one secret for links, whoever makes the first one', async () => {
    const ask = (one: typeof a, node: string) =>
      one((all) => all.token(all.ask(asked('x', { node })).approval));
    const tokens = await Promise.all([ask(a, 'n1'), ask(b, 'n2'), ask(a, 'n3')]);
    for (const one of [a, b])
      assert.deepEqual(
        await Promise.all(tokens.map(async (token) => (await one((all) => all.find(token))).node)),
        ['n1', 'n2', 'n3'],
      );
    assert.equal(await refusal(b((all) => all.find(`${tokens[0].slice(0, -1)}-`))), 'approval.unknownLink');
  });

  it('do not let pass what another program has written that is none', async () => {
    const { approval } = await a((all) => all.ask(asked('x')));
    const approved = await a((all) => all.decide(approval.id, 'approved', ALICE));
    const spoilt: unknown[] = [
      ...[
        '',
        '{',
        'null',
        '[]',
        '"x"',
        7,
        { ...approved, id: 'x'.repeat(22) },
        { ...approved, state: 'any' },
      ],
      ...[
        { ...approved, node: ['n1'] },
        { ...approved, expires: '9e15' },
        { ...approved, asked: 1e300 },
      ],
      ...[
        { ...approved, event: undefined },
        { ...approved, event: { ...shown, tags: 'x' } },
      ],
      ...[
        { ...approved, event: { ...shown, tags: [null] } },
        { ...approved, comment: { toString: 'x' } },
      ],
      { ...approved, findings: 'x'.repeat(2_000_000) },
    ];
    for (const one of spoilt) {
      const text = typeof one === 'string' ? one : JSON.stringify(one);
      await redis.say('HSET', KEY, `:${approval.id}`, text, 'version', String(Math.random()));
      assert.equal(await b((all) => all.get(approval.id)), undefined, text.slice(0, 200));
    }
    await redis.say('HSET', KEY, ':__proto__', JSON.stringify(approved), 'version', 'x');
    assert.equal((await b((all) => all.ask(asked('x')))).passes, false);
    // A secret that is none is replaced, and the links of before are of no use.
    const token = await a((all) => all.token(approval));
    await redis.say('HSET', KEY, ':secret', '', 'version', 'y');
    assert.equal(await refusal(b((all) => all.find(token))), 'approval.unknownLink');
  });
});
