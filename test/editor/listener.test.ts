import { strict as assert } from 'node:assert';
import { definitions } from '../support/definitions';
import { block, idOf, listener, trigger } from '../support/flows';
import { event, freePort, get, listening, query } from '../support/misp';
import { becomes } from '../support/until';
import { openEditor, picture, type Editor } from './browser';
import { tab, withDefaults } from './flows';

const { description } = definitions.find(({ type }) => type === 'misp-listener')!;
const SAVED = 'saved-password-4711';
const URL_SETTING = 'Plugin.Action_services_url';
const PORT_SETTING = 'Plugin.Action_services_port';
/** The service's thread tells twice a second when MISP came. */
const TOLD_MS = 700;

describe('the form of misp-listener', function () {
  this.timeout(60000);
  let editor: Editor;
  let port = 0;
  before(async () => {
    editor = await openEditor();
    await editor.page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write'], { origin: editor.nodeRed.url });
  });
  after(() => editor.close());
  afterEach(async () => {
    await editor.page.click('#node-config-dialog-cancel');
    await editor.page.waitForTimeout(350);
    assert.deepEqual(editor.problems.splice(0), []);
  });

  async function open(more: object = {}, credentials = { user: 'misp', password: SAVED }): Promise<void> {
    port = await freePort();
    const node = { ...withDefaults(description), ...listener(port, more) };
    const tls = { id: 'tls', type: 'tls-config', name: 'ours' };
    await editor.open([tab, tls, node, trigger(['stop']), block()], { listener: credentials });
    await edit();
  }
  async function edit(): Promise<void> {
    await editor.page.evaluate("RED.editor.editConfig('', 'misp-listener', 'listener')");
    await editor.page.waitForSelector('#node-config-dialog-ok');
    await editor.page.waitForTimeout(500);
  }
  const setting = (name: string) => editor.page.textContent(`[data-setting="${name}"] code`);
  const url = () => setting(URL_SETTING);
  const notes = () =>
    editor.page.$$eval('[data-note]', (found) => found.map((note) => note.getAttribute('data-note')));
  const fill = (name: string, value: string) => editor.page.fill(`#node-config-input-${name}`, value);

  it('shows what MISP is to be set to, with what is typed, as MISP wants it', async () => {
    await open();
    await fill('host', '192.0.2.7');
    await fill('user', 'misp@example.org');
    await fill('password', "p@ss/w#rd?%+ ü'(!)*:");
    assert.equal(
      await url(),
      'http://misp%40example.org:p%40ss%2Fw%23rd%3F%25%2B%20%C3%BC%27%28%21%29%2A%3A@192.0.2.7',
    );
    assert.equal(await setting(PORT_SETTING), String(port));
    assert.deepEqual(await notes(), ['where']);
    const { username, password } = new URL((await url()) ?? '');
    assert.equal(decodeURIComponent(username), 'misp@example.org');
    assert.equal(decodeURIComponent(password), "p@ss/w#rd?%+ ü'(!)*:");
    await fill('port', '7000');
    assert.equal(await setting(PORT_SETTING), '7000');
    await fill('host', '2001:db8::1');
    assert.match((await url()) ?? '', /@\[2001:db8::1\]$/);
    await picture(editor.page, 'misp-listener-setting.png');
  });

  it('never has the saved password, and says what to put in its place', async () => {
    await open({ host: '192.0.2.7' });
    assert.equal(await url(), 'http://misp:PASSWORD@192.0.2.7');
    assert.deepEqual(await notes(), ['where', 'saved']);
    assert.match((await editor.page.textContent('[data-note=saved]')) ?? '', /PASSWORD.*percent-encoded/);
    assert.ok(!(await editor.page.content()).includes(SAVED));
    await fill('password', 'typed');
    assert.equal(await url(), 'http://misp:typed@192.0.2.7');
    assert.deepEqual(await notes(), ['where']);
    await fill('password', '');
    assert.equal(await url(), 'http://misp:PASSWORD@192.0.2.7');
  });

  it('does not know what stands in the environment', async () => {
    await open({ host: '192.0.2.7' });
    await fill('user', '${MISP_USER}');
    await fill('password', '${MISP_PASSWORD}');
    assert.equal(await url(), 'http://USER:PASSWORD@192.0.2.7');
    assert.deepEqual(await notes(), ['where', 'environment']);
  });

  it('says for which MISP an address is right', async () => {
    await open({ host: '127.0.0.1' });
    assert.equal(await url(), 'http://misp:PASSWORD@127.0.0.1');
    assert.ok((await notes()).includes('sameMachine'));
    await fill('host', '0.0.0.0');
    assert.equal(await url(), 'http://misp:PASSWORD@ADDRESS-OF-THIS-MACHINE');
    assert.ok((await notes()).includes('address'));
    assert.ok(!(await notes()).includes('sameMachine'));
  });

  it('leaves user and password out where none are asked for, and knows https', async () => {
    await open({ host: '192.0.2.7', authentication: false });
    assert.equal(await url(), 'http://192.0.2.7');
    assert.deepEqual(await notes(), ['where']);
    await editor.page.selectOption('#node-config-input-tls', 'tls');
    assert.equal(await url(), 'https://192.0.2.7');
    assert.deepEqual(await notes(), ['where', 'certificate']);
  });

  it('copies a setting', async () => {
    await open({ host: '192.0.2.7' });
    await fill('password', 'typed');
    const { page } = editor;
    await page.click(`[data-setting="${URL_SETTING}"] button`);
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'http://misp:typed@192.0.2.7');
    await page.click(`[data-setting="${PORT_SETTING}"] button`);
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), String(port));
  });

  it('shows text in a name as text', async () => {
    await open();
    await fill('host', '<img src=x onerror=alert(1)>');
    assert.match((await url()) ?? '', /<img src=x/);
    assert.equal(await editor.page.locator('.misp-settings img').count(), 0);
  });

  it('says when MISP last fetched the list of modules', async () => {
    await open();
    const line = () => editor.page.textContent('.misp-contact [data-contact=fetched]');
    assert.match((await line()) ?? '', /has not fetched the list of modules since .*\d/);
    await editor.page.click('#node-config-dialog-cancel');
    await listening(port);
    await get(port, '/modules', { password: SAVED });
    await editor.page.waitForTimeout(TOLD_MS);
    await edit();
    assert.match((await line()) ?? '', /last fetched the list of modules on .*\d/);
    assert.equal(await editor.page.locator('.misp-contact [data-contact=asked]').count(), 0);
  });
});

