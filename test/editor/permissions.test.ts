import { strict as assert } from 'node:assert';
import { block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { openEditor, picture, type Editor } from './browser';

/** All that the editor and the forms want, but not the data of events. */
const NEEDED = ['flows', 'nodes', 'plugins', 'settings', 'library', 'credentials', 'context', 'status'];
const permissions = [...NEEDED.map((name) => `${name}.read`), 'flows.write', 'misp.read', 'misp.write'];
const adminAuth = {
  type: 'credentials',
  users: () => Promise.resolve(null),
  authenticate: () => Promise.resolve(null),
  default: () => Promise.resolve({ anonymous: true, permissions }),
};
const REFUSAL = 'You may not see the data of events: that takes the permission misp.data';

describe('the editor of somebody who may not see the data of events', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor('light', [], { adminAuth });
    const port = await freePort();
    const red = ifTag('red', 'tlp:red', ['stop', 'path']);
    const condition = node('path', 'misp-if', [[], []], {
      hash_path: 'Event.info',
      operator: 'in',
      value: 'x',
      version: 2,
    });
    const flow = [
      tab,
      listener(port),
      trigger(['red'], { x: 200, y: 40 }),
      red,
      block('stop', 'why'),
      condition,
    ];
    await editor.open(flow, credentials);
    await listening(port);
    await query(port, 'test_module', event(['tlp:red'], { info: 'only for analysts' }));
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  const edit = (name: string) => editor.edit(idOf(name));
  const close = () => editor.cancel();

  it('says so in the form of a condition, which still tries a pasted event', async () => {
    const { page } = editor;
    await edit('red');
    await page.click('.misp-trial summary');
    await page.click('.misp-trial button');
    const result = page.locator('.misp-trial [role=status]');
    await result.filter({ hasText: REFUSAL }).waitFor();
    assert.equal(await result.getAttribute('data-state'), 'warning');
    await picture(page, 'not-permitted.png');
    await page.fill('#misp-trial-event', '{"Event":{"Tag":[{"name":"tlp:red"}]}}');
    await page.click('.misp-trial button');
    await result.filter({ hasText: 'then. Found: ["tlp:red"]' }).waitFor();
    await close();
  });

  it('says so under a path, which is still checked', async () => {
    const { page } = editor;
    await edit('path');
    const preview = page.locator('#node-input-hash_path-preview');
    await preview.filter({ hasText: REFUSAL }).waitFor();
    assert.equal(await preview.getAttribute('data-state'), 'ok');
    await page.fill('#node-input-hash_path', 'Event[');
    await page.locator('#node-input-hash_path').blur();
    await preview.filter({ hasText: 'bracket' }).waitFor();
    assert.equal(await preview.getAttribute('data-state'), 'error');
    await close();
  });

  it('says so under a template, which is still checked', async () => {
    const { page } = editor;
    await edit('stop');
    const preview = page.locator('#node-input-message-preview');
    await page.click('.misp-tools button:has-text("preview")');
    await preview.filter({ hasText: REFUSAL }).waitFor();
    await page.fill('#node-input-message', '{{ ');
    await page.locator('#node-input-message').blur();
    await page.locator('#node-input-message-preview[data-state=error]').waitFor();
    await close();
  });

  it('says so when the trigger runs the flow with the last request, and runs it with a sample', async () => {
    const { page } = editor;
    await edit('trigger');
    const result = page.locator('.misp-test[role=status]');
    await page.click('button:text("with the last request")');
    await result.filter({ hasText: REFUSAL }).waitFor();
    await page.click('button:text("with a sample")');
    await result.filter({ hasText: 'MISP would' }).waitFor();
    await close();
  });
});
