import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { exampleNames } from '../support/examples';
import { root } from '../support/node-red';

describe('the page of the examples', () => {
  it('is what the examples say', () => {
    const check = spawnSync(process.execPath, ['scripts/gallery-page.mjs', '--check'], { cwd: root });
    assert.equal(check.status, 0, String(check.stderr));
  });

  it('has a small picture of each', () => {
    for (const name of exampleNames) {
      const file = path.join(root, 'docs/images/examples', `${name}.png`);
      assert.ok(existsSync(file), `npm run pictures -- "examples/${name}"`);
      assert.ok(statSync(file).size < 120_000, name);
    }
  });
});
