import { strict as assert } from 'node:assert';
import { TooOften } from '../../src/echo/too-often';

const run = (acted: boolean, isForgotten = false) => ({ acted, isForgotten });

describe('runs for the same thing', () => {
  it('are too many when so many may have changed something within the time', () => {
    let now = 0;
    const often = new TooOften({ runs: 3, withinMs: 1000 }, () => now);
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
    const open = { acted: false, isForgotten: false };
    often.count('a', open);
    assert.equal(often.isReached('a'), false);
    open.acted = true;
    assert.equal(often.isReached('a'), true);
    open.isForgotten = true;
    assert.equal(often.isReached('a'), true);
    open.acted = false;
    assert.equal(often.isReached('a'), true, 'the run is not looked at any more');
  });

  it('of an import of 100,000 things are none, and take a bounded memory', () => {
    const often = new TooOften({ runs: 10, withinMs: 60_000 });
    for (let index = 0; index < 100_000; index++) {
      assert.equal(often.isReached(`attribute ${index}`), false);
      often.count(`attribute ${index}`, run(true, true));
    }
    assert.ok(often.size <= 10_000);
  });
});
