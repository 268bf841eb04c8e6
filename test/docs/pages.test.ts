import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/node-red';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const linksIn = (text: string) =>
  [...text.matchAll(/\]\(([^)#]+\.md)(?:#[^)]*)?\)/g)].map(([, page]) => page);

describe('the list of all pages', () => {
  const listed = [...read('docs/index.md').matchAll(/^- \[[^\]]+\]\(([^)]+\.md)\)/gm)].map(
    ([, page]) => page,
  );

  it('has each page once', () => {
    const pages = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
    const top = ['../SECURITY.md', '../CHANGELOG.md', '../CONTRIBUTING.md'];
    const expected = [...pages.filter((name) => name !== 'index.md'), ...top];
    assert.deepEqual(listed.toSorted(), expected.toSorted());
  });

  it('begins with what a newcomer needs', () => {
    assert.deepEqual(listed.slice(0, 2), ['start.md', 'connect.md']);
  });
});

describe('the README', () => {
  const readme = read('README.md');

  it('fits on a screen', () => {
    assert.ok(readme.split('\n').length <= 50);
    assert.ok(readme.split(/\s+/).length <= 500);
  });

  it('says what it is, how it is tried and connected, and that it fails closed', () => {
    for (const part of ['docs/images/demo.gif', 'git clone', 'npm start', '1. ', '2. ', '3. '])
      assert.ok(readme.includes(part), part);
    assert.match(readme, /MISP fails open; with this it fails closed/);
    for (const page of ['docs/start.md', 'docs/connect.md', 'docs/index.md', 'SECURITY.md'])
      assert.ok(linksIn(readme).includes(page), page);
  });
});

describe("the page for those who know MISP's training", () => {
  /** What the slides speak of, in their order. */
  const TOPICS = [
    ...['What it is for', 'Words', 'How a workflow is executed', 'Blocking', 'Who executes'],
    ...['Classes of modules', 'Conditions', 'Actions', 'Sources of modules', 'Triggers', 'Settings'],
    ...['The list of modules', 'Draw a workflow', 'Loops', 'Recursion', 'Several connections', 'Warnings'],
    ...['Blueprints', 'Hash paths', 'Filters of a module', 'Format of the data', 'Concurrent Task'],
    ...['Debugging', 'A module of your own'],
  ];
  const rows = read('docs/training.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));

  for (const topic of TOPICS) {
    it(`leads to pages about: ${topic}`, () => {
      const found = rows.filter((row) => row.startsWith(`| **${topic}**`));
      assert.ok(found.length > 0);
      for (const row of found) assert.match(row.split(' | ')[1], /\]\([^)]*\.md/);
    });
  }
});
