import { strict as assert } from 'node:assert';
import { RunCounts } from '../../src/echo/run-counts';
import { TooOften } from '../../src/echo/too-often';
import { Exchange } from '../../src/news/exchange';
import { Trace } from '../../src/runs/trace';

const run = (acted: boolean, hasEnded = false) => {
  const trace = new Trace();
  if (acted) trace.act();
  if (hasEnded) trace.end();
  return trace;
};

describe('runs for the same thing', () => {
  it('are too many when so many may have changed something within the time', () => {
    let now = 0;
    const often = new TooOften({ runs: 3, withinMs: 1000 }, undefined, () => now);
    for (let index = 0; index < 3; index++) {
      assert.equal(often.isReached('a'), false);
      often.count('a', run(true));
      now += 100;
    }
    assert.equal(often.isReached('a'), true);
    assert.equal(often.isReached('b'), false);
    now = 1001;
    assert.equal(often.isReached('a'), false, 'the first is over');
  });

  it('that only look are not counted, and are not kept', () => {
    const often = new TooOften({ runs: 1, withinMs: 1000 });
    for (let index = 0; index < 100; index++) often.count('a', run(false, true));
    assert.equal(often.isReached('a'), false);
  });

  it('are counted by what they did until they ended', () => {
    const often = new TooOften({ runs: 1, withinMs: 1000 });
    const [open, looks] = [run(false), run(false)];
    often.count('b', looks);
    often.count('a', open);
    assert.equal(often.isReached('a'), false);
    open.act();
    assert.equal(often.isReached('a'), true);
    open.end();
    looks.end();
    assert.deepEqual([often.isReached('a'), often.isReached('b')], [true, false]);
    looks.act();
    assert.equal(often.isReached('b'), false, 'the run is not looked at any more');
  });

  it('of an import of 100,000 things are none, and take a bounded memory', () => {
    const often = new TooOften({ runs: 10, withinMs: 60_000 });
    for (let index = 0; index < 100_000; index++) {
      assert.equal(often.isReached(`attribute ${index}`), false);
      often.count(`attribute ${index}`, run(true, true));
    }
    assert.ok(often.size <= 10_000);
  });

  describe('in several Node-REDs', () => {
    const LIMITS = { runs: 3, withinMs: 60_000 };
    let now = 0;
    let told: string[] = [];
    /** Several that hear each other, through text as it is sent, after a while. */
    function several(count: number, lateMs = 0) {
      const all = Array.from({ length: count }, () => new Exchange());
      for (const one of all)
        one.sendBy((text) => {
          told.push(text);
          for (const other of all) if (other !== one) other.hear(text, lateMs);
        });
      return all.map((exchange) => ({ exchange, counts: new RunCounts(exchange, () => now) }));
    }
    const acts = (often: TooOften, thing: string) => {
      const trace = run(false);
      often.count(thing, trace);
      trace.act();
      return trace;
    };
    beforeEach(() => {
      now = 0;
      told = [];
    });

    it('are counted together, for the same trigger and thing alone', () => {
      const [a, b] = several(2).map(({ counts }) => counts);
      const [here, there] = [a.of('one', LIMITS), b.of('one', LIMITS)];
      const other = b.of('other', LIMITS);
      for (const often of [here, there, here]) {
        assert.deepEqual([here.isReached('x'), there.isReached('x')], [false, false]);
        acts(often, 'x');
      }
      assert.deepEqual([here.isReached('x'), there.isReached('x')], [true, true]);
      assert.deepEqual(
        [here.isReached('y'), there.isReached('y'), other.isReached('x')],
        [false, false, false],
      );
      now = 60_001;
      assert.deepEqual([here.isReached('x'), there.isReached('x')], [false, false]);
    });

    it('are told once each, when they first act; what only looks is not told', () => {
      const [{ counts }] = several(2);
      const often = counts.of('one', LIMITS);
      const trace = acts(often, 'x');
      trace.act();
      trace.end();
      for (let index = 0; index < 100; index++) {
        const looks = run(false);
        often.count('x', looks);
        looks.end();
        looks.act();
      }
      assert.equal(told.length, 1);
      assert.ok(told[0].length < 150, told[0]);
    });

    it('count from when they began, as their own do', () => {
      const [a, b] = several(2, 1000);
      const [here, there] = [
        a.counts.of('one', { ...LIMITS, runs: 1 }),
        b.counts.of('one', { ...LIMITS, runs: 1 }),
      ];
      const [early, late] = [run(false), run(false)];
      here.count('early', early);
      here.count('late', late);
      now = 30_000;
      early.act();
      assert.equal(there.isReached('early'), true);
      now = 59_001;
      assert.equal(there.isReached('early'), false, 'it was told a second late');
      now = 61_000;
      late.act();
      assert.deepEqual([here.isReached('late'), there.isReached('late')], [false, false]);
      assert.equal(told.length, 1);
    });

    it('of a trigger that is closed, or is not there, are passed over; those of its successor count', () => {
      const [a, b] = several(2);
      const here = a.counts.of('one', { ...LIMITS, runs: 1 });
      acts(here, 'x');
      const before = b.counts.of('one', { ...LIMITS, runs: 1 });
      const after = b.counts.of('one', { ...LIMITS, runs: 1 });
      b.counts.end('one', before);
      acts(here, 'y');
      assert.deepEqual(
        [before.isReached('y'), after.isReached('x'), after.isReached('y')],
        [false, false, true],
      );
      b.counts.end('one', after);
      acts(here, 'z');
      assert.equal(after.isReached('z'), false);
    });

    it('whatever an event says tell of that event: it cannot make others stop', () => {
      const [a, b] = several(2);
      const [here, there] = [a.counts.of('one', LIMITS), b.counts.of('one', LIMITS)];
      b.counts.of('__proto__', LIMITS);
      const victim = 'event 11111111-2222-4333-8444-555555555555';
      const { thing } = (JSON.parse(toldOf(here, victim)) as { news: { thing: string } }).news;
      const hostile = [
        ...['__proto__', 'constructor', '', 'event ', `${victim} `, `${victim}\u0000`, victim.toUpperCase()],
        ...[
          thing,
          `one","thing":"${thing}`,
          `{"kind":"runs","news":{"trigger":"one","thing":"${thing}","forMs":0}}`,
        ],
        ...['<img src=x onerror=alert(1)>', 'x'.repeat(1_000_000)],
      ];
      for (const name of hostile) for (let index = 0; index < 5; index++) acts(here, name);
      for (const name of hostile) assert.equal(there.isReached(name), true, name.slice(0, 50));
      assert.equal(there.isReached(victim), false);
      assert.ok(told.every((text) => text.length < 150));
    });

    /** What is told of one run for a thing. */
    function toldOf(often: TooOften, thing: string): string {
      acts(often, thing);
      return told.pop()!;
    }

    it('take a bounded memory, and no longer than its own, whatever another one tells', () => {
      const [{ exchange, counts }, sender] = several(2);
      const often = counts.of('one', LIMITS);
      const text = toldOf(sender.counts.of('one', LIMITS), 'x');
      const { thing } = (JSON.parse(text) as { news: { thing: string } }).news;
      now = 50_000;
      const again = (number: number) => text.replace(/"number":\d+/, `"number":${number}`);
      for (let index = 0; index < 1000; index++) exchange.hear(again(index + 2), 0);
      assert.equal(often.isReached('x'), true);
      now = 60_001;
      assert.equal(often.isReached('x'), false, 'those that came when it had its runs do not count');
      const fill = sender.counts.of('one', LIMITS);
      for (let index = 0; index < 12_000; index++) acts(fill, String(index));
      assert.ok(often.size <= 10_000, String(often.size));
      const kept = often.size;
      let number = 0;
      for (const news of [
        ...[
          { trigger: 'one', thing },
          { trigger: 'one', thing, forMs: '0' },
          { trigger: 'one', thing, forMs: -1 },
        ],
        ...[
          { trigger: 1, thing, forMs: 0 },
          { trigger: 'one', thing: 'x', forMs: 0 },
        ],
        { trigger: 'one', thing: `${thing}\n`, forMs: 0 },
      ])
        exchange.hear(JSON.stringify({ from: 'x', number: ++number, kind: 'runs', news }), 0);
      exchange.hear(
        `{"from":"y","number":1,"kind":"runs","news":{"trigger":"one","thing":"${thing}","forMs":1e999}}`,
        0,
      );
      assert.deepEqual([often.size, often.isReached('x')], [kept, false]);
    });
  });
});
