// Makes a fresh clone ready: installs what is missing and builds. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const installed = path.join(root, 'node_modules/.package-lock.json');
const lock = path.join(root, 'package-lock.json');

// npm sets these for its scripts; a nested npm must not take them for its own settings.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
);

const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000;
if (!isInstalled) {
  console.error('Installing what is needed into node_modules (once; a minute or two) ...');
  npm('ci', '--no-audit', '--no-fund');
}
if (!process.argv.includes('--installed-only')) {
  console.error('Building (some seconds) ...');
  npm('run', '--silent', 'build');
}

function npm(...args) {
  const result = spawnSync('npm', args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
