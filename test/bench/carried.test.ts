import { strict as assert } from 'node:assert';
import { carried } from '../../bench/carried';

describe('what several Node-REDs carry, computed', () => {
  it('is what their busiest threads can do, then what that of Redis can', () => {
    const costs = { nodeRed: 6, busiest: 2, redis: 1, redisBusiest: 0.8 };
    const { table, first } = carried(costs, 4);
    assert.equal(first, 2);
    const rounded = table.map(({ perSecond, redis, processors }) => [
      Math.round(perSecond),
      Math.round(redis * 100),
      Math.round(processors * 10) / 10,
    ]);
    assert.deepEqual(rounded, [
      [400, 32, 2.8],
      [800, 64, 5.6],
      [1000, 80, 7],
      [1000, 80, 7],
    ]);
  });
});
