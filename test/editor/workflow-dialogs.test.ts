import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWorkflow } from '../../src/workflow';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { root, type FlowNode } from '../support/node-red';
import { openEditor, picture, type Editor } from './browser';
import { unreadable } from './contrast';
import { tab } from './flows';
import { WorkflowTrays } from './workflow-trays';

const recorded = readFileSync(path.join(root, 'test/fixtures/workflows/ui-tags.json'), 'utf8');
const MEGABYTE = 1_000_000;

const drawn = (id: string, type: string, y: number, wires: string[][], more: object = {}): FlowNode => ({
  ...{ id, type, z: 'tab', x: type === 'misp-trigger' ? 150 : 400, y, wires },
  ...more,
});

/** Two workflows on one tab, and a node that both lead to. */
const twoWorkflows = [
  tab,
  drawn('b', 'misp-trigger', 300, [['out']], { version: 1, trigger: 'event-before-save', module: 'b' }),
  drawn('a', 'misp-trigger', 100, [['if']], { version: 1, trigger: 'event-publish', module: 'a' }),
  drawn('if', 'misp-if-published', 100, [['both'], []], { version: 1 }),
  drawn('out', 'link out', 300, [], { mode: 'link', links: ['in'] }),
  drawn('in', 'link in', 340, [['both']], { links: ['out'] }),
  drawn('both', 'misp-response', 200, [], { version: 1, answer: 'block', message: 'no' }),
];

const modulesIn = (text: string) =>
  readWorkflow(text)
    .graph.blocks.map(({ module }) => module)
    .sort();

