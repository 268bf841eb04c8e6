import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/node-red';

const check = (...pages: string[]) =>
  spawnSync(process.execPath, ['scripts/links.mjs', ...pages], { cwd: root, encoding: 'utf8' });

/** A line of a page, and what is wrong with its link; nothing if it is right. */
const LINES: [line: string, problem?: string][] = [
  ['# Its `own` heading: _yes_ & no', undefined],
  ['[a](#its-own-heading-yes--no)', undefined],
  ['[b](#its-own-heading)', 'no such heading'],
  ['[c](other.md#two)', undefined],
  ['[d](other.md#two-1)', undefined],
  ['[e](other.md#two-2)', 'no such heading'],
  ['[f](other.md#not-a-heading)', 'no such heading'],
  ['[g](gone.md)', 'no such file'],
  ['![h](<with blank.png>)', 'no such file'],
  ['<img src="gone.png" alt="i">', 'no such file'],
  ['<source srcset="gone-dark.png">', 'no such file'],
  ['[j](http://example.org)', 'is neither https nor relative'],
  ['[k](javascript:alert)', 'is neither https nor relative'],
  ['[l](/docs/index.md)', 'is neither https nor relative'],
  ['[m](https://example.org/anything)', undefined],
  ['[n](https://github.com/misp-flows/node-red-misp/blob/main/docs/gone.md)', 'no such file'],
  ['[o](https://github.com/misp-flows/node-red-misp/blob/main/docs/limits.md#loops)', undefined],
  ['`[p](gone.md)`', undefined],
  ['```\n[q](gone.md)\n```', undefined],
];
const OTHER = '# One\n\n## Two\n\n```\n# Not a heading\n```\n\n## Two\n';

describe('links and pictures of the documentation', () => {
  it('lead somewhere', () => {
    const { status, stdout, stderr } = check();
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^\d{2,} pages, 0 links/);
  });

  it('are found where they lead nowhere', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'misp-links-'));
    const page = path.join(folder, 'page.md');
    writeFileSync(page, LINES.map(([line]) => line).join('\n\n'));
    writeFileSync(path.join(folder, 'other.md'), OTHER);
    const { status, stderr } = check(page);
    rmSync(folder, { recursive: true });
    assert.equal(status, 1);
    const found = stderr.trim().split('\n');
    const expected = LINES.flatMap(([line, problem]) => {
      const target = /(?:\]\(<?|=")([^>)"]*)/.exec(line)?.[1];
      return problem ? [`${page}: ${target}: ${problem}`] : [];
    });
    assert.deepEqual(found, expected);
  });
});
