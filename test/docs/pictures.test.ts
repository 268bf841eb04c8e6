import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../support/definitions';
import { exampleNames } from '../support/examples';
import { root } from '../support/node-red';

const images = path.join(root, 'docs/images');
const namesIn = (folder: string) =>
  readdirSync(path.join(images, folder))
    .map((file) => path.basename(file, '.png'))
    .sort();

describe('the pictures of the documentation', () => {
  it('are there for the form of every node, and for no other', () => {
    const types = definitions.map(({ type }) => type).sort();
    assert.deepEqual(namesIn('forms'), types, 'npm run pictures -- forms');
  });

  it('are there for every example, and for no other', () => {
    assert.deepEqual(namesIn('examples'), exampleNames.toSorted(), 'npm run pictures -- examples');
  });

  for (const name of ['demo.gif', 'demo-dark.gif']) {
    it(`have a film that moves without an end, and is no burden: ${name}`, () => {
      const film = readFileSync(path.join(images, name));
      assert.equal(film.toString('latin1', 0, 6), 'GIF89a');
      assert.ok(film.includes('NETSCAPE2.0'), 'begins again');
      assert.ok(statSync(path.join(images, name)).size < 500_000);
    });
  }
});
