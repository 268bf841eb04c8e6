// Runs tests on Node-RED 5, with a newer Node from npm where this one is too old: the flow tests that may differ on it, with
// `--whole` all flow tests, or what arguments for mocha name.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALONE, MOCHA, PATIENT, runAll } from './mocha.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, '.node-red-5');
const NODE_RED = '5.0.7';
const NODE = '22.23.3';
/** The binary alone, as the npm package `node` would fetch it with an install script. */
const NODE_PACKAGE = `node-${process.platform === 'darwin' ? 'bin-' : ''}${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 9);

// Who runs file after file has done it once.
if (!process.env.IS_PREPARED) {
  run(process.execPath, [path.join(root, 'scripts/prepare.mjs')]);
  install();
}
const node = isNewEnough ? process.execPath : path.join(folder, 'node_modules', NODE_PACKAGE, 'bin/node');
console.log(`Node-RED ${NODE_RED} on Node ${spawnSync(node, ['--version']).stdout}`);
/** What others answer, what memory and disks hold, and how a process starts, is the same to every Node-RED, and takes minutes. */
const NOT_HERE = [
  ...[
    'broken-answers*',
    'answers-not-believed',
    'misp-away',
    'misp-changes-away',
    'receivers-away',
    'hidden-fields',
  ],
  // Disks, processes and a thousand events: their pages and forms are looked at on both.
  ...['kills', 'misp-adhoc-run', 'misp-event-create', 'misp-firewall-list', 'several'],
  ...['accepted-runs', 'heap', 'limits', 'misp-store', 'store-full', 'odd-events', 'secrets-*', 'under-fire'],
].map((name) => `test/flows/${name}.test.ts`);
const named = process.argv.slice(2);
const isWhole = named.join() === '--whole';
const env = {
  ...process.env,
  NODE_RED_PATH: path.join(folder, 'node_modules/node-red'),
  EDITOR_RUN: 'node-red-5',
};
const mocha = [...MOCHA, '--timeout', '60000'];
if (named.length > 0 && !isWhole) run(node, [...mocha, ...named], env);
else {
  const patient = PATIENT.filter((name) => name.startsWith('test/flows/'));
  const left = isWhole ? { alone: ALONE } : { alone: [], but: [...NOT_HERE, ...ALONE] };
  const files = { all: ['test/flows/**/*.test.ts'], patient, ...left };
  process.exitCode = await runAll([node, ...mocha], files, { cwd: root, env });
}

function install() {
  const marker = path.join(folder, `installed-${NODE_RED}-${isNewEnough ? 'own' : NODE}`);
  if (existsSync(marker)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const packages = [`node-red@${NODE_RED}`, ...(isNewEnough ? [] : [`${NODE_PACKAGE}@${NODE}`])];
  run('npm', ['install', '--no-audit', '--no-fund', '--engine-strict=false', ...packages]);
  writeFileSync(marker, '');
}

function run(command, args, env = {}) {
  const cwd = command === 'npm' ? folder : root;
  const result = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
