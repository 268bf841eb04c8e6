// Runs the editor's tests on Node-RED 4 and 5: two files at a time, since most of a browser's test is waiting.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCHA } from './mocha.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Measures how smoothly the editor scrolls: nothing may run beside it. */
const ALONE = 'test/editor/runs-list.test.ts';
const OTHERS = ['--parallel', '--jobs', '2', '--ignore', ALONE, 'test/editor/**/*.test.ts'];

run('scripts/prepare.mjs');
for (const runner of [[...MOCHA, '--timeout', '60000'], ['scripts/test-node-red-5.mjs']])
  for (const files of [OTHERS, [ALONE]]) run(...runner, ...files);

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
