import { spawn } from 'node:child_process';
import os from 'node:os';

/** Mocha, as arguments for Node. */
export const MOCHA = 'node_modules/mocha/bin/mocha.js --no-config --require tsx/cjs --exit'.split(' ');

/** Tests that wait for most of their time, and hold nothing against a bound in time or memory. */
export const PATIENT = [
  ...['broken-answers', 'broken-answers-elsewhere', 'hidden-fields', 'misp-alert'].map(
    (name) => `flows/${name}`,
  ),
  ...['command', 'test-command'].map((name) => `bin/${name}`),
].map((name) => `test/${name}.test.ts`);

/** Patterns of files, as arguments for mocha that leave them out. */
export const leaveOut = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern]);

/**
 * Runs lanes of test files beside each other, each lane in a process. Lanes behind the first have less right to the
 * processor, so that they disturb no bounds, and say what they say when they have ended.
 * @param node the program
 * @param lanes arguments for it, one list for each lane
 * @returns status of the first lane that failed, else 0
 */
export async function runLanes(node, lanes, options) {
  const statuses = await Promise.all(lanes.map((args, lane) => runLane(node, args, options, lane === 0)));
  return statuses.find((status) => status !== 0) ?? 0;
}

function runLane(node, args, options, isFirst) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { ...options, stdio: isFirst ? 'inherit' : 'pipe' });
    const said = [];
    if (!isFirst) {
      os.setPriority(child.pid, 10);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    }
    child.on('close', (status) => {
      process.stdout.write(Buffer.concat(said), () => resolve(status ?? 1));
    });
  });
}
