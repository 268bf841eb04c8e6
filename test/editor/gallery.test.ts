import { strict as assert } from 'node:assert';
import { example, exampleNames } from '../support/examples';
import { becomes } from '../support/until';
import { openEditor, picture, type Editor } from './browser';
import { tab } from './flows';

interface Placed {
  id: string;
  type: string;
  z: string;
  x: number;
  y: number;
  w: number;
  h: number;
}
interface EditorApi {
  nodes: {
    eachNode(visit: (node: Placed) => void): void;
    eachConfig(visit: (node: Placed & { users: object[] }) => void): void;
  };
  history: { depth(): number };
  actions: { invoke(name: string): void };
  workspaces: { show(id: string): void };
  notifications?: object;
}

describe('the gallery of examples', function () {
  this.timeout(280000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  const inEditor = <T>(work: (RED: EditorApi, argument: never) => T, argument?: unknown): Promise<T> =>
    editor.page.evaluate(`(${work.toString()})(RED, ${JSON.stringify(argument)})`);
  const drawn = () =>
    inEditor((RED) => {
      const nodes: Placed[] = [];
      RED.nodes.eachNode(({ id, type, z, x, y, w, h }) => nodes.push({ id, type, z, x, y, w, h }));
      return nodes;
    });
  const configs = () =>
    inEditor((RED) => {
      const found: { type: string; users: number }[] = [];
      RED.nodes.eachConfig(({ type, users }) => found.push({ type, users: users.length }));
      return found;
    });
  const openGallery = async () => {
    const { page } = editor;
    await page.click('#red-ui-header-button-sidemenu');
    await page.hover('#menu-item-misp');
    await page.click('#menu-item-misp-show-examples');
    await page.waitForSelector('.misp-gallery li');
    await page.waitForTimeout(300);
  };
  const importFromGallery = async (name: string) => {
    const { page } = editor;
    await openGallery();
    await page.fill('.misp-gallery-search', name);
    await page.locator(`.misp-gallery li[data-example="${name}"] button`).click();
    await page.waitForSelector('.misp-gallery', { state: 'detached' });
    await page.waitForTimeout(150);
  };

  it('shows each example with a picture, its purpose and names of MISP', async () => {
    const { page } = editor;
    await editor.open([tab]);
    await openGallery();
    const cards = await page.$$eval('.misp-gallery li', (items) =>
      items.map((item) => ({
        name: item.getAttribute('data-example'),
        nodes: item.querySelectorAll('.misp-picture-node').length,
        words: item.querySelector('.misp-gallery-purpose')?.textContent ?? '',
      })),
    );
    assert.deepEqual(
      cards.map(({ name }) => name),
      exampleNames,
    );
    for (const { name, nodes, words } of cards) {
      assert.ok(words.length > 20, name ?? '');
      assert.equal(nodes, example(name ?? '').filter(({ x }) => x !== undefined).length, name ?? '');
    }
    await picture(page, 'gallery.png');
    await page.fill('.misp-gallery-search', 'warninglist');
    await picture(page, 'gallery-search.png');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.misp-gallery', { state: 'detached' });
  });

  it('imports one onto the listener and MISP that are there, and undoes it with one step', async () => {
    const listener = { id: 'mine', type: 'misp-listener', version: 1, host: '127.0.0.1', port: 7000 };
    const server = {
      id: 'my-misp',
      type: 'misp-server',
      version: 1,
      url: 'http://127.0.0.1',
      name: 'my MISP',
    };
    const there = {
      id: 'there',
      type: 'comment',
      z: 'tab',
      x: 200,
      y: 300,
      name: 'already there',
      wires: [],
    };
    await editor.open([tab, listener, server, there]);
    await importFromGallery('Curation - TLP and PAP in one notation');
    assert.deepEqual((await configs()).map(({ type }) => type).sort(), ['misp-listener', 'misp-server']);
    assert.ok((await configs()).every(({ users }) => users > 0));
    const nodes = await drawn();
    const imported = example('Curation - TLP and PAP in one notation').filter(({ x }) => x !== undefined);
    assert.equal(nodes.length, 1 + imported.length);
    assert.ok(nodes.every(({ z }) => z === 'tab'));
    assert.ok(nodes.filter(({ id }) => id !== 'there').every(({ y }) => y > 330));
    await picture(editor.page, 'gallery-imported.png');
    await inEditor((RED) => RED.actions.invoke('core:undo'));
    assert.deepEqual(
      (await drawn()).map(({ id }) => id),
      ['there'],
    );
    assert.equal((await configs()).length, 2);
  });

  it("Node-RED's own dialog asks from the second example on; its own choice uses the listener that is there", async () => {
    const { page } = editor;
    await editor.open([tab]);
    await importFromGallery('Block the publication of tlp-red');
    await inEditor((RED) => RED.actions.invoke('core:show-import-dialog'));
    await page.fill(
      '#red-ui-clipboard-dialog-import-text',
      JSON.stringify(example('IF tag - any attribute')),
    );
    // The dialog looks at the text when a key is let go.
    await page.press('#red-ui-clipboard-dialog-import-text', 'Control+End');
    await page.click('#red-ui-clipboard-dialog-ok');
    await page.locator('.red-ui-notification').filter({ hasText: 'already exist' }).waitFor();
    await page.click('.red-ui-notification button:has-text("View nodes")');
    await page.waitForSelector('#red-ui-clipboard-dialog-import-conflict:visible');
    await picture(page, 'gallery-standard-dialog.png');
    await page.click('#red-ui-clipboard-dialog-import-conflict');
    await becomes(configs, [{ type: 'misp-listener', users: 2 }]);
  });

  it('imports all of them one after the other: no question, no clash, no overlap', async () => {
    const { page } = editor;
    await editor.open([tab]);
    for (const [index, name] of exampleNames.entries()) {
      // Node-RED draws all of a flow anew each time.
      if (index % 10 === 9) await inEditor((RED) => RED.actions.invoke('core:add-flow'));
      await importFromGallery(name);
      assert.equal(await page.locator('.ui-dialog:visible').count(), 0, `no question about ${name}`);
      assert.deepEqual(
        await page.locator('.red-ui-notification-warning, .red-ui-notification-error').allTextContents(),
        [],
        name,
      );
    }
    const expected = exampleNames.flatMap((name) => example(name));
    const nodes = await drawn();
    assert.equal(nodes.length, expected.filter(({ x }) => x !== undefined).length);
    assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length);
    const types = (await configs()).map(({ type }) => type);
    const wanted = new Set(expected.filter(({ id, type }) => type.startsWith('misp-') && !idIsDrawn(id)));
    assert.equal(types.length, new Set([...wanted].map(({ id }) => id)).size);
    // What is not shown has not been measured yet.
    for (const z of new Set(nodes.map((node) => node.z))) {
      await inEditor((RED, id) => RED.workspaces.show(id), z);
      await page.waitForTimeout(300);
    }
    await becomes(async () => overlaps(await drawn()), []);

    function idIsDrawn(id: string): boolean {
      return expected.some((node) => node.id === id && node.x !== undefined);
    }
  });
});

function overlaps(nodes: Placed[]): string[] {
  const touch = (a: Placed, b: Placed) =>
    a.z === b.z && Math.abs(a.x - b.x) < (a.w + b.w) / 2 && Math.abs(a.y - b.y) < (a.h + b.h) / 2;
  return nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter((b) => touch(a, b))
      .map((b) => `${a.type} at ${a.x},${a.y} and ${b.type} at ${b.x},${b.y}`),
  );
}
