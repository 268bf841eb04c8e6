import { spawn } from 'node:child_process';
import os from 'node:os';

/** Mocha, as arguments for Node. */
export const MOCHA = 'node_modules/mocha/bin/mocha.js --no-config --require tsx/cjs --exit'.split(' ');

/** Tests of a listener under load that moves and is redeployed: nothing may run beside them. */
export const ALONE = ['test/flows/listener-stays.test.ts'];

/** Tests that hold nothing against a tight bound in time: they give way to those that do. */
export const PATIENT = [
  'test/{bin,checks,conformance,lint,mapping,nodes,zmq}/**/*.test.ts',
  'test/store/{crash,full-disk}.test.ts',
  ...['acting-on-*', 'blueprints*', 'broken-answers*', 'clears-*', 'connect*', 'examples*'],
  ...[
    'fail-closed',
    'field-cases*',
    'hidden-fields',
    'languages',
    'misp-alert',
    'misp-away',
    'misp-changes-*',
  ],
  ...['misp-module-*', 'packed', 'proof', 'receivers-away', 'recursion', 'secrets*', 'set-up-*'],
  ...['several-misps', 'store-full', 'upstream-stays'],
].map((name) => (name.startsWith('test/') ? name : `test/flows/${name}.test.ts`));

/** Patterns of files, as arguments for mocha that leave them out. */
export const leaveOut = (patterns) => patterns.flatMap((pattern) => ['--ignore', pattern]);

/**
 * Runs mocha twice at a time: the patient tests have less right to the processor, and say what they say when they have
 * ended. Then what wants to be alone.
 * @param node program and its first arguments
 * @param all patterns of the files
 * @param but patterns of files that are left out
 * @returns status of the first run that failed, else 0
 */
export async function runAll([node, ...first], { all, patient = PATIENT, alone = ALONE, but = [] }, options) {
  const run = (files, isPatient) => runMocha(node, [...first, ...files], options, isPatient);
  const beside = await Promise.all([
    run([...leaveOut([...but, ...patient, ...alone]), ...all], false),
    run([...leaveOut([...but, ...alone]), ...patient], true),
  ]);
  const after = alone.length > 0 ? await run(alone, false) : 0;
  return [...beside, after].find((status) => status !== 0) ?? 0;
}

function runMocha(node, args, options, isPatient) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { ...options, stdio: isPatient ? 'pipe' : 'inherit' });
    const said = [];
    if (isPatient) {
      os.setPriority(child.pid, 10);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    }
    child.on('close', (status) => {
      process.stdout.write(Buffer.concat(said), () => resolve(status ?? 1));
    });
  });
}
