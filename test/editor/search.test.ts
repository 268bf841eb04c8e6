import { strict as assert } from 'node:assert';
import { definitions } from '../support/definitions';
import { tab } from '../support/flows';
import { until } from '../support/until';
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

  type Types = (string | null)[];

  async function inPalette(): Promise<Types> {
    const found = editor.page.locator('.red-ui-palette-node:not([data-filter])');
    return found.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-palette-type')));
  }

  async function inQuickAdd(): Promise<Types> {
    const found = editor.page.locator('#red-ui-type-search .red-ui-search-result-node-label:visible');
    return found.evaluateAll((labels) =>
      labels.map((label) => /\(([\w-]+)\)$/.exec(label.textContent ?? '')?.[1] ?? null),
    );
  }

  /** Types words, and waits until what is found is as it should be: the editor searches a while after the last key. */
  async function search(field: string, words: string, found: () => Promise<Types>, isRight: Check) {
    const { page } = editor;
    await page.fill(field, words);
    await page.press(field, 'End');
    let types = await found();
    for (const end = Date.now() + 20_000; !isRight(types) && Date.now() < end; types = await found())
      await page.waitForTimeout(20);
    assert.ok(isRight(types), `${words}: ${types.join(', ')}`);
  }
  type Check = (types: Types) => boolean;

  const PALETTE = '#red-ui-palette-search input';
  const QUICK_ADD = '#red-ui-type-search-input';
  const has =
    (type: string, most = Infinity): Check =>
    (types) =>
      types.includes(type) && types.length < most;
  const isEmpty: Check = (types) => types.length === 0;

  /** Node-RED does not hear a click while it still puts the last node in its place. */
  const openQuickAdd = (position: { x: number; y: number }) =>
    until(async () => {
      await editor.page.click('#red-ui-workspace-chart', { modifiers: ['Control'], position });
      return editor.page.waitForSelector(QUICK_ADD, { timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });

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
    for (const [words, type] of wanted) await search(PALETTE, words, inPalette, has(type, 20));
    await search(PALETTE, 'no such node', inPalette, isEmpty);
    await search(PALETTE, '', inPalette, has('misp-trigger'));
  });

  it('finds it when a node is added on the canvas', async () => {
    const { page } = editor;
    await openQuickAdd({ x: 300, y: 300 });
    for (const [words, type] of wanted) await search(QUICK_ADD, words, inQuickAdd, has(type, 20));
    await search(QUICK_ADD, 'no such node', inQuickAdd, isEmpty);
    await search(QUICK_ADD, 'stop execution', inQuickAdd, has('misp-response', 20));
    await page.press(QUICK_ADD, 'Enter');
    await page.waitForFunction('RED.nodes.filterNodes({ z: "tab" }).length > 0');
    const added = await page.evaluate(() => {
      const { RED } = globalThis as unknown as Page;
      return RED.nodes.filterNodes({ z: 'tab' }).map(({ type }) => type);
    });
    assert.deepEqual(added, ['misp-response']);
  });

  it('finds it again while nodes are added one after the other', async () => {
    const { page } = editor;
    await page.waitForSelector(QUICK_ADD, { state: 'hidden' });
    await openQuickAdd({ x: 300, y: 450 });
    await search(QUICK_ADD, 'tag operation', inQuickAdd, has('misp-tag', 20));
    // With Ctrl, Node-RED fills its list while it still looks for the words before, and may fail over it.
    await page.press(QUICK_ADD, 'Enter');
    await page.waitForFunction('RED.nodes.filterNodes({ z: "tab", type: "misp-tag" }).length > 0');
    await page.waitForSelector(QUICK_ADD, { state: 'hidden' });
    await openQuickAdd({ x: 600, y: 450 });
    await search(QUICK_ADD, 'mattermost', inQuickAdd, has('misp-chat', 20));
    await page.press(QUICK_ADD, 'Escape');
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
