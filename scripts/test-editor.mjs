// Runs the editor's tests on Node-RED 4 and 5: each file in a process of its own, since an editor's theme and what was counted
// outlive Node-RED's end; two at a time. What takes long and concerns our own parts runs on one of them, by turns; what
// Node-RED's own editor does with our nodes runs on both, and with `--whole` everything.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCHA } from './mocha.mjs';

const cwd = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const AT_ONCE = 2;
/** Measures how smoothly the editor scrolls: nothing may run beside it. */
const ALONE = 'runs-list.test.ts';
/** Each form is opened in the light on Node-RED 4, and in the dark on Node-RED 5, which has a dark theme of its own. */
const ON_4_ONLY = names(
  'adhoc-runs checks connect connect-services demo-page forms gallery globals help labels languages listener',
  'migration permissions prepare run-module saved-flows server test-run',
);
const ON_5_ONLY = names('forms-dark hostile-text runs-replay try walk widgets workflow-dialogs workflows');
const isWhole = process.argv[2] === '--whole';

const all = readdirSync(path.join(cwd, 'test/editor')).filter((name) => name.endsWith('.test.ts'));
const failed = [];

prepare('scripts/test-node-red-5.mjs', '--version');
await test('Node-RED 4', [...MOCHA, '--timeout', '60000'], isWhole ? [] : ON_5_ONLY);
await test('Node-RED 5', ['scripts/test-node-red-5.mjs'], isWhole ? [] : ON_4_ONLY);
for (const what of failed) console.log(`FAILED: ${what}`);
process.exit(failed.length > 0 ? 1 : 0);

/** Names of files, of lines of names. */
function names(...lines) {
  return lines.flatMap((line) => line.split(' ')).map((name) => `${name}.test.ts`);
}

async function test(name, runner, but) {
  const waiting = all.filter((file) => file !== ALONE && !but.includes(file));
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await run(name, runner, file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await run(name, runner, ALONE);
}

/** Runs one file; what it says comes all at once, when it has ended. */
function run(name, runner, file) {
  return new Promise((resolve) => {
    const env = { ...process.env, IS_PREPARED: 'yes' };
    const begun = Date.now();
    const child = spawn(process.execPath, [...runner, `test/editor/${file}`], { cwd, env });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    child.on('close', (status) => {
      const seconds = Math.round((Date.now() - begun) / 1000);
      console.log(`${name}: ${file}, ${seconds} s\n${Buffer.concat(said)}`);
      if (status !== 0) failed.push(`${name}: ${file}`);
      resolve();
    });
  });
}

/** Installs and builds, once for all files. */
function prepare(...script) {
  const { status } = spawnSync(process.execPath, script, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
