import { strict as assert } from 'node:assert';
import { freePort } from '../support/misp';
import { savedFlow } from '../support/saved-flows';
import { SECRETS } from '../support/secrets';
import { openEditor, type Editor } from './browser';

describe('the editor with nodes of all versions', function () {
  this.timeout(90000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.close());

  it('shows them with the settings that they have now', async () => {
    const { flow, of } = savedFlow(await freePort());
    await editor.open(flow, Object.fromEntries(flow.map(({ id }) => [id, SECRETS])));
    const shown = await editor.page.evaluate(
      `Object.fromEntries(${JSON.stringify([...of.keys()])}.map((id) => [id, RED.nodes.convertNode(RED.nodes.node(id))]))`,
    );
    for (const [id, { now }] of of) {
      const node = (shown as Record<string, Record<string, unknown>>)[id];
      assert.ok(node, id);
      for (const [name, value] of Object.entries(now)) {
        // These are filled in for the test.
        if (name === 'version' || name === 'port' || name === 'module') continue;
        assert.deepEqual(node[name] ?? '', value ?? '', `${id}.${name}`);
      }
    }
    assert.deepEqual(editor.problems, []);
  });
});
