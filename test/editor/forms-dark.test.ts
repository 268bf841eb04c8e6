import { strict as assert } from 'node:assert';
import { definitions } from '../support/definitions';
import { openEditor, picture, type Editor } from './browser';
import { unreadable } from './contrast';
import { cancel, flow, FORM, openForm, OURS, prefixOf } from './form-trays';
import { complaint, isShown, spoil } from './spoil';

describe('the forms in the dark', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor('dark');
    await editor.open(flow);
  });
  after(() => editor.close());

  for (const { description } of definitions) {
    it(`${description.type} can be read, and says in words what is wrong`, async () => {
      await openForm(editor, description);
      await picture(editor.page, `${description.type}-dark.png`);
      assert.deepEqual(await unreadable(editor.page, FORM, OURS), []);
      for (const [name, field] of Object.entries(description.fields)) {
        const id = `${prefixOf(description)}${name}`;
        if (!(await isShown(editor.page, id))) continue;
        const control = await spoil(editor.page, id, field);
        if (!control) continue;
        const words = await complaint(editor.page, control);
        assert.ok(words.length > 10 && !words.includes('problems.'), `${name}: ${words}`);
      }
      await picture(editor.page, `${description.type}-wrong.png`);
      assert.deepEqual(await unreadable(editor.page, FORM, OURS), []);
      await cancel(editor, description);
    });
  }

  it('the checks can be read', async () => {
    const { page } = editor;
    await page.click('.misp-checks-status.misp-check-danger');
    await page.waitForSelector('.misp-checks li');
    await picture(page, 'checks-dark.png');
    const ours = '.misp-checks, .misp-checks-status';
    assert.deepEqual(await unreadable(page, '.misp-checks, #red-ui-workspace-footer', ours), []);
  });
});
