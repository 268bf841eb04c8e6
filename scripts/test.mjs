// Runs the tests on Node-RED 4, one file after another: many hold times and memory against bounds. The patient ones run
// beside them. Arguments for mocha run what they name.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveOut, MOCHA, PATIENT, runLanes } from './mocha.mjs';

const cwd = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const ELSEWHERE = ['proxies', 'editor', 'unit-nodes'].map((name) => `test/${name}/**`);

const named = process.argv.slice(2);
const lanes =
  named.length > 0 ? [named] : [[...leaveOut([...ELSEWHERE, ...PATIENT]), 'test/**/*.test.ts'], PATIENT];
const toArguments = (files) => [...MOCHA, '--timeout', '30000', ...files];
process.exitCode = await runLanes(process.execPath, lanes.map(toArguments), { cwd });
