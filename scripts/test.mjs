// Runs the tests on Node-RED 4, one file after another: many hold times and memory against bounds. Arguments for mocha run
// what they name.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCHA } from './mocha.mjs';

const cwd = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const ELSEWHERE = ['proxies', 'editor', 'site', 'unit-nodes'].flatMap((name) => ['--ignore', `test/${name}/**`]);
const ALL = [...ELSEWHERE, 'test/**/*.test.ts'];

const named = process.argv.slice(2);
const args = [...MOCHA, '--timeout', '30000', ...(named.length > 0 ? named : ALL)];
process.exit(spawnSync(process.execPath, args, { cwd, stdio: 'inherit' }).status ?? 1);