describe("the dialogs for MISP's workflows", function () {
  this.timeout(120_000);
  let editor: Editor;
  let trays: WorkflowTrays;
  before(async () => {
    editor = await openEditor();
    trays = new WorkflowTrays(editor);
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  describe('import of a file', () => {
    let folder = '';
    before(() => (folder = mkdtempSync(path.join(tmpdir(), 'misp-dialogs-'))));
    after(() => rmSync(folder, { recursive: true }));
    const chooseFile = (name: string, content: string | Buffer) => {
      writeFileSync(path.join(folder, name), content);
      return trays.chooseFile(path.join(folder, name));
    };

    it('shows what is in it, and imports it', async () => {
      await editor.open([tab]);
      await trays.openImport();
      await chooseFile('workflow.json', recorded);
      await trays.preview();
      await trays.importIt();
      const { blocks } = readWorkflow(recorded).graph;
      assert.equal((await trays.drawn()).filter((type) => type.startsWith('misp-')).length, blocks.length);
    });

    it('that is truncated, hostile, huge or no text changes nothing, and says so', async () => {
      await editor.open([tab]);
      await trays.openImport();
      const files: [string, string | Buffer, RegExp][] = [
        ['truncated.json', recorded.slice(0, recorded.length / 2), /not JSON/],
        ['empty.json', '{}', /no block/],
        ['picture.json', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe]), /not JSON/],
        ['hostile.json', '{"__proto__":{"polluted":1},"Workflow":{"data":{"<img src=x>":{}}}}', /no block/],
        ['deep.json', '['.repeat(200_000), /not JSON/],
        ['beyond-node-red.json', JSON.stringify({ Workflow: 'x'.repeat(6 * MEGABYTE) }), /larger than/],
        ['huge.json', Buffer.alloc(17 * MEGABYTE, ' '), /larger than/],
      ];
      for (const [name, content, says] of files) {
        await chooseFile(name, content);
        assert.match(await trays.problem(), says, name);
        await editor.page.click('#misp-workflow-import');
        assert.equal(await editor.page.locator('#misp-workflow-import').count(), 1, 'it stays open');
      }
      await chooseFile('workflow.json', recorded);
      await trays.preview();
      assert.equal(await editor.page.locator('.misp-workflow-problem').count(), 0);
      await chooseFile('truncated.json', '{');
      await trays.problem();
      assert.equal(await editor.page.locator('.misp-workflow-preview svg').count(), 0, 'no preview is left');
      await editor.page.click('#misp-workflow-import');
      await trays.close();
      assert.deepEqual(await trays.drawn(), []);
      assert.equal(await trays.inEditor((RED) => RED.nodes.dirty()), false);
      assert.equal(await editor.page.evaluate('({}).polluted'), undefined);
      assert.equal(await editor.page.locator('img[src="x"]').count(), 0);
    });

    it('takes the same file again after it was changed', async () => {
      await editor.open([tab]);
      await trays.openImport();
      const { page } = editor;
      for (const content of ['{', recorded]) {
        const [chooser] = await Promise.all([
          page.waitForEvent('filechooser'),
          page.click('.misp-tray input[type="file"]'),
        ]);
        writeFileSync(path.join(folder, 'changed.json'), content);
        await chooser.setFiles(path.join(folder, 'changed.json'));
        if (content === '{') await trays.problem();
      }
      await trays.preview();
      await trays.close();
    });
  });

  describe('export', () => {
    it('without a selection takes the open tab; of several triggers one is chosen', async () => {
      const { page } = editor;
      await editor.open(twoWorkflows);
      const first = await trays.exported();
      assert.deepEqual(modulesIn(first), ['event-publish', 'published-if', 'stop-execution']);
      assert.equal(await page.inputValue('#misp-blueprint-trigger'), 'a');
      assert.match((await page.textContent('.misp-workflow-hint')) ?? '', /MISP allows one trigger/);
      await picture(page, 'workflow-export-triggers.png');
      const chosen = async (value: string) => {
        const before = await trays.written();
        await page.selectOption('#misp-blueprint-trigger', value);
        await page.waitForFunction(
          `!${JSON.stringify([before, ''])}.includes(document.querySelector('textarea.misp-workflow-text').value)`,
        );
        return modulesIn(await trays.written());
      };
      assert.deepEqual(await chosen('b'), ['event-before-save', 'stop-execution']);
      assert.equal(await page.locator('.misp-workflow-notes [data-level="error"]').count(), 0);
      assert.equal((await chosen('')).length, 4);
      const words = await page.textContent('.misp-workflow-notes [data-level="error"]');
      assert.match(words ?? '', /MISP allows one trigger/);
      await trays.close();
    });

    it('takes what is selected', async () => {
      await editor.open(twoWorkflows);
      await editor.page.evaluate("RED.view.select({ nodes: ['a', 'if'].map((id) => RED.nodes.node(id)) })");
      assert.deepEqual(modulesIn(await trays.exported()), ['event-publish', 'published-if']);
      assert.equal(await editor.page.locator('#misp-blueprint-trigger').count(), 0);
      await trays.close();
    });

    it('takes a group as a whole, as a frame of MISP would', async () => {
      const group = {
        id: 'g',
        type: 'group',
        z: 'tab',
        name: 'frame',
        style: { label: true },
        nodes: ['a', 'if'],
        x: 50,
        y: 50,
        w: 500,
        h: 100,
      };
      const flow = twoWorkflows.map((node) => (['a', 'if'].includes(node.id) ? { ...node, g: 'g' } : node));
      await editor.open([...flow, group]);
      await editor.page.evaluate("RED.view.select({ nodes: [RED.nodes.group('g')] })");
      assert.deepEqual(modulesIn(await trays.exported()), ['event-publish', 'published-if']);
      await trays.close();
    });

    it('takes the tabs that are marked', async () => {
      const other: FlowNode = { id: 'other', type: 'tab', label: 'other', disabled: false, info: '' };
      const alone = { ...drawn('alone', 'misp-if-published', 100, [[], []], { version: 1 }), z: 'other' };
      await editor.open([...twoWorkflows, other, alone]);
      await editor.page.click('#red-ui-tab-other a', { modifiers: ['Control'] });
      const text = await trays.exported();
      assert.ok(modulesIn(text).includes('published-if'));
      await trays.close();
    });

    it('of an empty tab says so', async () => {
      await editor.open([tab]);
      await trays.invoke('misp:export-blueprint');
      await editor.page.locator('.red-ui-notification').filter({ hasText: 'Nothing is selected' }).waitFor();
    });

    it('is downloaded under its name, and copied, as it is shown', async () => {
      const { page } = editor;
      await editor.open(twoWorkflows);
      await trays.exported();
      await page.fill('#misp-blueprint-name', 'Stop: published/twice');
      await page.waitForFunction(
        `document.querySelector('textarea.misp-workflow-text').value.includes('published/twice')`,
      );
      const shown = await trays.written();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('#misp-blueprint-download'),
      ]);
      assert.match(download.suggestedFilename(), /^Stop.*published.*twice\.json$/);
      assert.equal(readFileSync(await download.path(), 'utf8'), shown);
      await page.click('#misp-blueprint-copy');
      await page.waitForSelector('text=Copied');
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), shown);
      await trays.close();
    });
  });

  describe('saving into MISP', () => {
    let misp: StandInMisp;
    before(async () => {
      misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    });
    after(() => misp.close());

    it('without a MISP says so, and can be tried again with one; a double click saves once', async () => {
      const { page } = editor;
      const server = {
        id: 'misp',
        type: 'misp-server',
        version: 1,
        name: 'our MISP',
        url: misp.url,
        timeout: 5,
      };
      await editor.open([...twoWorkflows, server], { misp: { apiKey: API_KEY } });
      const shown = await trays.exported();
      await page.selectOption('.misp-workflow-server', '');
      await page.click('#misp-blueprint-save');
      assert.match(await trays.problem(), /Choose a MISP/);
      assert.equal(await trays.written(), shown, 'what was written is still there');
      await page.selectOption('.misp-workflow-server', 'misp');
      const before = misp.collections.blueprints.length;
      await page.dblclick('#misp-blueprint-save');
      await page.locator('.red-ui-notification').filter({ hasText: 'MISP has the blueprint now' }).waitFor();
      await page.waitForTimeout(500);
      assert.equal(misp.collections.blueprints.length, before + 1);
    });
  });
});

describe("the dialogs for MISP's workflows, and the examples, in the dark", function () {
  this.timeout(120_000);
  let editor: Editor;
  let trays: WorkflowTrays;
  before(async () => {
    editor = await openEditor('dark');
    trays = new WorkflowTrays(editor);
    await editor.open(twoWorkflows);
  });
  after(() => editor.close());

  const shown = async (name: string) => {
    await picture(editor.page, `${name}-dark.png`);
    assert.deepEqual(await unreadable(editor.page, '.misp-tray', '.misp-tray'), []);
  };

  it('import: a preview, and a problem', async () => {
    await trays.openImport();
    await shown('workflow-import-empty');
    await trays.paste(recorded);
    await trays.preview();
    await shown('workflow-import');
    await trays.paste('{');
    await trays.problem();
    await shown('workflow-import-problem');
    await trays.close();
  });

  it('export, with all that is said of it', async () => {
    await trays.exported();
    await editor.page.selectOption('#misp-blueprint-trigger', '');
    await editor.page.waitForSelector('.misp-workflow-notes [data-level="error"]');
    await shown('workflow-export');
    await trays.close();
  });

  it('the examples', async () => {
    await trays.invoke('misp:show-examples');
    await editor.page.waitForSelector('.misp-gallery li');
    await shown('gallery');
    await trays.close();
  });
});
