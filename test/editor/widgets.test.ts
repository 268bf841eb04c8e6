import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { openEditor, picture, type Editor } from './browser';

const ATTRIBUTE = { id: '1', type: 'ip-dst', value: '192.0.2.1', object_id: '0' };

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
    const organisation = node('organisation', 'misp-if-organisation', [[], []], { org_id: ['1', 'none'] });
    const tagger = node('tagger', 'misp-tag', [[]], { server: 'misp' });
    await editor.open(
      [
        tab,
        listener(port),
        server,
        trigger(['red', 'path', 'organisation', 'tagger'], { x: 200, y: 40 }),
        ifTag('red', 'tlp:red', ['stop']),
        path,
        organisation,
        tagger,
        stop,
      ],
      { ...credentials, misp: { apiKey: API_KEY } },
    );
    await listening(port);
    await query(port, 'test_module', event(['tlp:red', 'one:more'], { Attribute: [ATTRIBUTE] }));
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

  const edit = (name: string) => editor.edit(idOf(name));
  const chips = () =>
    editor.page
      .locator('#node-input-tags-list .misp-chip')
      .evaluateAll((list) => list.map((chip) => (chip as HTMLElement).dataset.value));

  it('a picker searches 50,000 tags while one types, and the editor stays responsive', async function () {
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
    await page.locator('#node-input-tags-entry').pressSequentially('seed:tag-4', { delay: 20 });
    const started = Date.now();
    await page
      .locator('#node-input-tags-options li', { hasText: 'seed:tag-4' })
      .first()
      .waitFor({ timeout: 1500 });
    const waited = Date.now() - started;
    const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
    await picture(page, 'picker.png');
    if (this.test) this.test.title += `: shown after ${waited} ms, longest gap ${Math.round(longest)} ms`;
    assert.ok(waited < 1000, `${waited} ms`);
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
    await entry.fill('a:1,b:2');
    await entry.press('Enter');
    assert.deepEqual(await chips(), ['tlp:red', 'tlp:green', 'my:own', 'a:1', 'b:2']);
    await entry.press('Backspace');
    await entry.press('Backspace');
    await entry.press('Backspace');
    assert.deepEqual(await chips(), ['tlp:red', 'tlp:green']);
    await page.click('#node-input-tags-list .misp-chip[data-value="tlp:red"] button');
    assert.deepEqual(await chips(), ['tlp:green']);
    const colour = await page
      .locator('#node-input-tags-list .misp-chip')
      .evaluate((chip) => getComputedStyle(chip).backgroundColor);
    assert.notEqual(colour, 'rgba(0, 0, 0, 0)');
  });

  it('a picker takes what is pasted, and Escape takes back what is written', async () => {
    const { page } = editor;
    await edit('red');
    const entry = page.locator('#node-input-tags-entry');
    await entry.evaluate((input) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', 'a:1, threat-actor="One, two"\nb:2,a:1\n');
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    assert.deepEqual(await chips(), ['tlp:red', 'a:1', 'threat-actor="One, two"', 'b:2']);
    await entry.pressSequentially('tlp:g');
    await page.locator('#node-input-tags-options li').first().waitFor();
    await entry.press('Escape');
    await page.locator('#node-input-tags-options').waitFor({ state: 'hidden' });
    await entry.press('Escape');
    assert.equal(await entry.inputValue(), '');
    assert.equal((await chips()).length, 4);
  });

  it('a picker shows names of organisations and keeps their ids', async () => {
    const { page } = editor;
    await edit('organisation');
    const chosen = page.locator('#node-input-org_id-list .misp-chip');
    await chosen.filter({ hasText: 'EXAMPLE-CERT' }).waitFor();
    const values = () =>
      chosen.evaluateAll((list) => list.map((chip) => (chip as HTMLElement).dataset.value));
    assert.deepEqual(await values(), ['1', 'none']);
    await page.locator('#node-input-org_id-entry').pressSequentially('-');
    await page.locator('#node-input-org_id-options li').first().click();
    assert.match((await values())[2] ?? '', /^\d+$/);
    await picture(page, 'organisations.png');
  });

  it("a filter says what it does, in MISP's operators", async () => {
    const { page } = editor;
    await edit('tagger');
    const filter = page.locator('#node-input-filter-list');
    assert.equal(await filter.locator('summary').innerText(), 'all attributes');
    await filter.locator('summary').click();
    await page.fill('#node-input-filter-list-selector', 'Event.A');
    const usual = page.locator('#node-input-filter-list-selector-options li');
    await usual.filter({ hasText: 'Event.Attribute.{n}' }).click();
    await page.locator('#node-input-filter-list-path').pressSequentially('ty');
    await page.locator('#node-input-filter-list-path-options li', { hasText: 'type' }).first().click();
    await page.locator('#node-input-filter-list-operator').selectOption({ label: 'Not equals' });
    await page.fill('#node-input-filter-list-value', 'md5');
    assert.equal(await filter.locator('summary').innerText(), 'only where type does not equal md5');
    await picture(page, 'filter.png');
    await page.locator('#node-input-filter-list-operator').selectOption({ label: 'Any value' });
    assert.equal(await filter.locator('summary').innerText(), 'only where type has any value');
    assert.ok(!(await page.isVisible('#node-input-filter-list-value')));
  });

  it('words about what is wrong go as soon as it is right', async () => {
    const { page } = editor;
    await edit('path');
    await page.locator('#node-input-language').selectOption('jsonata');
    await page.fill('#node-input-expression-value', 'payload.(');
    await page.locator('#node-input-expression-value').blur();
    const words = page.locator('#node-input-expression-value-problem');
    await words.filter({ hasText: 'Expression' }).waitFor();
    await picture(page, 'expression-wrong.png');
    for (const key of ['End', 'Backspace', 'Backspace']) {
      await page.locator('#node-input-expression-value').press(key);
    }
    await words.waitFor({ state: 'hidden' });
    await page.locator('#node-input-language').selectOption('path');
    await page.fill('#node-input-hash_path', '');
    await page.locator('#node-input-hash_path').blur();
    await page.locator('#node-input-hash_path-problem', { hasText: 'Missing: Hash path' }).waitFor();
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

  it('a picker asks which of several MISPs to search in', async () => {
    const { page } = editor;
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { nodes: { import(nodes: object[]): void } } };
      RED.nodes.import([{ id: 'second', type: 'misp-server', name: 'Second', url: 'https://misp.invalid' }]);
    });
    await edit('red');
    const which = page.locator('#node-input-tags-list .misp-which');
    assert.equal(await which.getAttribute('aria-label'), 'MISP to search in');
    await which.selectOption({ label: 'Second' });
    await page.locator('#node-input-tags-entry').pressSequentially('tlp');
    await page.locator('#node-input-tags-hint', { hasText: 'Deploy the MISP server' }).waitFor();
    await picture(page, 'which-misp.png');
    await page.fill('#node-input-tags-entry', '');
    await which.selectOption({ label: misp.url });
    await page.locator('#node-input-tags-entry').pressSequentially('tlp');
    await page.locator('#node-input-tags-options li').first().waitFor();
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { nodes: { remove(id: string): void } } };
      RED.nodes.remove('second');
    });
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
    await picture(page, 'hash-path.png');
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
    await picture(page, 'template.png');
    await page.fill('#node-input-message', 'While typing: {{ Event.info }}');
    await preview.filter({ hasText: 'While typing: A test event' }).waitFor();
    await page.fill('#node-input-message', '{% if %}');
    await page.locator('#node-input-message').blur();
    await preview.and(page.locator('[data-state=error]')).waitFor();
  });
});
