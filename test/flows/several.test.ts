import { strict as assert } from 'node:assert';
import { hasRedis } from '../support/redis';
import { fireAtSeveral } from '../support/redis-kills';

/** The small sister of `npm run kills:redis`. */
describe('three Node-REDs on one Redis', function () {
  this.timeout(120_000);
  before(function () {
    if (!hasRedis()) this.skip();
  });

  it('lose nothing that was accepted while they and it are killed, and keep the order of each event', async () => {
    const { accepted, unanswered, duplicates, seconds, perSecond, ...result } = await fireAtSeveral({
      ...{ processes: 3, kills: 1, redisKills: 1, deadAfter: 2 },
      ...{ requests: 300, atOnce: 30, sizes: [1024, 60 * 1024], events: 4 },
    });
    console.log(
      `        ${accepted} accepted, ${unanswered} unanswered, ${result.refused} refused, ${duplicates} duplicates, ${perSecond}/s, ${seconds.toFixed(1)} s`,
    );
    assert.deepEqual([result.lost, result.runAllTheSame], [[], []]);
    const { unmarked, outOfOrder, left } = result;
    assert.deepEqual({ unmarked, outOfOrder, left }, { unmarked: 0, outOfOrder: 0, left: 0 });
    assert.ok(accepted >= 150, String(accepted));
    assert.equal(accepted + unanswered + result.refused, 300);
  });
});
