import { strict as assert } from 'node:assert';
import net from 'node:net';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { call, freePort } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { openEditor, shots, TRAY_MS, type Editor } from './browser';
import { complaint } from './spoil';
import { mistakes, SECRETS } from './walk-flow';

/** The mistakes of somebody's first day. Each is answered in words that name the cure, where the person looks. */
describe('the walk of a newcomer', function () {
  this.timeout(120000);
  let editor: Editor;
  let misp: StandInMisp;
  let refuses = 0;
  let taken = 0;
  const other = net.createServer();

  before(async () => {
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    taken = (other.address() as net.AddressInfo).port;
    refuses = await freePort();
    editor = await openEditor();
    const ports = { taken, refuses, twice: await freePort(), last: await freePort() };
    await editor.open(mistakes(misp.url, ports), SECRETS);
    assert.equal(await editor.page.isVisible('.misp-checks'), false, 'the checks do not open by themselves');
  });
  after(async () => {
    await editor.close();
    await misp.close();
    other.close();
  });
  afterEach(async function () {
    const { page } = editor;
    if (this.currentTest?.state === 'failed')
      await page.screenshot({ path: path.join(shots, `walk-${this.currentTest.title.slice(0, 40)}.png`) });
    for (const button of ['#node-config-dialog-cancel', '#node-dialog-cancel'])
      if (await page.isVisible(button)) {
        await page.click(button);
        await page.waitForSelector(button, { state: 'detached' });
      }
  });

  async function openConfig(type: string, id: string): Promise<void> {
    await editor.page.evaluate(`RED.editor.editConfig('', '${type}', '${id}')`);
    await editor.page.waitForSelector('#node-config-dialog-ok');
    await editor.page.waitForTimeout(TRAY_MS);
  }
  /** Types a text, and waits until what stands under the field is so. */
  async function says(field: string, text: string, words: RegExp): Promise<void> {
    await editor.page.fill(field, text);
    await editor.page.locator(field).blur();
    let said = '';
    for (let attempt = 0; attempt < 100 && !words.test(said); attempt++) {
      await editor.page.waitForTimeout(200);
      said = await complaint(editor.page, field);
    }
    assert.match(said, words, text);
  }
  /** What the checks say of a node: in the list, and by a badge on it. */
  async function finding(key: string, id: string, isConfig = false): Promise<string> {
    const { page } = editor;
    const entry = page.locator(`.misp-checks li[data-key=${key}][data-nodes~="${id}"]`).first();
    await entry.waitFor({ state: 'attached', timeout: 10000 });
    if (!isConfig)
      await page.waitForSelector(`[id="${id}"] .misp-check:not(.hide)`, {
        state: 'attached',
        timeout: 10000,
      });
    assert.ok(await page.isVisible('.misp-checks-status'), 'the number of findings is in view');
    return (await entry.textContent()) ?? '';
  }
  const gone = (key: string, id: string) =>
    editor.page
      .locator(`.misp-checks li[data-key=${key}][data-nodes~="${id}"]`)
      .waitFor({ state: 'detached', timeout: 10000 });
  const status = (id: string, words: string) =>
    editor.page.waitForSelector(`[id="${id}"] .red-ui-flow-node-status-label:has-text("${words}")`, {
      state: 'attached',
    });

  describe('a MISP server', () => {
    const test = async (fields: Record<string, string>) => {
      const { page } = editor;
      await openConfig('misp-server', 'm');
      for (const [name, value] of Object.entries(fields))
        await page.fill(`#node-config-input-${name}`, value);
      await page.click('button:text("Test connection")');
      const result = page.locator('.misp-test:not([data-state=busy])').filter({ hasText: /./ });
      await result.waitFor({ timeout: 20000 });
      assert.ok(await result.evaluate((box) => box.getBoundingClientRect().bottom <= window.innerHeight));
      return `${await result.getAttribute('data-state')}: ${await result.textContent()}`;
    };

    it('wrong scheme, or none', async () => {
      await openConfig('misp-server', 'm');
      for (const url of ['misp.example', 'ftp://misp.example'])
        await says('#node-config-input-url', url, /begin with https:\/\/ or http:\/\//);
      await says('#node-config-input-url', '', /Missing: URL/);
    });
    it('no URL', async () => assert.match(await test({ url: '' }), /^error: .*URL is missing/));
    it('a page in the URL', async () =>
      assert.match(
        await test({ url: `${misp.url}/events/index`, apiKey: API_KEY }),
        /^error: .*\/events\/index/,
      ));
    it('a MISP that is down', async () => {
      const words = await test({ url: `http://127.0.0.1:${await freePort()}`, apiKey: API_KEY });
      assert.match(words, /^error: .*(cannot be reached|refused)/);
    });
    it('a host that nobody knows', async () =>
      assert.match(
        await test({ url: 'http://no-such-misp.invalid', apiKey: API_KEY }),
        /^error: .*no-such-misp\.invalid/,
      ));
    it('a wrong key', async () =>
      assert.match(await test({ apiKey: 'x'.repeat(40) }), /^error: .*does not know this API key. Copy it/));
    it('no key', async () => {
      assert.match(await test({ apiKey: '' }), /^error: .*API key/);
      await says('#node-config-input-apiKey', '', /Missing: API key/);
    });
  });

  describe('a listener', () => {
    it('port "abc", and an address that is none', async () => {
      await openConfig('misp-listener', 'l');
      await says('#node-config-input-port', 'abc', /number from 1 to 65535/);
      await says('#node-config-input-host', '999.1.2.3', /write one such as 127\.0\.0\.1/);
    });
    it('a port that another program has', () =>
      status('onTaken', `port ${taken} is used by another program`));
    it('one port twice: which listeners', async () => {
      const words = await finding('portTwice', 'twiceA', true);
      assert.match(words, /\(“MISP listener \(twiceA\)”, “MISP listener \(twiceB\)”\).*or another port/);
    });
    it('a wrong password', async () => {
      const { status: code } = await call({ module: 'gate', data: {} }, { port: refuses, password: 'wrong' });
      assert.equal(code, 401);
      await status('unwired', 'MISP was refused (1): wrong login');
    });
    it('no password: a click on the finding opens the form', async () => {
      assert.match(await finding('lacks', 'open', true), /Missing: (User|Password).*fill it in/);
      await editor.page.locator('.misp-checks-status').click();
      await editor.page.locator('.misp-checks li[data-nodes=open] .misp-check-words').first().click();
      await editor.page.waitForSelector('#node-config-dialog-ok');
      assert.match(await complaint(editor.page, '#node-config-input-password'), /Missing: Password/);
    });
    it('its trigger says so, and says it no more when it is mended', async () => {
      const { page } = editor;
      await editor.edit('onOpen');
      assert.match(await complaint(page, '#node-input-listener'), /Open it with the pencil/);
      await page.locator('.form-row:has(#node-input-listener) .red-ui-button').first().click();
      await page.waitForSelector('#node-config-dialog-ok');
      await page.waitForTimeout(TRAY_MS);
      await page.fill('#node-config-input-user', 'misp');
      await page.fill('#node-config-input-password', 'secret');
      await page.click('#node-config-dialog-ok');
      await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
      await page.waitForSelector('#node-input-listener[aria-invalid=false]:not(.input-error)', {
        timeout: 5000,
      });
      assert.equal(await page.isVisible('text=Open it with the pencil'), false);
      await gone('lacks', 'open');
    });
  });

  describe('templates and paths', () => {
    it('a template that is not closed, a filter that does not exist', async () => {
      await editor.edit('unreached');
      await says('#node-input-message', 'see {{ Event.info', /}}|clos|end/i);
      await says('#node-input-message', '{{ Event.info | shout }}', /shout/);
      await editor.page.fill('#node-input-message', '{{ Event.info | upper }}');
      await editor.page.waitForSelector('#node-input-message[aria-invalid=false]', { timeout: 5000 });
    });
    it('a path that cannot be read, a path that finds nothing', async () => {
      const { page } = editor;
      await editor.edit('several');
      await says('#node-input-hash_path', 'Event.Tag[', /bracket|]/);
      await page.fill('#node-input-hash_path', 'Event.infos');
      await page.locator('#node-input-hash_path').blur();
      await page.waitForSelector('#node-input-hash_path-preview:has-text("nothing")', { timeout: 5000 });
      assert.equal(await page.getAttribute('#node-input-hash_path', 'aria-invalid'), 'false');
    });
    it('"equals" on a path with {n}', async () =>
      assert.match(await finding('equalsSeveral', 'several'), /Use "in"/));
  });

  describe('nodes that were not filled in', () => {
    it('IF tag without tags', async () => {
      assert.match(await finding('lacks', 'noTags'), /Missing: Tags.*fill it in/);
      await editor.edit('noTags');
      assert.match(await complaint(editor.page, '#node-input-tags-entry'), /Missing: Tags/);
      // What stands in its place is enough.
      await editor.page.fill('#node-input-clusters-entry', 'threat-actor="Sofacy"');
      await editor.page.press('#node-input-clusters-entry', 'Enter');
      await editor.page.waitForSelector('#node-input-tags-entry[aria-invalid=false]', { timeout: 5000 });
    });
    it('a trigger without a listener: a click on the finding opens the form', async () => {
      assert.match(await finding('lacks', 'noListener'), /Missing: Listener.*fill it in/);
      await editor.page.locator('.misp-checks-status').click();
      await editor.page
        .locator('.misp-checks li[data-key=lacks][data-nodes=noListener] .misp-check-words')
        .click();
      await editor.page.waitForSelector('#node-dialog-ok');
      assert.match(await complaint(editor.page, '#node-input-listener'), /Missing: Listener/);
    });
    it('a trigger whose module name is empty: one is proposed', async () => {
      assert.match(await finding('lacks', 'noModule'), /Missing: Module name in MISP/);
      await editor.edit('noModule');
      assert.equal(await editor.page.inputValue('#node-input-module'), 'nodered_event_publish');
      await says('#node-input-module', '', /Missing: Module name in MISP/);
      await says('#node-input-module', 'With Spaces', /lower-case letters/);
    });
    it('a deadline of 99, mended', async () => {
      const { page } = editor;
      assert.match(await finding('deadlineTooLong', 'late'), /Use less than 10 seconds, or 0/);
      await editor.edit('late');
      await page.fill('#node-input-deadline', '5');
      await page.click('#node-dialog-ok');
      await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
      await gone('deadlineTooLong', 'late');
    });
    it('tags that MISP does not have, or writes in another way', async () => {
      const { page } = editor;
      await editor.edit('noTags');
      const entry = '#node-input-tags-entry';
      for (const tag of ['TLP:Red', 'no-such-tag']) {
        await page.fill(entry, tag);
        await page.press(entry, 'Enter');
      }
      const missed = page.locator('#node-input-tags-missed');
      await missed.filter({ hasText: 'no tag no-such-tag' }).waitFor({ timeout: 5000 });
      assert.match((await missed.textContent()) ?? '', /This MISP writes it tlp:red: remove TLP:Red/);
      assert.equal(await page.getAttribute(entry, 'aria-invalid'), 'false', 'a quiet hint');
    });
  });

  describe('wires', () => {
    it('a module name twice, told apart by the tab', async () => {
      const words = await finding('moduleTwice', 'sameA');
      assert.match(
        words,
        /“gate \((First|Second)\)”, “gate \((First|Second)\)”.*Give each trigger a module name of its own/,
      );
      assert.match(words, /Show gate \(\w+\)Show gate \(\w+\)/);
    });
    it('a block behind concurrent', async () =>
      assert.match(await finding('detachedResponse', 'aside'), /Wire it so that/));
    it('a block behind a trigger after a save', async () =>
      assert.match(await finding('blockWithoutEffect', 'tooLate'), /Use a trigger that blocks/));
    it('nothing is wired', async () => {
      assert.match(await finding('unreachedResponse', 'unreached'), /Wire it behind a trigger, or remove it/);
      assert.match(await finding('alwaysBlocks', 'unwired'), /Put response nodes behind it/);
    });
    it('a copy of the flow', async () => {
      const { page } = editor;
      await page.locator('[id="unwired"] .red-ui-flow-node').click();
      await page.keyboard.press('Control+c');
      await page.keyboard.press('Control+v');
      await page.mouse.move(850, 700, { steps: 3 });
      await page.mouse.click(850, 700);
      await page.waitForSelector('text=Put that module into MISP');
    });
    it('a test run before the deploy; and what there is to choose is chosen', async () => {
      const { page } = editor;
      await page.evaluate(`(() => {
        const { node } = RED.view.createNode('misp-tag', 200, 900, 'first');
        RED.nodes.add(node);
        RED.editor.edit(node);
      })()`);
      await page.waitForSelector('#node-dialog-ok');
      assert.equal(await page.inputValue('#node-input-server'), 'm', 'the only MISP is chosen');
      assert.match((await page.textContent('.red-ui-tray-titlebar')) ?? '', /Edit "tag" node/);
      await page.click('#node-dialog-cancel');
      await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
      await page.evaluate(`(() => {
        const { node } = RED.view.createNode('misp-trigger', 200, 950, 'first');
        RED.nodes.add(node);
        RED.editor.edit(node);
      })()`);
      await page.waitForSelector('.misp-test:has-text("Deploy the trigger first")');
    });
    it('a listener that is deleted while it is used', async () => {
      const { page } = editor;
      await openConfig('misp-listener', 'l');
      await page.locator('.red-ui-tray-toolbar button.leftButton').last().click();
      await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
      assert.match(await finding('lacks', 'late'), /Missing: Listener.*fill it in/);
    });
  });

  describe('before and after the deploy', () => {
    it('pickers ask a MISP that is not deployed yet, with the key that was typed', async () => {
      const { page } = editor;
      await openConfig('misp-server', 'm');
      await page.fill('#node-config-input-name', 'renamed');
      await page.fill('#node-config-input-apiKey', 'x'.repeat(40));
      await page.click('#node-config-dialog-ok');
      await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
      const entry = '#node-input-tags-entry';
      const search = async (text: string) => {
        await editor.edit('noTags');
        await page.locator(entry).pressSequentially(text);
      };
      await search('tlp');
      await page.waitForSelector('.misp-hint:has-text("does not know this API key")', { timeout: 8000 });
      await editor.cancel();
      await openConfig('misp-server', 'm');
      await page.fill('#node-config-input-apiKey', API_KEY);
      await page.click('#node-config-dialog-ok');
      await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
      await search('tlp');
      await page.waitForSelector('.misp-options li:has-text("tlp:red")', { timeout: 8000 });
    });

    it('an export has no secrets, and its import says what is missing', async () => {
      const { page } = editor;
      const flow = await page.evaluate<string>(
        'JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false }))',
      );
      for (const secrets of Object.values(SECRETS))
        for (const secret of Object.values(secrets)) if (secret !== 'misp') assert.ok(!flow.includes(secret));
      const renamed = flow.replaceAll('"refuses"', '"elsewhere"');
      await editor.open(JSON.parse(renamed) as FlowNode[]);
      assert.match(await finding('lacks', 'elsewhere', true), /Missing: (User|Password).*fill it in/);
    });

    it('no script of the page failed on the way', () => assert.deepEqual(editor.problems, []));
  });
});
