import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pkg } from '../support/definitions';
import { root } from '../support/node-red';
import type { PackedRun } from '../support/packed-run';
import { withoutChecks } from '../support/saved-flows';

const NAME = '@misp-flows/node-red-misp';

/**
 * A user folder in which the packed package is installed: its files as `npm pack` puts them together, and of other
 * packages only those that it asks for.
 */
function install(userDir: string): string {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', userDir], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { filename: string }[];
  const folder = path.join(userDir, 'node_modules', NAME);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(userDir, filename), '-C', folder, '--strip-components=1']);
  for (const name of Object.keys({ ...pkg.dependencies, ...pkg.optionalDependencies })) {
    const from = path.join(root, 'node_modules', name);
    const to = path.join(userDir, 'node_modules', name);
    mkdirSync(path.dirname(to), { recursive: true });
    if (existsSync(from)) symlinkSync(from, to);
  }
  return folder;
}

/** Starts Node-RED on it, deploys all examples and saved flows, and tells what came of them. */
function run(userDir: string, folder: string): PackedRun {
  const script = path.join(root, 'test/support/packed-run.ts');
  const out = execFileSync(process.execPath, ['--require', 'tsx/cjs', script, userDir, folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out.slice(out.indexOf('{"nodes"'))) as PackedRun;
}

describe('the packed package, installed into a fresh user folder', function () {
  this.timeout(180000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'misp-packed-'));
  let folder: string;
  let result: PackedRun;
  before(() => {
    folder = install(userDir);
    result = run(userDir, folder);
  });
  after(() => rmSync(userDir, { recursive: true, force: true }));

  it('brings all node types', () => {
    const ours = result.nodes.filter(({ module }) => module === NAME);
    assert.deepEqual(
      ours.flatMap(({ types, err, enabled }) => (err || !enabled ? [] : types)).sort(),
      Object.keys(pkg['node-red'].nodes).sort(),
    );
  });

  it('has what belongs to it, and nothing of the workshop', () => {
    const files = readdirSync(folder);
    for (const name of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'SECURITY.md',
      'docs',
      'examples',
      'resources',
    ]) {
      assert.ok(files.includes(name), name);
    }
    for (const name of ['test', 'sandbox', 'src', 'scripts', 'bench', 'site'])
      assert.ok(!files.includes(name), name);
    assert.ok(existsSync(path.join(folder, 'resources/editor.js')));
  });

  it('deploys its examples and what older versions saved, without a warning', () => {
    const flows = readdirSync(path.join(root, 'examples'));
    assert.deepEqual(Object.keys(result.logs).sort(), [...flows, 'saved flows'].sort());
    for (const [name, text] of Object.entries(result.logs)) assert.equal(withoutChecks(text), '', name);
  });
});
