import { strict as assert } from 'node:assert';
import { block, credentials, idOf, ifTag, listener, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { openEditor, picture, type Editor } from './browser';

describe('trying a flow in the editor', function () {
  this.timeout(60000);
  let editor: Editor;
  let port = 0;
  before(async () => {
    editor = await openEditor();
    port = await freePort();
    const red = ifTag('red', 'tlp:red', ['stop']);
    await editor.open([tab, listener(port), trigger(['red'], { x: 200, y: 40 }), red, block()], credentials);
    await listening(port);
    await query(port, 'test_module', event(['tlp:red']));
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  const edit = (name: string) => editor.edit(idOf(name));
  const close = () => editor.cancel();

  it('the form of a condition tells how it decides on the last message, before it is deployed', async () => {
    const { page } = editor;
    await edit('red');
    await page.click('.misp-trial summary');
    await page.click('.misp-trial button');
    const result = page.locator('.misp-trial [role=status]');
    await result.filter({ hasText: 'then' }).waitFor();
    assert.equal(await result.innerText(), 'On the last message of event-publish: then. Found: ["tlp:red"]');
    await picture(page, 'try-it.png');
    await page.selectOption('#node-input-condition', 'not_in_or');
    await page.click('.misp-trial button');
    await result.filter({ hasText: 'else' }).waitFor();
    await page.fill('#misp-trial-event', '{"Event":{"Tag":[{"name":"tlp:green"}]}}');
    await page.click('.misp-trial button');
    await result.filter({ hasText: 'pasted' }).waitFor();
    assert.match(await result.innerText(), /then\. Found: \["tlp:green"\]/);
    await close();
  });

  it('the form of the trigger runs the flow with the last request, or a sample', async () => {
    const { page } = editor;
    await edit('trigger');
    const result = page.locator('.misp-test[role=status]');
    await page.click('button:text("with the last request")');
    await result.filter({ hasText: 'MISP would stop' }).waitFor();
    await picture(page, 'test-run.png');
    await page.click('button:text("with a sample")');
    await result.filter({ hasText: 'MISP would' }).waitFor();
    await close();
  });

  it("the trigger's button does so too, and says what came of it", async () => {
    const { page } = editor;
    await page.click(`[id="${idOf('trigger')}"] .red-ui-flow-node-button-button`);
    await page.locator('.red-ui-notification').filter({ hasText: 'MISP would stop' }).waitFor();
    await picture(page, 'test-button.png');
  });
});
