import { strict as assert } from 'node:assert';
import { MOST_TRIES, pauseBefore, repeat, secondsOf } from '../../src/http/repeat';

const PATIENCE = { firstMs: 100, longestMs: 10_000 };

describe('requests that are made again', () => {
  it('ask as often as there is a pause, and give the last answer or error', async () => {
    let asked = 0;
    const answer = await repeat(
      () => Promise.resolve(++asked),
      (tries, outcome) => ('answer' in outcome && tries < 3 ? 1 : undefined),
    );
    assert.deepEqual([answer, asked], [3, 3]);
    const broken = new Error('again and again');
    await assert.rejects(
      repeat(
        () => Promise.reject(broken),
        (tries, outcome) => ('error' in outcome && tries < 2 ? 1 : undefined),
      ),
      broken,
    );
  });

  it('wait longer each time, at least as long as they are asked to, and not for ever', () => {
    for (let i = 0; i < 50; i++) {
      const [first = 0, second = 0] = [pauseBefore(1, 0, PATIENCE), pauseBefore(2, 0, PATIENCE)];
      assert.ok(first >= 50 && first <= 150, String(first));
      assert.ok(second >= 100 && second <= 300, String(second));
    }
    assert.equal(pauseBefore(1, 7, PATIENCE), 7000);
    assert.equal(pauseBefore(1, 11, PATIENCE), undefined);
    assert.equal(pauseBefore(MOST_TRIES, 0, PATIENCE), undefined);
  });

  it('read Retry-After as seconds and as a date', () => {
    assert.equal(secondsOf('7'), 7);
    assert.equal(secondsOf('-7'), 0);
    for (const nothing of [undefined, '', ' ', 'soon']) assert.equal(secondsOf(nothing), 0);
    const seconds = secondsOf(new Date(Date.now() + 60_000).toUTCString());
    assert.ok(seconds > 55 && seconds <= 60, String(seconds));
  });
});
