import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/node-red';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const headings = [...read('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

describe('the changelog', () => {
  it('has a dated entry for each version, the present one first', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const dates = headings.map((heading) => {
      const [, date] = /^\d+\.\d+\.\d+ - (\d{4}-\d{2}-\d{2})$/.exec(heading) ?? [];
      assert.ok(date, heading);
      assert.equal(new Date(date).toISOString().slice(0, 10), date, 'no such day');
      return date;
    });
    assert.equal(headings[0].split(' ')[0], version);
    assert.deepEqual(dates, [...dates].sort().reverse());
  });

  it('has the headings that publishing looks for', () => {
    assert.ok(read('.github/workflows/publish.yml').includes('- [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md'));
  });
});

describe('the pictures', () => {
  const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`)].filter(
    (file) => file.endsWith('.md'),
  );
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/(?:\]\(<?|src(?:set)?=")([^)>"]*\.(?:png|gif))/g)].map(([, file]) =>
      path.normalize(path.join(path.dirname(page), file)),
    ),
  );

  it('that a page shows are there, and said in words', () => {
    assert.ok(shown.length > 0);
    for (const file of shown) assert.ok(existsSync(path.join(root, file)), file);
    for (const page of pages) {
      for (const [image] of read(page).matchAll(/<img [^>]*>/g)) assert.match(image, /alt="[^"]{10,}"/, page);
    }
  });

  it('are made by the script, and small', () => {
    const list = read('scripts/pictures/list.ts');
    // Films, and what there are many of, are looked at by pictures.test.ts and gallery.test.ts.
    for (const file of readdirSync(path.join(root, 'docs/images')).filter((name) => name.endsWith('.png'))) {
      assert.ok(
        list.includes(`'${path.basename(file, '.png')}'`),
        `${file}: no line in scripts/pictures/list.ts`,
      );
      assert.ok(readFileSync(path.join(root, 'docs/images', file)).length < 150_000, `${file} is large`);
    }
  });
});
