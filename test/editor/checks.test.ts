import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { root, type FlowNode } from '../support/node-red';
import { becomes } from '../support/until';
import { openEditor, picture, type Editor } from './browser';
import { tab as onlyTab } from './flows';
import { closeForm, openByDoubleClick, wire } from './mouse';

const listener: FlowNode = {
  ...{ id: 'l', type: 'misp-listener', version: 1, host: '127.0.0.1', port: 0, authentication: false },
};
const trigger = (id: string, kind: string, to: string[], more: object = {}): FlowNode => ({
  ...{ id, type: 'misp-trigger', z: 'tab', x: 140, y: 120, version: 2, name: id, listener: 'l' },
  ...{ trigger: kind, module: `m_${id}`, goOn: 'ended', wires: [to] },
  ...more,
});
const response = (id: string, more: object = {}): FlowNode => ({
  ...{
    id,
    type: 'misp-response',
    z: 'tab',
    x: 500,
    y: 120,
    version: 1,
    name: id,
    answer: 'block',
    message: 'no',
  },
  ...{ wires: [] },
  ...more,
});

const tab = [onlyTab, listener];

interface EditorApi {
  nodes: { filterNodes(filter: object): { id: string; name: string; module: string; changed?: boolean }[] };
  view: { importNodes(nodes: unknown, options?: object): void };
  actions: { invoke(name: string): void };
  sidebar: { show(id: string): void };
  settings: { version: string };
}

