import { fireUnderKills, type Kills } from '../test/support/kills';

const SIZES: [number, number] = [1024, 60 * 1024];
const AT_ONCE = 50;

/** `npm run kills`: nothing that was accepted is lost, whenever the process is killed. Prints what was counted. */
async function main(): Promise<void> {
  const [requests = 100_000, kills = 20] = process.argv.slice(2).map(Number);
  await run('kills', { requests, kills, stops: Math.ceil(kills / 4), atOnce: AT_ONCE, sizes: SIZES });
  await run('kills on a disk that is full or read-only', {
    ...{ requests: requests / 10, kills: Math.ceil(kills / 3), atOnce: AT_ONCE, sizes: SIZES },
    disk: ['full', 'read-only'],
  });
}

async function run(name: string, asked: Kills): Promise<void> {
  const { lost, runAllTheSame, ...counts } = await fireUnderKills(asked);
  console.log(name, { ...counts, lost: lost.length, runAllTheSame: runAllTheSame.length });
  const { unmarked, notOpened, notRefused, left } = counts;
  const wrong = lost.length + runAllTheSame.length + unmarked + notOpened + notRefused + left;
  if (wrong > 0) process.exitCode = 1;
}

void main();
