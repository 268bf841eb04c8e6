import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { definitions, pkg } from '../support/definitions';
import { root } from '../support/node-red';

interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

describe('the published package', function () {
  this.timeout(120000);
  let folder = '';
  let packed: Packed;
  const npm = (args: string[], cwd: string) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-package-'));
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const result = JSON.parse(npm(args, root)) as Packed[] | Record<string, Packed>;
    packed = Object.values(result)[0];
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    npm(['install', '--no-audit', '--no-fund', `./${path.basename(packed.filename)}`], folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what users need, and nothing else', () => {
    const top = new Set(packed.files.map((file) => file.path.split('/')[0]));
    for (const name of top) {
      assert.ok(
        /^(dist|examples|resources|docs|package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE)$/.test(
          name,
        ),
        name,
      );
    }
    for (const name of ['dist', 'examples', 'resources', 'LICENSE', 'README.md'])
      assert.ok(top.has(name), name);
    assert.ok(!packed.files.some((file) => /\.(ts|map)$|^(test|sandbox|bench|site)\//.test(file.path)));
    // In English it stays below 1 MiB; a further language adds its texts and helps, and each node has those that it shares.
    const further = readdirSync(path.join(root, 'locales')).filter((name) => /^[a-z]{2}$/.test(name)).length;
    assert.ok(packed.size < (1024 + 280 * further) * 1024, `${packed.size} bytes`);
  });

  it('names no machine and no registry', () => {
    for (const { path: file } of packed.files.filter((entry) => /\.(js|json|html|md)$/.test(entry.path))) {
      const text = readFileSync(path.join(folder, 'node_modules/@misp-flows/node-red-misp', file), 'utf8');
      assert.ok(!text.includes(root), file);
    }
  });

  it('links to pages that are in it', () => {
    const pages = packed.files.map((file) => file.path);
    const texts = pages.filter((file) => /\.(md|html)$/.test(file));
    const linked = new Set<string>();
    for (const file of texts) {
      const text = readFileSync(path.join(folder, 'node_modules/@misp-flows/node-red-misp', file), 'utf8');
      const near = path.dirname(file);
      for (const [, page] of text.matchAll(/\]\((?!https?:|#)([^)#]+\.md)/g))
        linked.add(path.join(near, page));
      for (const [, page] of text.matchAll(/node-red-misp\/blob\/main\/([^)#\s]+)/g)) linked.add(page);
    }
    for (const page of linked) if (page !== 'CONTRIBUTING.md') assert.ok(pages.includes(page), page);
    assert.ok(linked.has('docs/misp-does-not-ask.md'));
  });

  it('has a page that begins with what MISP says when it does not ask', () => {
    const page = readFileSync(path.join(root, 'docs/misp-does-not-ask.md'), 'utf8');
    assert.match(page, /^# .*\n\s+Could not load class for module/);
    for (const type of ['misp-listener', 'misp-trigger']) {
      const { html } = definitions.find((one) => one.type === type)!;
      assert.ok(html.includes('Could not load class for module'), type);
      assert.ok(html.includes('docs/misp-does-not-ask.md'), type);
    }
  });

  for (const { type } of definitions) {
    it(`${type} loads alone from an empty folder`, () => {
      const file = pkg['node-red'].nodes[type];
      const script = `const node = require('@misp-flows/node-red-misp/${file}').default;
        if (typeof node !== 'function' || node.description.type !== '${type}') process.exit(1);`;
      execFileSync(process.execPath, ['-e', script], { cwd: folder });
    });
  }
});
