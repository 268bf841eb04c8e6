import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleNames } from '../support/examples';
import { root } from '../support/node-red';

interface Lock {
  packages: Record<string, { resolved?: string; integrity?: string; license?: string }>;
}

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** What a page of the built site has, and what is wrong with it; nothing if it is right. */
const TAGS: [tag: string, problem?: string][] = [
  ['<link rel="icon" href="/node-red-misp/icon.svg">'],
  ['<a href="/node-red-misp/">'],
  ['<a href="./other.html#there">'],
  ['<a href="#here" id="here">'],
  ['<a href="https://example.org/">'],
  ['<img src="data:image/png;base64,AAAA">'],
  ['<a href="http://example.org/">', 'is loaded from elsewhere, or leads there without https'],
  ['<a href="javascript:alert">', 'is loaded from elsewhere, or leads there without https'],
  ['<a href="./other.html#gone">', 'no such heading'],
  ['<a href="./gone.html">', 'no such file'],
  ['<a href="/elsewhere.html">', 'leads out of the site'],
  ['<img alt="x" src="gone.png">', 'no such file'],
  ['<img src="https://example.org/counter.png">', 'is loaded from elsewhere, or leads there without https'],
  ['<script src="//example.org/code.js">', 'is loaded from elsewhere, or leads there without https'],
  [
    '<link rel="preconnect" href="https://fonts.example.org">',
    'is loaded from elsewhere, or leads there without https',
  ],
];
const STYLES = [
  '@import url("https://fonts.example.org/css2");',
  "@font-face { src: url('//fonts.example.org/a.woff2'); }",
];

describe('the site of the documentation', () => {
  const lock = JSON.parse(read('site/package-lock.json')) as Lock;

  it('has a generator of its own, whose lock names no registry', () => {
    const packages = Object.entries(lock.packages).filter(([folder]) => folder !== '');
    assert.ok(packages.length > 0);
    for (const [folder, { resolved, integrity, license }] of packages) {
      assert.equal(resolved, undefined, folder);
      assert.match(integrity ?? '', /^sha512-/, folder);
      assert.match(license ?? '', /^(MIT|ISC|BSD-[23]-Clause|CC0-1\.0|Apache-2\.0|EPL-2\.0)$/, folder);
    }
    const own = JSON.parse(read('package-lock.json')) as Lock;
    assert.ok(!Object.keys(own.packages).some((folder) => folder.endsWith('/vitepress')));
  });

  it('has a page for each page of the repository, with links that lead somewhere', function () {
    this.timeout(20_000);
    const folder = mkdtempSync(path.join(tmpdir(), 'misp-pages-'));
    const made = spawnSync(process.execPath, ['site/pages.mjs', folder], { cwd: root, encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const pages = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.md'));
    for (const page of ['index.md', 'start.md', 'security.md', 'nodes/misp-if-tag.md'])
      assert.ok(pages.includes(page), page);
    const files = pages.map((page) => path.join(folder, page));
    const checked = spawnSync(process.execPath, ['scripts/links.mjs', ...files], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(checked.status, 0, checked.stderr);
    const node = readFileSync(path.join(folder, 'nodes/misp-tag.md'), 'utf8');
    for (const part of [
      '# tag\n',
      '## Inputs',
      '- **payload** (object): ',
      '- **Scope** (choice)',
      '`tag_operation`',
    ])
      assert.ok(node.includes(part), part);
    assert.doesNotMatch(node, /^ *: /m);
    assert.ok(node.includes('](../images/forms/misp-tag.png)'));
    const flows = pages.filter((page) => page.startsWith('gallery/'));
    assert.equal(flows.length, exampleNames.length);
    for (const page of flows) {
      const text = readFileSync(path.join(folder, page), 'utf8');
      assert.match(text, /^search: false$/m, 'only the gallery is searched');
      const flow = /^```json\n([\s\S]*?)\n```$/m.exec(text)?.[1] ?? '';
      assert.ok((JSON.parse(flow) as unknown[]).length > 2, page);
    }
    rmSync(folder, { recursive: true });
  });

  it('is refused where a link leads nowhere, or something is loaded from elsewhere', () => {
    const dist = mkdtempSync(path.join(tmpdir(), 'misp-dist-'));
    mkdirSync(path.join(dist, 'assets'));
    writeFileSync(path.join(dist, 'icon.svg'), '');
    writeFileSync(path.join(dist, 'index.html'), TAGS.map(([tag]) => tag).join('\n'));
    writeFileSync(path.join(dist, 'other.html'), '<h2 id="there"></h2>');
    writeFileSync(path.join(dist, 'assets/style.css'), STYLES.join('\n'));
    const { status, stderr } = spawnSync(process.execPath, ['site/check.mjs', dist], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DOCS_BASE: '/node-red-misp/' },
    });
    rmSync(dist, { recursive: true });
    assert.equal(status, 1);
    const expected = TAGS.filter(([, problem]) => problem).map(([, problem]) => problem);
    const found = stderr
      .trim()
      .split('\n')
      .map((line) => line.split(': ').at(-1));
    assert.deepEqual(found, [...expected, ...STYLES.map(() => 'is loaded from elsewhere')]);
  });
});
