import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tab } from '../support/flows';
import { openEditor, TRAY_MS, type Editor } from './browser';

describe('the form of a MISP', function () {
  this.timeout(60000);
  let editor: Editor;
  let access: http.Server;
  const seen: http.IncomingHttpHeaders[] = [];
  before(async () => {
    access = http.createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(403, { 'Content-Type': 'text/html' }).end('access proxy');
    });
    await new Promise<void>((resolve) => access.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(access.address() as AddressInfo).port}`;
    editor = await openEditor();
    const headers = [{ name: 'X-Access-Id', value: 'saved' }];
    await editor.open(
      [tab, { id: 'misp', type: 'misp-server', version: 1, url, verify: true, timeout: 5, headers }],
      {
        misp: { apiKey: 'k'.repeat(40), headerSecret: 'saved-secret' },
      },
    );
  });
  after(async () => {
    await editor.close();
    access.close();
  });

  it('tests the connection with its rows of headers, those not saved yet as well', async () => {
    const { page } = editor;
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as {
        RED: { editor: { editConfig(name: string, type: string, id: string): void } };
      };
      RED.editor.editConfig('', 'misp-server', 'misp');
    });
    await page.waitForSelector('#node-config-dialog-ok');
    await page.waitForTimeout(TRAY_MS);
    await page.locator('details.misp-advanced summary, summary:text("Advanced")').first().click();
    const rows = page.locator('#node-config-input-headers-list, .misp-row').locator('input[name=value]');
    await rows.first().fill('typed');
    await page.click('button:text("Test connection")');
    await page.locator('.misp-test[data-state=error]').waitFor();
    assert.equal(seen.at(-1)?.['x-access-id'], 'typed');
    assert.equal(seen.at(-1)?.authorization, 'k'.repeat(40));
  });
});
