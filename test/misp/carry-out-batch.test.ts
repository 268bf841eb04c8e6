import { strict as assert } from 'node:assert';
import type { AttachTags } from '../../src/actions/plan';
import { told } from '../../src/actions/in-words';
import { carryOutOn } from '../../src/misp/carry-out';
import { sleep } from '../../src/http/repeat';
import { eventsWith, MispTest, quiet, refsOf } from './support/misp';

describe('carrying out: 10,000 attributes of 200 events', function () {
  this.timeout(60_000);
  let test: MispTest;
  afterEach(() => test.close());

  async function start(): Promise<AttachTags[]> {
    test = await MispTest.start({ events: eventsWith(200, 50), faults: { latencyMs: 50 } });
    test.misp.tags.make('lab:one');
    return [...test.misp.events.values()].map((event) => ({
      do: 'attach-tags',
      scope: 'attribute',
      event: { id: event.id },
      items: refsOf(event),
      tags: ['lab:one'],
      local: true,
    }));
  }
  const counts = () =>
    [...test.misp.events.values()].flatMap(({ Attribute }) => Attribute.map(({ Tag = [] }) => Tag.length));

  for (const fault of ['500', 'close-after'] as const) {
    it(`every tag once, with every tenth call failing once: ${fault}`, async () => {
      const plan = await start();
      test.misp.faults.settings = { latencyMs: 50, every: 10, fault, once: true, retryAfter: 0 };
      const seen: number[] = [];
      const before = process.memoryUsage().heapUsed;
      const { results, writing } = await test.carryOut(plan, test.client, {
        progress: (done, total) => {
          assert.equal(total, 10_000);
          seen.push(done);
        },
      });
      assert.ok(
        results.every(({ failures = [] }) => failures.length === 0),
        JSON.stringify(results.find(({ failures }) => failures)?.failures),
      );
      assert.ok(counts().every((count) => count === 1));
      assert.ok(test.misp.faults.spoilt.length >= 20);
      assert.ok(writing.length <= 200 + test.misp.faults.spoilt.length);
      assert.ok(test.misp.calls.mostAtOnce <= 4, `${test.misp.calls.mostAtOnce} at once`);
      assert.deepEqual(
        seen,
        [...seen].sort((a, b) => a - b),
      );
      assert.equal(seen.at(-1), 10_000);
      assert.ok(process.memoryUsage().heapUsed - before < 100 * 1024 * 1024);
    });
  }

  it('stops when told so', async () => {
    const plan = await start();
    const stopping = new AbortController();
    const progress = (done: number) => {
      if (done >= 1000) stopping.abort();
    };
    test.misp.calls.reset();
    const control = { ...quiet(), signal: stopping.signal, progress };
    const results = (await carryOutOn(test.client)(plan, control)).map(told);
    assert.equal(results.length, 200);
    const done = results.filter(({ state }) => state === 'done').length;
    assert.ok(done >= 20 && done < 40, `${done} done`);
    assert.match(results[199].failures?.[0].problem ?? '', /Not begun: the flow was stopped/);
    // What was on its way may still arrive.
    await sleep(100);
    const calls = test.misp.calls.list.length;
    await sleep(200);
    assert.equal(test.misp.calls.list.length, calls, 'no call after that');
  });
});
