import { strict as assert } from 'node:assert';
import { Attempts } from '../../src/approval/attempts';

describe('attempts that fail', () => {
  it('are ten within ten minutes, of each one; of many others nothing is left', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    for (let index = 0; index < 9; index++) attempts.failed('a');
    assert.equal(attempts.isOver('a'), false);
    attempts.failed('a');
    assert.deepEqual([attempts.isOver('a'), attempts.isOver('b')], [true, false]);
    now += 10 * 60_000;
    assert.equal(attempts.isOver('a'), false);
    for (let index = 0; index < 10; index++) attempts.failed('a');
    for (let index = 0; index < 10_000; index++) attempts.failed(`other ${index}`);
    assert.equal(attempts.isOver('a'), false);
  });
});
