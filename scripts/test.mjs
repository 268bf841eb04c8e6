// Runs the tests on Node-RED 4. Arguments for mocha run what they name.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCHA, PATIENT, runAll } from './mocha.mjs';

const cwd = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const ELSEWHERE = ['proxies', 'editor', 'unit-nodes'].map((name) => `test/${name}/**`);

const command = [process.execPath, ...MOCHA, '--timeout', '30000'];
const named = process.argv.slice(2);
if (named.length > 0) {
  const [node, ...args] = [...command, ...named];
  process.exitCode = spawnSync(node, args, { cwd, stdio: 'inherit' }).status ?? 1;
} else {
  process.exitCode = await runAll(
    command,
    { all: ['test/**/*.test.ts'], patient: PATIENT, but: ELSEWHERE },
    { cwd },
  );
}
