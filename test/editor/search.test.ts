import { strict as assert } from 'node:assert';
import { definitions } from '../support/definitions';
import { tab } from '../support/flows';
import { openEditor, type Editor } from './browser';

/** What a user of MISP types, and the node that is meant. */
const WORDS: Record<string, string> = {
  'stop execution': 'misp-response',
  allow: 'misp-response',
  mattermost: 'misp-chat',
  teams: 'misp-chat',
  Telegram: 'misp-chat',
  'send mail': 'misp-email',
  'send log mail': 'misp-email',
  'e-mail': 'misp-email',
  ids: 'misp-attribute',
  to_ids: 'misp-attribute',
  galaxy: 'misp-tag',
  'tag operation': 'misp-tag',
  tag_operation: 'misp-tag',
  enrich: 'misp-run-module',
  'Enrichment Before Query': 'misp-trigger',
  'event publish': 'misp-trigger',
  'IF :: Generic': 'misp-if',
  'concurrent task': 'misp-concurrent',
  splunk: 'misp-splunk',
  restSearch: 'misp-search',
  unpublish: 'misp-publish',
  'shadow attribute': 'misp-proposal',
};

interface Page {
  RED: {
    nodes: {
      registry: { getNodeTypes(): string[] };
      getType(type: string): { category: string };
      filterNodes(filter: object): { type: string }[];
    };
    utils: { getPaletteLabel(type: string, definition: object): string };
  };
}

describe("searching for a node by MISP's words", function () {
  this.timeout(120000);
  let editor: Editor;

  before(async () => {
    editor = await openEditor();
    await editor.open([tab]);
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  async function inPalette(words: string): Promise<(string | null)[]> {
    const { page } = editor;
    await page.fill('#red-ui-palette-search input', words);
    await page.press('#red-ui-palette-search input', 'End');
    await page.waitForTimeout(250);
    const found = page.locator('.red-ui-palette-node:not([data-filter])');
    return found.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-palette-type')));
  }

  async function inQuickAdd(words: string): Promise<(string | null)[]> {
    const { page } = editor;
    await page.fill('#red-ui-type-search-input', words);
    await page.press('#red-ui-type-search-input', 'End');
    await page.waitForTimeout(300);
    const found = page.locator('#red-ui-type-search .red-ui-search-result-node-label:visible');
    return found.evaluateAll((labels) =>
      labels.map((label) => /\(([\w-]+)\)$/.exec(label.textContent ?? '')?.[1] ?? null),
    );
  }

  const wanted = [
    ...Object.entries(WORDS),
    ...definitions.flatMap(({ type, description, texts }) =>
      description.modules.map(({ module: id }) => [
        (texts.modules as Record<string, string> | undefined)?.[id] ?? id,
        type,
      ]),
    ),
  ];

  it('finds it in the palette', async () => {
    for (const [words, type] of wanted) {
      const found = await inPalette(words);
      assert.ok(found.includes(type), `${words}: ${found.join(', ')}`);
      assert.ok(found.length < 20, `${words}: ${found.length} nodes`);
    }
    assert.deepEqual(await inPalette('no such node'), []);
    await inPalette('');
  });

  it('finds it when a node is added on the canvas', async () => {
    const { page } = editor;
    await page.click('#red-ui-workspace-chart', { modifiers: ['Control'], position: { x: 300, y: 300 } });
    await page.waitForSelector('#red-ui-type-search-input');
    for (const [words, type] of wanted) {
      const found = await inQuickAdd(words);
      assert.ok(found.includes(type), `${words}: ${found.join(', ')}`);
    }
    assert.deepEqual(await inQuickAdd('no such node'), []);
    await inQuickAdd('stop execution');
    await page.press('#red-ui-type-search-input', 'Enter');
    await page.waitForTimeout(300);
    const added = await page.evaluate(() => {
      const { RED } = globalThis as unknown as Page;
      return RED.nodes.filterNodes({ z: 'tab' }).map(({ type }) => type);
    });
    assert.deepEqual(added, ['misp-response']);
  });

  it('finds it again while nodes are added one after the other', async () => {
    const { page } = editor;
    await page.click('#red-ui-workspace-chart', { modifiers: ['Control'], position: { x: 300, y: 450 } });
    await page.waitForSelector('#red-ui-type-search-input');
    await inQuickAdd('tag operation');
    await page.press('#red-ui-type-search-input', 'Control+Enter');
    await page.waitForTimeout(500);
    assert.ok((await inQuickAdd('mattermost')).includes('misp-chat'));
    await page.press('#red-ui-type-search-input', 'Escape');
  });

  it('no two nodes have one name, those of Node-RED included', async () => {
    const names = await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as Page;
      const types = RED.nodes.registry.getNodeTypes();
      const shown = types.filter((type) => RED.nodes.getType(type).category !== 'config');
      return shown.map((type) => RED.utils.getPaletteLabel(type, RED.nodes.getType(type)).toLowerCase());
    });
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});
