// Runs the tests on Node-RED 4. Arguments for mocha run what they name.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lanes, MOCHA } from './lanes.mjs';

const cwd = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const ELSEWHERE = ['test/proxies/**', 'test/editor/**', 'test/unit-nodes/**'];

const named = process.argv.slice(2);
const runs = named.length > 0 ? [named] : lanes('', ELSEWHERE);
process.exit(Math.max(...runs.map(mocha)));

function mocha(args) {
  const all = [...MOCHA, '--timeout', '30000', ...args];
  return spawnSync(process.execPath, all, { cwd, stdio: 'inherit' }).status ?? 1;
}
