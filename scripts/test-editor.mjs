// Runs the editor's tests on Node-RED 4 and 5: two files at a time, since most of a browser's test is waiting.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCHA } from './mocha.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Measures how smoothly the editor scrolls: nothing may run beside it. */
const ALONE = 'test/editor/runs-list.test.ts';
/** What is drawn by this package alone, and takes minutes, is looked at in one editor. */
const ONCE = ['gallery', 'forms-dark', 'labels', 'saved-flows'].map((name) => `test/editor/${name}.test.ts`);

run('scripts/prepare.mjs');
test([...MOCHA, '--timeout', '60000'], []);
test(['scripts/test-node-red-5.mjs'], ONCE);

function test(runner, but) {
  const ignored = [ALONE, ...but].flatMap((file) => ['--ignore', file]);
  run(...runner, '--parallel', '--jobs', '2', ...ignored, 'test/editor/**/*.test.ts');
  run(...runner, ALONE);
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
