import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../support/definitions';
import { root } from '../support/node-red';
import { openEditor, picture, type Editor } from './browser';
import { cancel, flow, FORM, openForm } from './form-trays';

const languages = readdirSync(path.join(root, 'locales')).filter((name) => /^[a-z]{2}$/.test(name));

/** Runs in the browser: texts that are wider than their place, and keys that stand in place of a text. */
function badlyShown(within: string): string[] {
  const boxes = Array.from(document.querySelectorAll<HTMLElement>(`${within} *`)).filter(
    (element) => element.getClientRects().length > 0,
  );
  const ownText = (element: HTMLElement) =>
    Array.from(element.childNodes)
      .filter((node) => node.nodeType === 3)
      .map((node) => node.textContent?.trim())
      .join('');
  const wide = boxes.filter(
    (element) => ownText(element) && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 2,
  );
  const key = /^misp-[a-z-]+\.\w+\.|__\w+__/;
  const keys = boxes.filter((element) => [ownText(element), element.title].some((text) => key.test(text)));
  return [...wide, ...keys].map((element) => ownText(element).slice(0, 60) || element.title);
}

for (const language of languages) {
  describe(`the forms in the language ${language}`, function () {
    this.timeout(60000);
    let editor: Editor;
    before(async () => {
      editor = await openEditor('light', [], {}, { locale: language });
      await editor.open(flow);
    });
    after(() => editor.close());
    afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

    for (const { description } of definitions) {
      it(`${description.type} has its texts, and none is too long for its place`, async () => {
        await openForm(editor, description);
        await picture(editor.page, `${description.type}-${language}.png`);
        assert.deepEqual(await editor.page.evaluate(badlyShown, FORM), []);
        await cancel(editor, description);
      });
    }
  });
}