describe('the form of misp-trigger', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => (editor = await openEditor()));
  after(() => editor.close());

  it('says when MISP last asked, and shows the listener’s rows in the listener’s form only', async () => {
    const port = await freePort();
    const { page } = editor;
    const credentials = { listener: { user: 'misp', password: 'secret' } };
    await editor.open([tab, listener(port), trigger(['stop']), block()], credentials);
    await listening(port);
    const edit = () => editor.edit(idOf('trigger'));
    const asked = () => page.textContent('.misp-contact [data-contact=asked]');
    await edit();
    assert.match((await asked()) ?? '', /has not asked since .*\d/);
    await page.click('#node-dialog-cancel');
    await query(port, 'test_module', event([]));
    await page.waitForTimeout(TOLD_MS);
    await edit();
    assert.match((await asked()) ?? '', /last asked on .*\d/);
    await picture(page, 'misp-trigger-asked.png');
    await page.click('#node-input-lookup-listener, #node-input-btn-listener-edit');
    await page.waitForSelector('#node-config-dialog-ok');
    await becomes(() => page.locator('.misp-settings').count(), 1);
    await becomes(() => page.locator('.misp-gone').count(), 1);
    await page.click('#node-config-dialog-cancel');
    await page.waitForTimeout(350);
    await page.click('#node-dialog-cancel');
    assert.deepEqual(editor.problems, []);
  });
});
