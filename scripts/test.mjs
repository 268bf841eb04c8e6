// Runs the tests: first those that measure, alone, then the others, two files at a time, since most of a test is waiting.
// Arguments for mocha run what they name.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MOCHA = 'node_modules/mocha/bin/mocha.js --no-config --require tsx/cjs --exit --timeout 30000'.split(' ');
/** They hold times, heaps and gaps against bounds: nothing may run beside them. */
const MEASURE = [
  'expression/bound',
  'event/large',
  'flows/{accepted-runs,heap,limits,listener-stays,loops,misp-store,misp-zmq,routes-auth,runs,verdicts}',
  'replay/kept-messages',
  'runs/function-code*',
  'sandbox/*',
  'template/template-hostile',
  'workflow/hostile',
  'zmq/*',
].map((name) => `test/${name}.test.ts`);
const ELSEWHERE = ['test/proxies/**', 'test/editor/**', 'test/unit-nodes/**'];

const named = process.argv.slice(2);
const runs =
  named.length > 0
    ? [named]
    : [MEASURE, ['--parallel', '--jobs', '2', ...without([...MEASURE, ...ELSEWHERE]), 'test/**/*.test.ts']];
process.exit(Math.max(...runs.map(mocha)));

function without(files) {
  return files.flatMap((file) => ['--ignore', file]);
}

function mocha(args) {
  const { status } = spawnSync(process.execPath, [...MOCHA, ...args], { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}
