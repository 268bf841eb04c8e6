import { strict as assert } from 'node:assert';
import { fireUnderKills } from '../support/kills';

/** The small sister of `npm run kills`. */
describe('accepted requests while the process is killed', function () {
  this.timeout(60_000);

  it('are run at least once, what was refused is not, and what runs again says so', async () => {
    const { accepted, unanswered, duplicates, seconds, ...result } = await fireUnderKills({
      ...{ requests: 800, kills: 1, stops: 1, atOnce: 50 },
      sizes: [1024, 60 * 1024],
    });
    console.log(
      `        ${accepted} accepted, ${unanswered} unanswered, ${duplicates} duplicates, ${seconds.toFixed(1)} s`,
    );
    assert.deepEqual([result.lost, result.runAllTheSame], [[], []]);
    const { unmarked, notOpened, left } = result;
    assert.deepEqual({ unmarked, notOpened, left }, { unmarked: 0, notOpened: 0, left: 0 });
    // Without an answer are those that were on their way when it ended: each of the 50 may have been so twice.
    assert.ok(accepted >= 800 - 4 * 50, String(accepted));
    assert.equal(accepted + unanswered + result.refused, 800);
  });
});
