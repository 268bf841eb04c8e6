import { strict as assert } from 'node:assert';
import modules from '../../sandbox/misp/data/workflow-modules.json';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { definitions } from '../support/definitions';
import { recordCalls, sendJson, type Recorder } from '../support/recorder';
import { openEditor, picture, TRAY_MS, type Editor } from './browser';
import { tab, withDefaults } from './flows';

const { description } = definitions.find(({ type }) => type === 'misp-run-module')!;

describe('the form of misp-run-module', function () {
  this.timeout(60000);
  let editor: Editor;
  let misp: StandInMisp;
  let recorder: Recorder;
  before(async () => {
    editor = await openEditor();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    recorder = await recordCalls(misp.url);
  });
  after(async () => {
    await editor.close();
    recorder.close();
    await misp.close();
  });
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  async function open(settings: object): Promise<void> {
    const server = {
      id: 'misp',
      type: 'misp-server',
      name: 'our MISP',
      url: recorder.url,
      version: 1,
      timeout: 5,
    };
    const node = { ...withDefaults(description), id: 'tested', server: 'misp', ...settings };
    recorder.answer = (_call, response) => sendJson(response, modules);
    await editor.open([tab, { ...server, verify: true, tls: '' }, node], { misp: { apiKey: API_KEY } });
    await edit();
  }
  async function edit(): Promise<void> {
    await editor.page.evaluate("RED.editor.edit(RED.nodes.node('tested'))");
    await editor.page.waitForSelector('#node-input-module');
    await editor.page.waitForTimeout(TRAY_MS);
  }
  async function done(): Promise<void> {
    await editor.page.click('#node-dialog-ok');
    await editor.page.waitForSelector('#node-input-module', { state: 'detached' });
  }
  const saved = () =>
    editor.page.evaluate<{ module: string; params: { name: string; value: string }[] }>(
      "(({ module, params }) => ({ module, params }))(RED.nodes.node('tested'))",
    );

  it('shows the parameters of a chosen module with MISP’s defaults, and saves them', async () => {
    await open({});
    const { page } = editor;
    await page.selectOption('.misp-module-choice', 'tag_operation');
    assert.equal(await page.inputValue('#node-input-module'), 'tag_operation');
    assert.equal(await page.isVisible('#node-input-params-list'), false);
    await page.fill('[data-param=tags]', 'lab:review\n\ntlp:amber');
    await page.selectOption('[data-param=action]', 'remove');
    await picture(page, 'misp-run-module-params.png');
    await done();
    const { module, params } = await saved();
    assert.equal(module, 'tag_operation');
    assert.deepEqual(
      params.filter(({ name }) => ['action', 'tags[]', 'scope'].includes(name)),
      [
        { name: 'scope', value: 'event' },
        { name: 'action', value: 'remove' },
        { name: 'tags[]', value: 'lab:review' },
        { name: 'tags[]', value: 'tlp:amber' },
      ],
    );
    await edit();
    assert.equal(await page.inputValue('[data-param=tags]'), 'lab:review\ntlp:amber');
    assert.equal(await page.inputValue('[data-param=action]'), 'remove');
    await done();
    assert.deepEqual((await saved()).params, params);
  });

  it('shows a parameter only where MISP does', async () => {
    await open({ module: 'Module_event_distribution_operation' });
    const { page } = editor;
    assert.equal(await page.isVisible('[data-param=sharing_group_id]'), false);
    await page.selectOption('[data-param=distribution]', '4');
    assert.equal(await page.isVisible('[data-param=sharing_group_id]'), true);
    await done();
  });

  it('keeps names and values of a module that MISP does not list', async () => {
    const settings = { module: 'my-own', params: [{ name: 'a', value: '1' }] };
    await open(settings);
    assert.equal(await editor.page.isVisible('#node-input-params-list'), true);
    await done();
    assert.deepEqual(await saved(), settings);
  });

  it('says that the MISP cannot be asked, and keeps what is there', async () => {
    const settings = { module: 'tag-if', params: [{ name: 'scope', value: 'attribute' }] };
    await open(settings);
    await done();
    recorder.answer = (_call, response) => sendJson(response, { message: 'No.' }, 403);
    await edit();
    assert.match(await editor.page.innerText('.misp-describe >> visible=true'), /refuses this to the key/);
    await editor.page.fill('#node-input-module', 'count-if');
    await done();
    assert.equal((await saved()).module, 'count-if');
  });
});
