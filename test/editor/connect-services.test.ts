import { strict as assert } from 'node:assert';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { listener, node, tab } from '../support/flows';
import { freePort } from '../support/misp';
import { openEditor, shots, type Editor } from './browser';
import { unreadable } from './contrast';

const PASSWORD = 'a b/c';

describe("the dialog of a listener that connects MISP's other services", function () {
  this.timeout(120_000);
  let editor: Editor;
  let misp: StandInMisp;
  let port: number;
  before(async () => {
    port = await freePort();
    editor = await openEditor();
  });
  afterEach(() => misp.close());
  after(() => editor.close());

  async function start(more: object = {}): Promise<void> {
    misp = await startStandInMisp({ port: 0, ...more });
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', name: 'Our MISP', url: misp.url, timeout: 5 },
      listener(port, { name: 'Our listener' }),
      node('in', 'misp-module-in', [['out']], {
        ...{ listener: 'listener', kind: 'expansion', module: 'own_lookup', input: ['ip-dst'] },
        format: 'plain',
      }),
      node('out', 'misp-module-out', [], { x: 400 }),
    ];
    await editor.open(flow, { misp: { apiKey: API_KEY }, listener: { user: 'misp', password: PASSWORD } });
    await editor.page.evaluate(`RED.editor.editConfig('', 'misp-listener', 'listener')`);
    await editor.page.waitForSelector('#node-config-input-port');
    await editor.page.waitForTimeout(600);
    await editor.page.click('#node-config-dialog-edit-form [data-do="open"]');
    await seen('#misp-connect-host');
    await editor.page.waitForTimeout(600);
    await editor.page.fill('#misp-connect-host', '127.0.0.1');
  }
  const click = (what: string) => editor.page.click(`.misp-tray [data-do="${what}"]`);
  const seen = (selector: string) => editor.page.waitForSelector(`.misp-tray ${selector}`);
  const isTicked = (service: string) => editor.page.isChecked(`.misp-tray [data-service="${service}"]`);
  const shoot = (name: string) =>
    editor.page.screenshot({ path: path.join(shots, `connect-services-${name}.png`) });
  const row = (id: string, level: string) =>
    seen(`.misp-connect-rows [data-row="${id}"][data-level="${level}"]`);

  it('ticks what the flows are for, connects, sees what broke, and mends it with one click', async () => {
    await start();
    assert.deepEqual(await Promise.all(['Enrichment', 'Import', 'Export', 'Debug'].map(isTicked)), [
      ...[true, false, false, false],
    ]);
    await editor.page.check('.misp-tray [data-service="Debug"]');
    await click('showPlan');
    await seen('.misp-connect-steps');
    await shoot('plan');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    assert.deepEqual(misp.calls.writing, []);
    await click('do');
    await seen('.misp-connect-said[data-state="ok"]');
    assert.equal(misp.settings.get('Plugin.Enrichment_own_lookup_enabled'), true);
    assert.match(String(misp.settings.get('Plugin.Workflow_debug_url')), /^http:\/\/misp:a%20b%2Fc@/);
    misp.settings.set('Plugin.Enrichment_own_lookup_enabled', false);
    await click('check');
    await row('module.Enrichment.own_lookup', 'red');
    await shoot('red');
    await editor.page.click('.misp-connect-rows [data-row="module.Enrichment.own_lookup"] button');
    await row('module.Enrichment.own_lookup', 'green');
    await editor.page.click('#misp-tray-cancel');
    await editor.page.waitForTimeout(600);
    // The form below is open still, and can be left.
    assert.equal(await editor.page.inputValue('#node-config-input-port'), String(port));
    await editor.page.click('#node-config-dialog-cancel');
    await editor.page.waitForTimeout(600);
    assert.deepEqual(editor.problems.splice(0), []);
  });

  it('has a flow decide in a workflow, by the word that is typed, with the keyboard alone', async () => {
    await start();
    const { page } = editor;
    assert.ok(!(await page.isVisible('#misp-connect-gate-word')));
    await page.focus('#misp-connect-gate-trigger');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.inputValue('#misp-connect-gate-trigger'), 'event-publish');
    assert.equal(await page.inputValue('#misp-connect-gate-module'), 'own_lookup');
    assert.equal(await page.inputValue('#misp-connect-gate-word'), 'cleared');
    await page.fill('#misp-connect-gate-word', 'a word of ours');
    await click('showPlan');
    await seen('.misp-connect-steps');
    assert.match(String(await page.textContent('.misp-connect-notes')), /one question per attribute/);
    await shoot('gate');
    assert.deepEqual(await unreadable(page, '.misp-tray', '.misp-tray'), []);
    assert.deepEqual(misp.calls.writing, []);
    await click('do');
    await seen('.misp-connect-said[data-state="ok"]');
    assert.match(JSON.stringify(misp.workflowStore.byTrigger('event-publish')?.data), /"a word of ours"/);
    misp.workflowStore.switchModule('generic-if', false);
    await click('check');
    await row('closedModules', 'red');
    await page.click('.misp-connect-rows [data-row="closedModules"] button');
    await seen('.misp-connect-rows');
    await page.waitForFunction(`!document.querySelector('[data-row="closedModules"]')`);
    await row('closed', 'green');
    await page.click('#misp-tray-cancel');
    await page.waitForTimeout(600);
    await page.click('#node-config-dialog-cancel');
    await page.waitForTimeout(600);
    assert.deepEqual(editor.problems.splice(0), []);
  });

  it('asks what becomes of another service, and leaves it when told to', async () => {
    await start({ moduleServices: { Enrichment: { url: 'http://127.0.0.1', port: 1 } } });
    await click('showPlan');
    await seen('.misp-connect-question[data-service="Enrichment"]');
    await shoot('question');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    assert.equal(await editor.page.$('.misp-tray [data-do="inFront"]'), null);
    await click('leaveService');
    await seen('.misp-connect-said[data-state="ok"]');
    assert.deepEqual(misp.calls.writing, []);
    await editor.page.keyboard.press('Escape');
    await editor.page.waitForTimeout(600);
    assert.deepEqual(editor.problems.splice(0), []);
  });
});
