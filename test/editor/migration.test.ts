import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/node-red';
import { openEditor, type Editor } from './browser';
import { tab } from './flows';

const SOURCE = path.join(root, 'test/support/other-nodes/versioned');
/** What the build does for a node of ours. */
const BUILD = `
  import { createRequire } from 'node:module';
  import { nodeHtml } from ${JSON.stringify(path.join(root, 'scripts/node-html.mjs'))};
  const source = ${JSON.stringify(SOURCE)};
  const { description } = createRequire(source)(source);
  const row = { label: 'A label', tip: 'A tip', options: {} };
  const fields = Object.fromEntries(Object.keys(description.fields).map((name) => [name, row]));
  const texts = { fields, help: { settings: 'Settings', types: {}, choices: 'One of' } };
  console.log(nodeHtml({ description, texts, help: 'Help', source }));
`;

/** A package with the node, built from its definition and its migrations as the nodes of this package are. */
function buildPackage(): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'misp-versioned-')), 'versioned-nodes');
  mkdirSync(folder);
  const nodes = { versioned: 'versioned.js' };
  const pkg = { name: 'versioned-nodes', version: '1.0.0', 'node-red': { nodes } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(pkg));
  writeFileSync(path.join(folder, 'versioned.js'), `module.exports = require(${JSON.stringify(SOURCE)});\n`);
  const html = execFileSync(
    process.execPath,
    ['--require', 'tsx/cjs', '--input-type=module', '--eval', BUILD],
    { cwd: root, encoding: 'utf8' },
  );
  writeFileSync(path.join(folder, 'versioned.html'), html);
  return folder;
}

describe('a flow that an older version saved', function () {
  this.timeout(60000);
  let folder: string;
  let editor: Editor;
  before(async () => {
    folder = buildPackage();
    editor = await openEditor('light', [folder]);
  });
  after(async () => {
    await editor.close();
    rmSync(path.dirname(folder), { recursive: true });
  });

  it('opens with its settings in their present form', async () => {
    const place = { z: 'tab', x: 100, y: 100, wires: [[]], type: 'test-versioned' };
    const address = 'misp.example:8443';
    await editor.open([
      tab,
      { id: 'first', word: 'hello', mode: 'upper', address, ...place },
      { id: 'second', version: 2, text: 'hello', mode: 'quiet', ...place },
      { id: 'third', version: 3, text: 'hello', mode: 'quiet', added: 'no', address, ...place },
      { id: 'present', version: 4, text: 'x', mode: 'quiet', added: 'no', host: 'a', port: 1, ...place },
    ]);
    const settings = await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as {
        RED: { nodes: { node(id: string): Record<string, unknown>; createExportableNodeSet: Export } };
      };
      type Export = (nodes: unknown[]) => Record<string, unknown>[];
      const nodes = ['first', 'second', 'third', 'present'].map((id) => RED.nodes.node(id));
      // As it is saved: names without a value are left out.
      const saved = JSON.parse(
        JSON.stringify(RED.nodes.createExportableNodeSet(nodes)),
      ) as ReturnType<Export>;
      return saved.map((node) => {
        const { text, mode, added, host, port, version } = node;
        return [text, mode, added, host, port, version, 'word' in node, 'address' in node];
      });
    });
    assert.deepEqual(settings, [
      ['hello', 'loud', 'yes', 'misp.example', 8443, 4, false, false],
      ['hello', 'quiet', 'yes', '', 443, 4, false, false],
      ['hello', 'quiet', 'no', 'misp.example', 8443, 4, false, false],
      ['x', 'quiet', 'no', 'a', 1, 4, false, false],
    ]);
    assert.deepEqual(editor.problems, []);
  });
});
