import { fireAtSeveral } from '../test/support/redis-kills';

/**
 * `npm run kills:redis`: three Node-REDs on one Redis, of which two are killed, and it too: nothing that was accepted is
 * lost, and the order of each event is kept. Prints what was counted.
 */
async function main(): Promise<void> {
  const [requests = 50_000, kills = 2, redisKills = 1, processes = 3] = process.argv.slice(2).map(Number);
  const { lost, runAllTheSame, ...counts } = await fireAtSeveral({
    ...{ processes, kills, redisKills, deadAfter: 5 },
    ...{ requests, atOnce: 50, sizes: [1024, 60 * 1024], events: 4 },
  });
  console.log('kills on Redis', { ...counts, lost: lost.length, runAllTheSame: runAllTheSame.length });
  const { unmarked, outOfOrder, left } = counts;
  if (lost.length + runAllTheSame.length + unmarked + outOfOrder + left > 0) process.exitCode = 1;
}

void main();