describe('the checks in the editor', function () {
  this.timeout(90000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor('light', [path.join(root, 'test/support/other-nodes')]);
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  const inEditor = <T>(work: (RED: EditorApi, argument: never) => T, argument?: unknown): Promise<T> =>
    editor.page.evaluate(`(${work.toString()})(RED, ${JSON.stringify(argument)})`);
  const badges = () =>
    editor.page.$$eval('.misp-check:not(.hide)', (elements) =>
      elements.map((element) => element.closest('.red-ui-flow-node-group')?.id ?? ''),
    );
  const list = () =>
    editor.page.$$eval('.misp-checks li', (rows) =>
      rows.map((row) => `${row.getAttribute('data-key')} ${row.getAttribute('data-nodes')}`),
    );
  const settles = async (expected: string[]) => {
    await becomes(list, expected);
    const marked = expected.flatMap((entry) => entry.split(' ').slice(1));
    await becomes(async () => (await badges()).sort(), marked.sort());
  };
  const modules = () =>
    inEditor((RED) => RED.nodes.filterNodes({ type: 'misp-trigger' }).map(({ module }) => module));
  const invoke = (action: string) => inEditor((RED, name) => RED.actions.invoke(name), action);
  const hasModules = (expected: string[]) => becomes(modules, expected);

  it('find nothing in a flow that is all right', async () => {
    await editor.open([...tab, trigger('t', 'event-publish', ['b']), response('b')]);
    await settles([]);
    assert.equal(await editor.page.textContent('.misp-checks [role=status]'), 'Nothing found.');
  });

  it('show a block that is wired behind a trigger that does not block, and drop it when mended', async () => {
    const { page } = editor;
    await editor.open([...tab, trigger('t', 'event-after-save', []), response('b')]);
    await settles(['unreachedResponse b']);
    await wire(page, 't', 'b');
    await settles(['blockWithoutEffect b']);
    await picture(page, 'checks-badge.png');
    assert.match(
      (await page.getAttribute('.misp-check:not(.hide) g', 'aria-label')) ?? '',
      /“b” has no effect for “t”/,
    );

    // The list, by the badge; and the node, by the list and the keyboard alone.
    await page.locator('.misp-check:not(.hide) g').click();
    await page.waitForSelector('.misp-checks li');
    await becomes(() => page.evaluate(() => document.activeElement?.className), 'misp-check-words');
    await page.keyboard.press('Enter');
    await picture(page, 'checks-list.png');
    assert.match((await page.textContent('.misp-checks li')) ?? '', /Use a trigger that blocks/);
    assert.equal(await page.textContent('.misp-checks-status'), 'MISP checks: 1');
    assert.ok((await page.locator('.misp-checks-number').allTextContents()).includes('1'));

    await openByDoubleClick(page, 't');
    await page.selectOption('#node-input-trigger', 'event-publish');
    await closeForm(page);
    await settles([]);
    await becomes(() => page.locator('.misp-checks-number').allTextContents(), []);
    await becomes(() => page.isVisible('.misp-checks-status'), false);
  });

  it('tell of a port that another program has, at the trigger too, until it is free', async () => {
    const { page } = editor;
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const flow = [onlyTab, { ...listener, port }, trigger('t', 'event-publish', ['b']), response('b')];
    await editor.open(flow);
    // The listener has no place in the workspace for a badge.
    const settled = (expected: string[]) => becomes(list, expected);
    await settled(['portTaken l t']);
    await becomes(badges, ['t']);
    // Who opens the editor later is told too.
    await page.reload();
    await page.waitForSelector('.red-ui-flow-node');
    await settled(['portTaken l t']);
    assert.match((await page.textContent('.misp-checks li')) ?? '', /Another program has the port/);
    await picture(page, 'checks-port.png');
    other.close();
    await once(other, 'close');
    await editor.open(flow);
    await settled([]);
  });

  it('see subflows, links, junctions, and what is disabled, as the workspace has them', async () => {
    await editor.open([
      ...tab,
      {
        id: 's',
        type: 'subflow',
        name: 's',
        in: [{ x: 40, y: 40, wires: [{ id: 'in' }] }],
        out: [{ x: 400, y: 40, wires: [{ id: 'in', port: 0 }] }],
      },
      { id: 'in', type: 'change', z: 's', x: 200, y: 40, rules: [], wires: [[]] },
      trigger('t', 'event-publish', ['j']),
      { id: 'j', type: 'junction', z: 'tab', x: 250, y: 200, wires: [['i']] },
      { id: 'i', type: 'subflow:s', z: 'tab', x: 300, y: 260, name: '', wires: [['out']] },
      { id: 'out', type: 'link out', z: 'tab', x: 400, y: 300, mode: 'link', links: ['entry'], wires: [] },
      { id: 'entry', type: 'link in', z: 'tab', x: 400, y: 360, links: ['out'], wires: [['x']] },
      { id: 'x', type: 'other-good', z: 'tab', x: 400, y: 420, wires: [['if']] },
      {
        id: 'if',
        type: 'switch',
        z: 'tab',
        x: 400,
        y: 480,
        property: 'payload',
        rules: [{ t: 'true' }, { t: 'else' }],
        outputs: 2,
        wires: [['b'], []],
      },
      response('b'),
      response('off', { d: true, y: 540 }),
    ]);
    await settles(['unfinished x']);
    await picture(editor.page, 'checks-unfinished.png');
    await editor.page.locator('[id="x"] .red-ui-flow-node').click();
    await invoke('core:disable-selected-nodes');
    await settles(['unreachedResponse b', 'neverBlocks t', 'leadsToDisabled entry']);
    await invoke('core:undo');
    await settles(['unfinished x']);
  });

  it('show what is imported at once', async () => {
    await editor.open([...tab]);
    await settles([]);
    await inEditor(
      (RED, nodes) => RED.view.importNodes(nodes, { generateIds: false }),
      [trigger('t', 'event-after-save', ['b']), response('b')],
    );
    await editor.page.mouse.click(700, 500);
    await settles(['blockWithoutEffect b']);
  });

  it('speak up after a deploy that leaves something dangerous', async () => {
    const { page } = editor;
    await editor.open([...tab, trigger('t', 'event-after-save', ['b']), response('b')]);
    await inEditor((RED) => (RED as unknown as { nodes: { dirty(now: boolean): void } }).nodes.dirty(true));
    await page.click('#red-ui-header-button-deploy');
    await page.click('text=Confirm deploy');
    await page.waitForSelector('text=MISP may go on unblocked');
    await page.click('text=Show the list');
    await page.waitForSelector('.misp-checks li');
  });

  describe('names of modules', () => {
    beforeEach(() =>
      editor.open([...tab, trigger('t', 'event-publish', [], { module: 'first', goOn: 'watch' })]),
    );
    const paste = async (nodes: FlowNode[], options: object = { generateIds: true }) => {
      await inEditor((RED, all) => RED.view.importNodes(all[0], all[1]), [nodes, options]);
      await editor.page.mouse.click(700, 500);
    };

    it('a copy by the keyboard gets one of its own, undo and redo keep it', async () => {
      const { page } = editor;
      await page.locator('[id="t"] .red-ui-flow-node').click();
      await page.keyboard.press('Control+c');
      await page.keyboard.press('Control+v');
      await page.mouse.move(700, 500, { steps: 3 });
      await page.mouse.click(700, 500);
      await hasModules(['first', 'first_2']);
      await page.waitForSelector('text=announces the module first_2');
      await settles([]);
      await invoke('core:undo');
      await hasModules(['first']);
      await invoke('core:redo');
      await hasModules(['first', 'first_2']);
    });

    it('a deleted trigger comes back with its name, even if that is taken by then', async () => {
      const { page } = editor;
      await page.locator('[id="t"] .red-ui-flow-node').click();
      await page.keyboard.press('Delete');
      await hasModules([]);
      await invoke('core:undo');
      await hasModules(['first']);
      await settles([]);
    });

    it('cut and paste keeps it', async () => {
      const { page } = editor;
      await page.locator('[id="t"] .red-ui-flow-node').click();
      await page.keyboard.press('Control+x');
      await hasModules([]);
      await page.keyboard.press('Control+v');
      await page.mouse.move(700, 500, { steps: 3 });
      await page.mouse.click(700, 500);
      await hasModules(['first']);
    });

    it('an import keeps a name that is free, and changes one that is taken, also on a new tab', async () => {
      await paste([trigger('n', 'event-publish', [], { module: 'second', goOn: 'watch' })]);
      await hasModules(['first', 'second']);
      await paste([trigger('n', 'event-publish', [], { module: 'second', goOn: 'watch' })], {
        generateIds: true,
        addFlow: true,
      });
      await becomes(async () => (await modules()).sort(), ['first', 'second', 'second_2']);
      const both = ['a', 'b'].map((id) =>
        trigger(id, 'event-publish', [], { module: 'same', goOn: 'watch' }),
      );
      await paste(both);
      await becomes(async () => (await modules()).sort(), ['first', 'same', 'same_2', 'second', 'second_2']);
    });

    it('what was deployed with one name twice stays, and is shown', async () => {
      await editor.open([
        ...tab,
        trigger('t', 'event-publish', [], { module: 'first', goOn: 'watch' }),
        trigger('u', 'event-publish', [], { module: 'first', goOn: 'watch', y: 200 }),
      ]);
      await hasModules(['first', 'first']);
      await settles(['moduleTwice t u']);
      assert.equal(await editor.page.locator('.misp-checks li button').count(), 3);
    });
  });

  it('find nothing in the demo', async () => {
    const file = path.join(root, 'examples/Block the publication of tlp-red.json');
    await editor.open(JSON.parse(readFileSync(file, 'utf8')) as FlowNode[]);
    // A node of the settings has no place in the workspace for a badge.
    await editor.page.waitForSelector('.misp-checks li >> nth=1', { state: 'attached' });
    await becomes(list, ['lacks d0000000000000a1', 'lacks d0000000000000a1']);
    assert.match((await editor.page.textContent('.misp-checks')) ?? '', /Missing: User/);
    const isValid = () =>
      inEditor((RED) => {
        const { node } = RED.nodes as unknown as { node: (id: string) => { valid: boolean } };
        return [node('d0000000000000a1').valid, node('d000000000000011').valid];
      });
    assert.deepEqual(await isValid(), [false, false], 'the listener is not valid, nor what uses it');
    await editor.open(JSON.parse(readFileSync(file, 'utf8')) as FlowNode[], {
      d0000000000000a1: { user: 'misp', password: 'secret' },
    });
    await settles([]);
    await becomes(isValid, [true, true]);
  });

  describe('one click', () => {
    const condition = (wires: string[][]): FlowNode => ({
      ...{ id: 'if', type: 'misp-if-tag', z: 'tab', x: 320, y: 120, version: 1, name: 'if' },
      ...{ scope: 'event', condition: 'in_or', tags: ['tlp:red'], clusters: [], wires },
    });
    const choice: FlowNode = {
      ...{ id: 's', type: 'switch', z: 'tab', x: 320, y: 240, name: 's', property: 'topic' },
      ...{ propertyType: 'msg', rules: [{ t: 'eq', v: 'x', vt: 'str' }], checkall: 'true', repair: false },
      ...{ outputs: 1, wires: [['b']] },
    };
    const decides = { goOn: 'response' };
    const wired = () =>
      inEditor((RED) => {
        const nodes: { links: string[] } = { links: [] };
        (
          RED.nodes as unknown as {
            eachLink(
              visit: (link: {
                source: { id: string };
                sourcePort: number;
                target: { id: string; type: string; answer?: string };
              }) => void,
            ): void;
          }
        ).eachLink(({ source, sourcePort, target }) => {
          nodes.links.push(`${source.id}/${sourcePort} ${target.answer ?? target.type}`);
        });
        return nodes.links.sort();
      });

    it('puts an allow behind an output, and undo takes it away', async () => {
      const { page } = editor;
      const flow = [trigger('t', 'event-publish', ['if'], decides), condition([['b'], []]), response('b')];
      await editor.open([...tab, ...flow]);
      await settles(['wayWithoutAnswer if']);
      await page.locator('.misp-checks-status').click();
      await page.waitForSelector('.misp-checks li');
      assert.match((await page.textContent('.misp-checks li')) ?? '', /leaves “if” here \(else/i);
      await picture(page, 'checks-mend.png');
      await page.click('.misp-checks-mend');
      await settles([]);
      await becomes(wired, ['if/0 block', 'if/1 allow', 't/0 misp-if-tag']);
      await picture(page, 'checks-mended.png');
      await invoke('core:undo');
      await settles(['wayWithoutAnswer if']);
      await invoke('core:redo');
      await settles([]);
      await becomes(wired, ['if/0 block', 'if/1 allow', 't/0 misp-if-tag']);
    });

    it('adds "otherwise" to a switch, and mends all at once', async () => {
      const { page } = editor;
      await editor.open([
        ...tab,
        trigger('t', 'event-publish', ['if'], decides),
        condition([['s'], []]),
        choice,
        response('b'),
      ]);
      await settles(['wayWithoutAnswer if', 'switchWithoutOtherwise s']);
      await page.locator('.misp-checks-status').click();
      await becomes(() => page.textContent('.misp-checks-mend-all'), 'Answer all 2: allow');
      await page.click('.misp-checks-mend-all');
      await settles([]);
      const mended = ['if/0 switch', 'if/1 allow', 's/0 block', 's/1 allow', 't/0 misp-if-tag'];
      await becomes(wired, mended);
      await openByDoubleClick(page, 's');
      assert.equal(await page.locator('#node-input-rule-container li').count(), 2);
      await page.click('#node-dialog-cancel');
      await page.waitForSelector('#node-dialog-cancel', { state: 'detached' });
      await invoke('core:undo');
      await settles(['wayWithoutAnswer if', 'switchWithoutOtherwise s']);
      await becomes(wired, ['if/0 switch', 's/0 block', 't/0 misp-if-tag']);
      await invoke('core:redo');
      await settles([]);
      await becomes(wired, mended);
      await page.click('#red-ui-header-button-deploy');
      await page.click('text=Confirm deploy');
      await page.waitForSelector('text=Successfully deployed');
    });

    it('is not offered for nodes of others', async () => {
      const change = { id: 'x', type: 'change', z: 'tab', x: 320, y: 240, name: 'x', rules: [], wires: [[]] };
      const flow = [trigger('t', 'event-publish', ['if'], decides), condition([['b'], ['x']]), response('b')];
      await editor.open([...tab, ...flow, change]);
      await settles(['wayWithoutAnswer x']);
      assert.equal(await editor.page.locator('.misp-checks-mend').count(), 0);
    });
  });
});
