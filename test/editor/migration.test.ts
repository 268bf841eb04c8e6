import { strict as assert } from 'node:assert';
import path from 'node:path';
import { root } from '../support/node-red';
import { openEditor, type Editor } from './browser';
import { tab } from './flows';

describe('a flow that an older version saved', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor('light', [path.join(root, 'test/support/other-nodes')]);
  });
  after(() => editor.close());

  it('opens with its settings in their present form', async () => {
    const place = { z: 'tab', x: 100, y: 100, wires: [[]] };
    await editor.open([
      tab,
      { id: 'first', type: 'test-versioned', word: 'hello', mode: 'upper', ...place },
      { id: 'second', type: 'test-versioned', version: 2, text: 'hello', mode: 'quiet', ...place },
      {
        id: 'present',
        type: 'test-versioned',
        version: 3,
        text: 'hello',
        mode: 'quiet',
        added: 'no',
        ...place,
      },
    ]);
    const settings = await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as {
        RED: { nodes: { node(id: string): Record<string, unknown> } };
      };
      return ['first', 'second', 'present'].map((id) => {
        const { text, mode, added, version } = RED.nodes.node(id);
        return [text, mode, added, version];
      });
    });
    assert.deepEqual(settings, [
      ['hello', 'loud', 'yes', 3],
      ['hello', 'quiet', 'yes', 3],
      ['hello', 'quiet', 'no', 3],
    ]);
    assert.deepEqual(editor.problems, []);
  });
});
