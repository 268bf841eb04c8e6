import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../support/definitions';
import { root } from '../support/node-red';
import { openEditor, type Editor } from './browser';
import { tab } from './flows';

describe('the global scope of the editor', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.close());

  /** The scripts of this package, as the editor loads them: of the plugin, then of each node. */
  const scripts = [
    readFileSync(path.join(root, 'resources/editor.js'), 'utf8'),
    ...definitions.map(
      ({ html }) => /<script type="text\/javascript">([^]*?)<\/script>/.exec(html)?.[1] ?? '',
    ),
  ];

  it('has nothing of this package in it', async () => {
    await editor.open([tab]);
    const page = await editor.page.evaluate(() => Object.getOwnPropertyNames(globalThis));
    assert.deepEqual(
      page.filter((name) => /misp/i.test(name)),
      [],
    );
  });

  it('gets no name when the scripts of this package run', async () => {
    assert.ok(scripts.every((script) => script.length > 100));
    const added = await editor.page.evaluate((all) => {
      const before = new Set(Object.getOwnPropertyNames(globalThis));
      // As in the page, each in a script element of its own: what it declares at its top would be global.
      for (const text of all) {
        const script = document.createElement('script');
        script.textContent = text;
        document.head.append(script);
      }
      return Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
    }, scripts);
    assert.deepEqual(added, []);
    // What `let` and `const` declare at the top of a script is no property: all of a script stands in a function.
    for (const script of scripts) assert.match(script, /^\s*("use strict";)?\(\(\)=>\{[^]*\}\)\(\);\s*$/);
  });
});
