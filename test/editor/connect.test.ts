import { strict as assert } from 'node:assert';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { graphOf } from '../../src/actions/misp-graph';
import { listener, node, tab, trigger } from '../support/flows';
import { freePort } from '../support/misp';
import { becomes } from '../support/until';
import { openEditor, shots, type Editor } from './browser';
import { unreadable } from './contrast';

const MODULE = 'nodered_event_publish';
const TRIGGER = 'node-trigger';

describe('the dialog that connects a MISP', function () {
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

  async function start(more: object = {}, settings: object = {}): Promise<void> {
    misp = await startStandInMisp({ port: 0, ...more });
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', name: 'Our MISP', url: misp.url, timeout: 5 },
      listener(port),
      trigger(['answer'], { version: 2, module: MODULE, ...settings }),
      node('answer', 'misp-response', [], { version: 1, answer: 'allow', x: 400 }),
    ];
    await editor.open(flow, { misp: { apiKey: API_KEY }, listener: { user: 'misp', password: 'a b/c' } });
    await editor.edit(TRIGGER);
  }
  const click = (what: string) => editor.page.click(`.misp-tray [data-do="${what}"]`);
  const seen = (selector: string) => editor.page.waitForSelector(`.misp-tray ${selector}`);
  async function openPlan(): Promise<void> {
    await editor.page.click('#dialog-form [data-do="open"]');
    await seen('#misp-connect-host');
    await editor.page.waitForTimeout(600);
    await editor.page.fill('#misp-connect-host', '127.0.0.1');
    await click('showPlan');
  }
  const level = (row: string) =>
    editor.page.getAttribute(`.misp-connect-rows [data-row="${row}"]`, 'data-level');
  const shoot = (name: string) => editor.page.screenshot({ path: path.join(shots, `connect-${name}.png`) });

  it('connects, checks, sees what broke, and mends it with one click', async () => {
    await start();
    await openPlan();
    await seen('.misp-connect-steps');
    await shoot('plan');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    assert.deepEqual(misp.calls.writing, []);
    await click('letClear');
    await click('showPlan');
    await seen('.misp-connect-steps');
    await click('do');
    await seen('.misp-connect-said[data-state="ok"]');
    await shoot('done');
    assert.ok(misp.workflowStore.isTriggerOn('event-publish'));
    await click('check');
    await seen('.misp-connect-rows');
    assert.equal(await level('module'), 'green');

    misp.workflowStore.switchModule(MODULE, false);
    await click('check');
    await seen('.misp-connect-rows [data-row="module"][data-level="red"]');
    await shoot('red');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    await editor.page.click('.misp-connect-rows [data-row="module"] button');
    await seen('.misp-connect-rows [data-row="module"][data-level="green"]');

    await click('proof');
    await seen('.misp-connect-notes');
    await shoot('proof');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    await editor.page.keyboard.press('Enter');
    await seen('.misp-connect-said[data-state="ok"]');
    assert.equal(await level('allow'), 'green');
    assert.equal(await level('block'), 'green');
    await shoot('proved');
    await editor.page.click('#misp-tray-cancel');
    await editor.page.waitForTimeout(600);
    // The form below is open still, and can be left.
    assert.ok(await editor.page.isChecked('#node-input-clears'));
    assert.equal(await editor.page.inputValue('#node-input-clearServer'), 'misp');
    await editor.cancel();
    assert.deepEqual(editor.problems.splice(0), []);
  });

  it('shows a workflow of somebody else as a picture, and puts the module where it is told', async () => {
    await start({ workflows: { 'event-publish': { module: 'theirs' } } });
    misp.settings.set('Plugin.Workflow_enable', true);
    await openPlan();
    await seen('.misp-connect-picture');
    await shoot('places');
    await editor.page.click('.misp-connect-place[aria-label^="between"]');
    await seen('.misp-connect-steps');
    await click('do');
    await seen('.misp-connect-said[data-state="ok"]');
    const graph = graphOf(misp.workflowStore.byTrigger('event-publish')?.data);
    assert.equal(Object.keys(graph).length, 3);
    await click('undo');
    const blocks = () => Object.keys(graphOf(misp.workflowStore.byTrigger('event-publish')?.data)).length;
    // What was done shows as it was until the first step back.
    await becomes(blocks, 2);
    await seen('.misp-connect-said[data-state="ok"]');
    await editor.page.keyboard.press('Escape');
    await editor.page.waitForTimeout(600);
    assert.deepEqual(editor.problems.splice(0), []);
  });

  it('offers to take back what was done when the editor is opened anew, and has a new trigger clear', async () => {
    await start({}, { clears: true, clearServer: 'misp', clearTag: 'ours:cleared' });
    await openPlan();
    await seen('.misp-connect-steps');
    await click('do');
    await seen('.misp-connect-said[data-state="ok"]');
    await editor.page.click('#misp-tray-cancel');
    await editor.page.waitForTimeout(600);
    await editor.cancel();

    await editor.page.evaluate(`(() => {
      const { node } = RED.view.createNode('misp-trigger', 200, 400, 'tab');
      RED.nodes.add(node);
      window.drawn = node;
    })()`);
    await editor.page.waitForFunction('window.drawn.clears === true');
    await editor.page.evaluate('RED.editor.edit(window.drawn)');
    await editor.page.waitForSelector('.misp-proposed');
    await shoot('proposed');
    assert.ok(await editor.page.isChecked('#node-input-clears'));
    assert.equal(await editor.page.inputValue('#node-input-clearServer'), 'misp');
    // The other trigger clears with the tag itself.
    assert.equal(await editor.page.inputValue('#node-input-clearTag'), 'ours:cleared-2');
    assert.match(
      String(await editor.page.textContent('.misp-proposed')),
      /ours:cleared-2, since another trigger of the flows clears with ours:cleared there/,
    );
    assert.deepEqual(await unreadable(editor.page, '#dialog-form', '#dialog-form'), []);
    await editor.cancel();

    await editor.edit(TRIGGER);
    await editor.page.click('#dialog-form [data-do="open"]');
    await seen('.misp-connect-kept');
    await editor.page.waitForTimeout(600);
    await click('back');
    await seen('.misp-connect-steps');
    await shoot('back');
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
    assert.ok(misp.workflowStore.isTriggerOn('event-publish'));
    await click('undo');
    await seen('.misp-connect-said[data-state="ok"]');
    assert.ok(!misp.workflowStore.isTriggerOn('event-publish'));
    assert.equal(misp.workflowStore.byTrigger('event-publish'), undefined);
    await editor.page.click('#misp-tray-cancel');
    await editor.page.waitForTimeout(600);
    await editor.cancel();
    assert.deepEqual(editor.problems.splice(0), []);
  });
});
