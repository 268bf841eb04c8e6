import assert from 'node:assert/strict';
import { Refusals } from '../../src/listener/thread/refusals';

describe('callers that were refused', () => {
  it('are shut out until they come in, each by its user and address', () => {
    const refusals = new Refusals();
    refusals.refused('a', 'partner');
    refusals.refused('a');
    refusals.refused('b', 'partner');
    assert.equal(refusals.shutOut, 3);
    refusals.cameIn('a', 'ours');
    assert.equal(refusals.shutOut, 2, 'behind a proxy it is another one that came in');
    assert.deepEqual(refusals.byUser, [{ user: 'partner', refused: 2, out: 2 }]);
    refusals.cameIn('a', 'partner');
    assert.deepEqual(refusals.byUser, [{ user: 'partner', refused: 2, out: 1 }]);
    refusals.keepOnly(['ours']);
    assert.deepEqual([refusals.shutOut, refusals.byUser, refusals.count], [0, [], 3]);
  });

  it('take no more memory for more of them', () => {
    const refusals = new Refusals();
    for (let n = 0; n < 3000; n++) refusals.refused(`address ${n}`, n % 2 ? 'partner' : undefined);
    assert.equal(refusals.shutOut, 1000);
    assert.equal(refusals.count, 3000);
  });
});
