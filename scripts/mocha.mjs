import { spawn } from 'node:child_process';
import os from 'node:os';

// What programs say is held against English texts, whatever language this machine speaks.
process.env.LC_ALL = 'C';

/** Mocha, as arguments for Node. */
export const MOCHA = [
  'node_modules/mocha/bin/mocha.js',
  ...['--no-config', '--exit', '--require', 'tsx/cjs', '--reporter', './test/support/failures.ts'],
];

/** Tests of a listener under load that moves and is redeployed: nothing may run beside them. */
export const ALONE = ['test/flows/listener-stays.test.ts'];

/** Tests that wait for most of their time, for deadlines or processes. */
export const WAITING = [
  ...['accepted-runs', 'broken-answers*', 'durable', 'field-cases*', 'kills', 'limits*', 'receivers-away'],
  ...['retries', 'several', 'several-news', 'shared-*', 'verdicts'],
].map((name) => `test/flows/${name}.test.ts`);

/** Tests that hold nothing against a tight bound in time: they give way to those that do. */
export const PATIENT = [
  'test/{bin,checks,conformance,lint,mapping,nodes}/**/*.test.ts',
  // A brace alone is no pattern for mocha.
  'test/store/crash.test.ts',
  'test/store/full-disk.test.ts',
  'test/store/thread-ends.test.ts',
  'test/zmq/limits.test.ts',
  ...['acting-on-*', 'blueprints*', 'clears-in-graph', 'connect*', 'examples*'],
  ...['fail-closed', 'hidden-fields', 'languages', 'misp-alert', 'misp-away', 'misp-changes-*'],
  ...['misp-module-*', 'packed', 'proof*', 'recursion', 'secrets*', 'set-up-*'],
  ...['several-misps', 'store-full', 'upstream-stays'],
].map((name) => (name.startsWith('test/') ? name : `test/flows/${name}.test.ts`));

/** Patterns of files, as arguments for mocha that leave them out. */
const leaveOut = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern]);

/**
 * Runs mocha several times at a time, then once more for what wants to be alone. The patient tests have less right to the
 * processor. What the runs beside the first one say is said when they have ended.
 * @param command program and its first arguments
 * @param all patterns of the files
 * @param but patterns of files that are left out
 * @returns status of the first run that failed, else 0
 */
export async function runAll(command, { all, patient, alone = ALONE, but = [] }, options) {
  const run = (files, how) => runMocha([...command, ...files], options, how);
  const left = leaveOut([...but, ...alone]);
  const beside = await Promise.all([
    run([...left, ...leaveOut([...patient, ...WAITING]), ...all], { isFirst: true }),
    run([...left, ...WAITING], {}),
    run([...left, ...patient], { niceness: 10 }),
  ]);
  const after = alone.length > 0 ? await run(alone, { isFirst: true }) : 0;
  return [...beside, after].find((status) => status !== 0) ?? 0;
}

function runMocha([node, ...args], options, { isFirst = false, niceness = 0 }) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { ...options, stdio: isFirst ? 'inherit' : 'pipe' });
    os.setPriority(child.pid, niceness);
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
    child.on('close', (status) => {
      const text = Buffer.concat(said);
      // Mocha does not mind a file that is not there, and nobody would miss its tests.
      const isWhole = !text.includes('Cannot find any files matching');
      process.stdout.write(text, () => resolve(isWhole ? (status ?? 1) : 1));
    });
  });
}
