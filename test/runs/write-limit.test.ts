import { strict as assert } from 'node:assert';
import { Run } from '../../src/runs/run';

describe('one run', () => {
  it('changes something in MISP a thousand times, or as often as its trigger says', () => {
    for (const limit of [1000, 3]) {
      const run = new Run('r1', { ended: () => undefined });
      if (limit !== 1000) run.writeLimit = limit;
      for (let count = 0; count < limit; count++) run.countWrite();
      assert.throws(() => run.countWrite(), /changed something in MISP/);
      assert.throws(() => run.countWrite());
    }
  });
});
