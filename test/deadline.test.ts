import { strict as assert } from 'node:assert';
import { Deadline } from '../src/deadline';

describe('the deadline of a run', () => {
  const now = Date.now.bind(Date);
  afterEach(() => {
    Date.now = now;
  });
  const HOUR = 3_600_000;

  it('leaves what is left of it, less what the flow needs for its verdict', () => {
    const { ms, byDeadline } = new Deadline(Date.now() + 2000).timeLeft(10_000);
    assert.ok(ms > 1600 && ms <= 1700, String(ms));
    assert.ok(byDeadline);
    assert.deepEqual(new Deadline(Date.now() + 2000).timeLeft(500), { ms: 500, byDeadline: false });
  });

  it('is not used up by many receivers behind each other that do not answer', () => {
    let left = 2000;
    for (let receivers = 0; receivers < 10; receivers++) {
      const { ms, byDeadline } = new Deadline(Date.now() + left).timeLeft(10_000);
      assert.ok(byDeadline);
      left -= ms;
    }
    assert.ok(left > 50, String(left));
    const near = new Deadline(Date.now() + 300).timeLeft(500).ms;
    assert.ok(near > 45 && near <= 50, String(near));
  });

  it('sets no limit where nobody waits, or any more', () => {
    for (const deadline of [new Deadline(), new Deadline(Date.now() - 1)])
      assert.deepEqual(deadline.timeLeft(Infinity), { ms: Infinity, byDeadline: false });
  });

  for (const jump of [HOUR, -HOUR]) {
    it(`stays where it is when the wall clock is set ${jump > 0 ? 'forward' : 'back'}`, () => {
      const deadline = new Deadline(Date.now() + 2000);
      Date.now = () => now() + jump;
      const { ms, byDeadline } = deadline.timeLeft(10_000);
      assert.ok(ms > 1600 && ms <= 1700, String(ms));
      assert.ok(byDeadline);
    });
  }
});
