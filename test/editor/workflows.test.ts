import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { readWorkflow, type Graph } from '../../src/workflow';
import { freePort } from '../support/misp';
import { root, type FlowNode } from '../support/node-red';
import { openEditor, picture, type Editor } from './browser';
import { tab } from './flows';
import { WorkflowTrays } from './workflow-trays';

const fixture = (name: string) =>
  readFileSync(path.join(root, 'test/fixtures/workflows', `${name}.json`), 'utf8');
const HOSTILE = '<img src=x onerror=window.pwned=1>';

describe("MISP's workflows in the editor", function () {
  this.timeout(200000);
  let editor: Editor;
  let trays: WorkflowTrays;
  let misp: StandInMisp;
  let there: FlowNode[];
  const secrets = { listener: { user: 'misp', password: 'secret' }, misp: { apiKey: API_KEY } };

  before(async () => {
    editor = await openEditor();
    trays = new WorkflowTrays(editor);
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    for (const name of ['ui-tags', 'ui-warninglist']) {
      const { Workflow } = JSON.parse(fixture(name)) as { Workflow: { id: string; trigger_id: string } };
      misp.workflowStore.add(Workflow);
    }
    const { WorkflowBlueprint } = JSON.parse(fixture('blueprint-view')) as {
      WorkflowBlueprint: { id: string };
    };
    misp.collections.blueprints.push({ ...WorkflowBlueprint, name: HOSTILE });
    const listener = {
      id: 'listener',
      type: 'misp-listener',
      version: 1,
      host: '127.0.0.1',
      port: await freePort(),
    };
    const server = {
      id: 'misp',
      type: 'misp-server',
      version: 1,
      name: 'our MISP',
      url: misp.url,
      timeout: 5,
      verify: true,
    };
    there = [tab, { ...listener, authentication: true }, server];
  });
  after(async () => {
    await editor.close();
    await misp.close();
  });
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  /** What has to be the same after the way there and back. */
  const core = ({ blocks }: Graph) =>
    blocks
      .map(({ id, module, params, filters, connections, x, y }) => ({
        id,
        module,
        params,
        filters,
        connections,
        x,
        y,
      }))
      .sort((a, b) => a.id.localeCompare(b.id));

  for (const [name, id] of [
    ['ui-tags', '4'],
    ['ui-warninglist', '5'],
  ]) {
    it(`a workflow of a real MISP is imported, tested, and exported as it was: ${name}`, async () => {
      const { page } = editor;
      await editor.open(there, secrets);
      await trays.openImport();
      await trays.chooseFromMisp(`workflow ${id}`);
      const before = readWorkflow(fixture(name)).graph;
      assert.ok((await page.locator('.misp-workflow-words li').count()) >= before.blocks.length);
      await picture(page, `workflow-import-${name}.png`);
      await trays.importIt();
      assert.deepEqual(await trays.configs(), ['misp-listener', 'misp-server']);
      assert.equal(
        (await trays.drawn()).filter((type) => type.startsWith('misp-')).length,
        before.blocks.length,
      );
      await picture(page, `workflow-imported-${name}.png`);

      await page.click('#red-ui-header-button-deploy');
      // The tags of its IF are still to be chosen: Node-RED asks whether that is meant.
      await page.click('.red-ui-notification button:has-text("Confirm deploy")');
      await page.waitForSelector('text=Successfully deployed');
      await page.waitForTimeout(1000);
      await page.locator('.red-ui-flow-node-button-button').first().click();
      await page.locator('.red-ui-notification').filter({ hasText: 'MISP would' }).waitFor();

      const after = readWorkflow(await trays.exported()).graph;
      await picture(page, `workflow-export-${name}.png`);
      assert.deepEqual(core(after), core(before));
      await trays.close();
    });
  }

  it('an import is undone with one step', async () => {
    await editor.open(there, secrets);
    const before = await trays.inEditor((RED) => RED.history.depth());
    await trays.openImport();
    await trays.chooseFromMisp('workflow 5');
    await trays.importIt();
    assert.equal(await trays.inEditor((RED) => RED.history.depth()), before + 1);
    await trays.invoke('core:undo');
    assert.deepEqual(await trays.drawn(), []);
    assert.equal(await trays.inEditor((RED) => RED.nodes.dirty()), false);
  });

  it('a name with markup in it stays a text', async () => {
    const { page } = editor;
    await editor.open(there, secrets);
    await trays.openImport();
    await trays.chooseFromMisp(`blueprint ${misp.collections.blueprints[0].id}`);
    assert.equal(await page.textContent('.misp-workflow-preview h4'), HOSTILE);
    const graph = JSON.parse(fixture('ui-tags')) as {
      Workflow: { name: string; data: Record<string, { name?: string }> };
    };
    graph.Workflow.name = HOSTILE;
    for (const block of Object.values(graph.Workflow.data)) if (block.name) block.name = HOSTILE;
    await trays.paste(JSON.stringify(graph));
    await page.waitForSelector('.misp-workflow-preview svg text:text("<img")');
    await trays.importIt();
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate('window.pwned'), undefined);
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    await trays.exported();
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    assert.equal(await page.evaluate('window.pwned'), undefined);
    await trays.close();
  });

  it('nonsense says why, and changes nothing', async () => {
    const { page } = editor;
    await editor.open(there, secrets);
    await trays.openImport();
    const block = (id: number) => ({
      ...{ id, name: 'x', class: '', inputs: {}, outputs: {}, pos_x: 0, pos_y: id },
      data: { id: 'tag-if', module_type: 'logic', indexed_params: {} },
    });
    const cases = [
      'nonsense',
      '{"Workflow": {"data": ',
      '[]',
      '{"Workflow": {"data": {}}}',
      '{"__proto__": {"polluted": true}, "Workflow": {"data": {"1": 7}}}',
      JSON.stringify({
        Workflow: { name: 'large', data: Array.from({ length: 5000 }, (_, id) => block(id + 1)) },
      }),
    ];
    for (const text of cases) {
      await trays.paste(text);
      await page.waitForSelector('.misp-workflow-problem');
      assert.ok(((await page.textContent('.misp-workflow-problem')) ?? '').length > 10, text.slice(0, 50));
      await page.click('#misp-workflow-import');
      assert.equal(await page.locator('#misp-workflow-import').count(), 1, 'it stays open');
      await trays.paste('');
      await page.waitForSelector('.misp-workflow-problem', { state: 'detached' });
    }
    assert.equal(await page.evaluate('({}).polluted'), undefined);
    await picture(page, 'workflow-nonsense.png');
    await trays.close();
    assert.deepEqual(await trays.drawn(), []);
    assert.equal(await trays.inEditor((RED) => RED.nodes.dirty()), false);
  });

  it('a selection is saved into the connected MISP as a blueprint', async () => {
    const { page } = editor;
    await editor.open(there, secrets);
    await trays.openImport();
    await trays.paste(fixture('ui-warninglist'));
    await page.waitForSelector('.misp-workflow-preview svg');
    await trays.importIt();
    await trays.exported();
    await page.fill('#misp-blueprint-name', '');
    await page.waitForSelector('text=A blueprint needs a name');
    await page.fill('#misp-blueprint-name', 'from Node-RED');
    await page.waitForFunction(`!document.querySelector('#misp-blueprint-save').disabled`);
    await page.click('#misp-blueprint-save');
    await page.locator('.red-ui-notification').filter({ hasText: 'from Node-RED' }).waitFor();
    const saved = misp.collections.blueprints.at(-1);
    assert.equal(saved?.name, 'from Node-RED');
    const blocks = readWorkflow({ WorkflowBlueprint: saved }).graph;
    assert.deepEqual(core(blocks), core(readWorkflow(fixture('ui-warninglist')).graph));
  });
});
