import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { call, freePort } from '../support/misp';
import { becomes } from '../support/until';
import { openEditor, picture, TRAY_MS, type Editor } from './browser';
import { tab } from './flows';
import { closeForm, dragFromPalette, openByDoubleClick, wire } from './mouse';

const LOGIN = { user: 'misp', password: 'a pass:word' };

describe('the demo, built with the mouse', function () {
  this.timeout(90000);
  let editor: Editor;
  let misp: StandInMisp;
  let port: number;

  before(async () => {
    port = await freePort();
    editor = await openEditor();
    misp = await startStandInMisp({
      port: 0,
      actionService: {
        url: `http://${LOGIN.user}:${encodeURIComponent(LOGIN.password)}@127.0.0.1`,
        port,
      },
      workflows: { 'event-publish': { module: 'nodered_event_publish' } },
    });
  });
  after(async () => {
    await misp.close();
    await editor.close();
  });

  /** What MISP answers a user who publishes an event. */
  const publish = (id: number) =>
    call(undefined, {
      port: Number(new URL(misp.url).port),
      path: `/events/publish/${id}/disable_background_processing:1`,
      headers: { Accept: 'application/json', Authorization: API_KEY },
    });

  it('goes from the palette to MISP being told to stop', async () => {
    const { page } = editor;
    await editor.open([tab]);
    const trigger = await dragFromPalette(page, 'misp-trigger', 150, 120);
    const condition = await dragFromPalette(page, 'misp-if-tag', 370, 120);
    const response = await dragFromPalette(page, 'misp-response', 620, 120);
    const allow = await dragFromPalette(page, 'misp-response', 620, 200);
    await wire(page, trigger, condition);
    await wire(page, condition, response);
    await wire(page, condition, allow, 1);

    await openByDoubleClick(page, trigger);
    await page.locator('.form-row:has(#node-input-listener) .red-ui-button').last().click();
    await page.waitForSelector('#node-config-dialog-ok');
    await page.waitForTimeout(TRAY_MS);
    await page.fill('#node-config-input-port', String(port));
    await page.fill('#node-config-input-user', LOGIN.user);
    await page.fill('#node-config-input-password', LOGIN.password);
    await picture(page, 'demo-listener.png');
    await page.click('#node-config-dialog-ok');
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await page.waitForTimeout(TRAY_MS);
    assert.equal(await page.inputValue('#node-input-module'), 'nodered_event_publish');
    await closeForm(page);

    await openByDoubleClick(page, condition);
    await page.fill('#node-input-tags-entry', 'tlp:red');
    await page.press('#node-input-tags-entry', 'Enter');
    await picture(page, 'demo-condition.png');
    await closeForm(page);

    await openByDoubleClick(page, response);
    await page.fill('#node-input-message', 'tlp:red must not be published');
    await closeForm(page);

    await openByDoubleClick(page, allow);
    await page.selectOption('#node-input-answer', 'allow');
    await closeForm(page);

    // The checks find nothing.
    await page.waitForTimeout(500);
    await becomes(() => page.locator('.misp-checks li').count(), 0);
    await page.click('#red-ui-header-button-deploy');
    await page.waitForSelector('text=Successfully deployed');
    await page.waitForSelector('text=ready');

    const published = await publish(2);
    assert.equal(published.status, 200);
    assert.equal(misp.event('2')?.published, true);
    const stopped = await publish(1);
    assert.equal(stopped.status, 403);
    assert.equal(misp.event('1')?.published, false);
    const log = misp.log.rows.map(({ title, change }) => `${title} ${change}`).join('\n');
    assert.match(log, /tlp:red must not be published/);
    await page.waitForSelector('text=blocked: tlp:red must not');
    await page.waitForTimeout(500);
    await picture(page, 'demo-built-with-the-mouse.png');
    assert.deepEqual(editor.problems, []);
  });
});
