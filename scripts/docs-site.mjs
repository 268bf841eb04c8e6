// Builds the site of the documentation into site/.vitepress/dist. Its generator is installed in site/ alone, the first
// time and when its lock file is newer.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const site = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../site');
const installed = path.join(site, 'node_modules/.package-lock.json');
const lock = path.join(site, 'package-lock.json');

// npm sets these for its scripts; a nested npm must not take them for its own settings.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
);

const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000;
if (!isInstalled) npm('ci', '--no-audit', '--no-fund');
npm('run', '--silent', 'build');

function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: site,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
