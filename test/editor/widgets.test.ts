import { strict as assert } from 'node:assert';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { openEditor, shots, type Editor } from './browser';

describe('the widgets of the forms', function () {
  this.timeout(60000);
  let editor: Editor;
  let misp: StandInMisp;

  before(async () => {
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      seedTags: 50000,
    });
    editor = await openEditor();
    const port = await freePort();
    const server = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 };
    const stop = { ...block('stop', '{{ Event.info }} is not published'), x: 500, y: 40 };
    const path = node('path', 'misp-if', [['stop'], []], { hash_path: 'Event.Tag.{n}.name' });
    await editor.open(
      [
        tab,
        listener(port),
        server,
        trigger(['red', 'path'], { x: 200, y: 40 }),
        ifTag('red', 'tlp:red', ['stop']),
        path,
        stop,
      ],
      { ...credentials, misp: { apiKey: API_KEY } },
    );
    await listening(port);
    await query(port, 'test_module', event(['tlp:red', 'one:more']));
  });
  after(async () => {
    await editor.close();
    await misp.close();
  });
  afterEach(async () => {
    await editor.page.click('#node-dialog-cancel');
    await editor.page.waitForTimeout(500);
    assert.deepEqual(editor.problems.splice(0), []);
  });

  const edit = async (name: string) => {
    await editor.page.evaluate((id) => {
      const { RED } = globalThis as unknown as {
        RED: { editor: { edit(node: unknown): void }; nodes: { node(id: string): unknown } };
      };
      RED.editor.edit(RED.nodes.node(id));
    }, idOf(name));
    await editor.page.waitForSelector('#node-dialog-ok');
    await editor.page.waitForTimeout(500);
  };
  const chips = () =>
    editor.page
      .locator('#node-input-tags-list .misp-chip')
      .evaluateAll((list) => list.map((chip) => (chip as HTMLElement).dataset.value));

  it('a picker searches 50,000 tags while one types, and the editor stays responsive', async () => {
    const { page } = editor;
    await edit('red');
    await page.evaluate(() => {
      const state = globalThis as unknown as { longest: number };
      state.longest = 0;
      let last = performance.now();
      setInterval(() => {
        state.longest = Math.max(state.longest, performance.now() - last);
        last = performance.now();
      }, 16);
    });
    const started = Date.now();
    await page.locator('#node-input-tags-entry').pressSequentially('seed:tag-4', { delay: 20 });
    await page
      .locator('#node-input-tags-options li', { hasText: 'seed:tag-4' })
      .first()
      .waitFor({ timeout: 1500 });
    const waited = Date.now() - started;
    const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
    await page.screenshot({ path: path.join(shots, 'picker.png') });
    assert.ok(waited < 1500, `${waited} ms`);
    assert.ok(longest < 400, `the page stood still for ${longest} ms`);
  });

  it('a picker is used with the keyboard alone', async () => {
    const { page } = editor;
    await edit('red');
    const entry = page.locator('#node-input-tags-entry');
    await entry.focus();
    await entry.pressSequentially('tlp:g');
    await page.locator('#node-input-tags-options li').first().waitFor();
    await entry.press('ArrowDown');
    await entry.press('Enter');
    assert.deepEqual(await chips(), ['tlp:red', 'tlp:green']);
    await entry.fill('my:own');
    await entry.press('Enter');
    assert.deepEqual(await chips(), ['tlp:red', 'tlp:green', 'my:own']);
    await entry.press('Backspace');
    assert.deepEqual(await chips(), ['tlp:red', 'tlp:green']);
    await page.click('#node-input-tags-list .misp-chip[data-value="tlp:red"] button');
    assert.deepEqual(await chips(), ['tlp:green']);
    const colour = await page
      .locator('#node-input-tags-list .misp-chip')
      .evaluate((chip) => getComputedStyle(chip).backgroundColor);
    assert.notEqual(colour, 'rgba(0, 0, 0, 0)');
  });

  it('a picker takes names when MISP is away, and says so quietly', async () => {
    const { page } = editor;
    misp.faults.settings = { every: 1, fault: 'html' };
    await edit('red');
    const entry = page.locator('#node-input-tags-entry');
    await entry.pressSequentially('no-answer');
    await page.locator('#node-input-tags-hint', { hasText: 'No suggestions' }).waitFor();
    await entry.press('Enter');
    assert.deepEqual(await chips(), ['tlp:red', 'no-answer']);
    misp.faults.settings = {};
  });

  it('a hash path completes, shows what it finds, and says what is wrong', async () => {
    const { page } = editor;
    await edit('path');
    const input = page.locator('#node-input-hash_path');
    const preview = page.locator('#node-input-hash_path-preview');
    await preview.filter({ hasText: 'Finds 2' }).waitFor();
    assert.equal(
      await preview.innerText(),
      'Finds 2 in the last message of event-publish: tlp:red, one:more',
    );
    await page.screenshot({ path: path.join(shots, 'hash-path.png') });
    await input.fill('Event.T');
    await page.locator('#node-input-hash_path-options li', { hasText: 'Event.Tag' }).waitFor();
    await input.press('ArrowDown');
    await input.press('Enter');
    assert.equal(await input.inputValue(), 'Event.Tag');
    await input.fill('Event.Tag.');
    await page.locator('#node-input-hash_path-options li', { hasText: 'Event.Tag.{n}' }).waitFor();
    await input.fill('Event.Tag.{n}[name=/(?=x)/].name');
    await preview.and(page.locator('[data-state=error]')).waitFor();
    assert.ok((await preview.innerText()).length > 10);
  });

  it('a template shows what becomes of it, and what is wrong with it', async () => {
    const { page } = editor;
    await edit('stop');
    await page.click('button:has-text("preview")');
    const preview = page.locator('.misp-preview');
    await preview.filter({ hasText: 'A test event is not published' }).waitFor();
    await page.screenshot({ path: path.join(shots, 'template.png') });
    await page.fill('#node-input-message', '{% if %}');
    await page.locator('#node-input-message').blur();
    await preview.and(page.locator('[data-state=error]')).waitFor();
  });
});
