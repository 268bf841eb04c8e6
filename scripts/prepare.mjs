// Makes a fresh clone ready: installs what is missing and builds. Needs nothing but Node and npm.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const installed = path.join(root, 'node_modules/.package-lock.json');
const lock = path.join(root, 'package-lock.json');
/** How often a long step says that it goes on. */
const SIGN_OF_LIFE_MS = 5000;

// npm sets these for its scripts; a nested npm must not take them for its own settings.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
);

const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000;
if (!isInstalled) {
  console.error('Installing what is needed into node_modules (once; a minute or two) ...');
  await npm(packagesThere(), 'ci', '--no-audit', '--no-fund');
}
if (!process.argv.includes('--installed-only')) {
  console.error('Building (some seconds) ...');
  await npm(() => '', 'run', '--silent', 'build');
}

/** Runs npm, and says in between how far it is. */
async function npm(progress, ...args) {
  const started = Date.now();
  const signs = setInterval(() => {
    console.error(`  ${Math.round((Date.now() - started) / 1000)} s ${progress()}`.trimEnd());
  }, SIGN_OF_LIFE_MS);
  const child = spawn('npm', args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(signs);
  if (status !== 0) process.exit(status);
}

/** Counts the packages that are there, of those that are to come. */
function packagesThere() {
  const { packages } = JSON.parse(readFileSync(lock, 'utf8'));
  const wanted = Object.entries(packages).filter(([folder, { optional }]) => folder !== '' && !optional);
  return () => {
    const there = wanted.filter(([folder]) => existsSync(path.join(root, folder, 'package.json')));
    return `${there.length} of ${wanted.length} packages`;
  };
}
