import { fireUnderKills } from '../test/support/kills';

/** `npm run kills`: nothing that was accepted is lost, whenever the process is killed. Prints what was counted. */
async function main(): Promise<void> {
  const [requests = 100_000, kills = 20] = process.argv.slice(2).map(Number);
  const { lost, runAllTheSame, ...counts } = await fireUnderKills({
    ...{ requests, kills, atOnce: 50 },
    sizes: [1024, 60 * 1024],
  });
  console.log({ ...counts, lost: lost.length, runAllTheSame: runAllTheSame.length });
  const { unmarked, notOpened, left } = counts;
  if (lost.length + runAllTheSame.length + unmarked + notOpened + left > 0) process.exitCode = 1;
}

void main();
