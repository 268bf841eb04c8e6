import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import areas from './areas.json';
import { bounds, enoughPassed } from './bounds';
import { rules } from './differences/index';
import { runArea } from './runner';
import type { AreaResult } from './runner';
import { Folder } from './vectors';

describe("MISP's answers", function () {
  // Whole workflows run in a real Node-RED.
  this.timeout(240_000);
  const folder = new Folder(join(__dirname, 'vectors'));
  const results: AreaResult[] = [];

  for (const area of areas) {
    it(area, async () => {
      const result = await runArea(folder, area);
      results.push(result);
      const all = enoughPassed(result) ? [] : result.failures;
      assert.deepEqual(all, [], `${result.counts.failed} of ${result.total} failed`);
      assert.deepEqual([...result.tooWide], [], 'a rule also matches exact answers');
    });
  }

  it('differ on purpose in few cases only', () => {
    assert.deepEqual(bounds(results), []);
  });

  it('every difference is in use and documented', () => {
    const used = new Set(results.flatMap((result) => [...result.used.keys()]));
    const page = readFileSync(join(__dirname, '../../docs/differences.md'), 'utf8');
    for (const { name } of rules) {
      assert.ok(used.has(name), `unused: ${name}`);
      assert.ok(page.includes(`## ${name}\n`), `not in docs/differences.md: ${name}`);
    }
  });
});
