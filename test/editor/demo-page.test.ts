import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { connected, demoFlow } from '../../sandbox/demo-flow';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import { openEditor, picture, TRAY_MS, type Editor } from './browser';

const LOGIN = { user: 'misp', password: 'sandbox' };
const PHONE = { width: 360, height: 740 };

for (const colours of ['light', 'dark'] as const) {
  describe(`what npm start starts, ${colours}`, function () {
    this.timeout(120000);
    let editor: Editor;
    let misp: StandInMisp;
    let page: Page;

    before(async () => {
      const port = await freePort();
      editor = await openEditor(colours);
      misp = await startStandInMisp({
        port: 0,
        actionService: { url: `http://${LOGIN.user}:${LOGIN.password}@127.0.0.1`, port },
        workflows: { 'event-publish': { module: 'nodered_event_publish' } },
      });
      const { flow, credentials } = demoFlow();
      const nodes = connected(flow, misp.url).map((node) =>
        node.type === 'misp-listener' ? { ...node, port } : node,
      );
      const logins = Object.keys(credentials).map((id) => [id, { ...credentials[id], ...LOGIN }]);
      await editor.open(nodes, Object.fromEntries(logins) as Record<string, object>);
      page = await editor.page.context().newPage();
      await page.route(`${misp.url}/**`, (route) => route.continue());
      await page.setViewportSize(PHONE);
      await page.goto(misp.url);
      await page.waitForSelector('#publish-4');
    });
    after(async () => {
      await editor.close();
      await misp.close();
    });

    it('fits a telephone, also with a long tag', async () => {
      await page.selectOption('#module', 'nodered_second_look');
      await page.waitForFunction(`document.querySelector('#state').textContent.includes('event-publish')`);
      await page.click('#publish-4');
      await page.waitForSelector('#outcome.stopped');
      await page.waitForSelector('text=workflow:todo="review-before-publication"');
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.ok((width as number) <= PHONE.width, `${String(width)} pixels wide`);
      await picture(page, `stand-in-phone-${colours}.png`, { fullPage: true });
    });

    it('shows what came of it where one looks', async () => {
      const box = await page.locator('#outcome').boundingBox();
      assert.ok(box && box.y >= 0 && box.y + Math.min(box.height, PHONE.height) <= PHONE.height + 1);
      assert.match((await page.textContent('#outcome')) ?? '', /Event 4 has something tagged tlp:red in it/);
    });

    it('shows address and key of our MISP', async () => {
      assert.equal(await page.textContent('#url'), misp.url);
      assert.match((await page.textContent('#key')) ?? '', /^[\w]{40}$/);
    });

    it('searches the tags of our MISP in the forms', async () => {
      await editor.edit('d000000000000012');
      await editor.page.fill('#node-input-tags-entry', 'amber');
      await editor.page.waitForSelector('.misp-options li:has-text("tlp:amber")');
      await picture(editor.page, `demo-picker-${colours}.png`);
      await editor.page.fill('#node-input-tags-entry', '');
      await editor.cancel();
    });

    it('says that our MISP is there', async () => {
      await editor.page.evaluate(`RED.editor.editConfig('', 'misp-server', 'd0000000000000b1')`);
      await editor.page.waitForSelector('#node-config-dialog-ok');
      await editor.page.waitForTimeout(TRAY_MS);
      await editor.page.click('button:text("Test connection")');
      await editor.page.waitForSelector('.misp-test[data-state=ok]');
      await picture(editor.page, `demo-server-${colours}.png`);
      await editor.page.click('#node-config-dialog-cancel');
      await editor.page.waitForTimeout(TRAY_MS);
    });

    it('is drawn so that nothing is found, on both tabs', async () => {
      for (const tab of ['d000000000000001', 'd00000000000dc00']) {
        await editor.page.evaluate(`RED.workspaces.show(${JSON.stringify(tab)})`);
        await editor.page.waitForTimeout(500);
        await picture(editor.page, `demo-${tab.slice(-4)}-${colours}.png`);
        const drawn = await editor.page.locator('.red-ui-flow-node-label').allTextContents();
        assert.ok(drawn.length > 3 && !drawn.join(' ').includes('Fill in'), drawn.join(', '));
      }
      assert.equal(await editor.page.locator('.misp-checks li').count(), 0);
      assert.deepEqual(editor.problems, []);
    });
  });
}
