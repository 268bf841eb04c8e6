import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../support/definitions';
import { root } from '../support/node-red';

interface Texts {
  name: string;
  modules?: Record<string, string>;
}

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const nodes = definitions.map(({ description, texts }) => ({
  description,
  texts: texts as unknown as Texts,
}));
const names = nodes.map(({ texts }) => texts.name);

describe('the names of the nodes', () => {
  it('are each for one node only', () => {
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
  });

  it('stand in the table of docs/nodes.md as in the palette, each once', () => {
    const rows = read('docs/nodes.md').match(/^\| [^|]+/gm) ?? [];
    const listed = rows
      .map((row) => row.slice(2).trim())
      .filter((cell) => !/^(node|\*\*.*\*\*|-+)$/.test(cell))
      .flatMap((cell) => cell.split(', '));
    assert.deepEqual(listed.sort(), names.toSorted());
  });

  it('are what pages and help call them, not their types', () => {
    const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((file) => `docs/${file}`)];
    const helps = definitions.map(({ source }) => path.relative(root, `${source}.md`));
    for (const file of [...pages, ...helps].filter((name) => name.endsWith('.md'))) {
      const text = read(file);
      // The service that is asked is called misp-modules, too.
      for (const { type } of definitions.filter((one) => one.type !== 'misp-modules'))
        assert.doesNotMatch(text, new RegExp(`(?<![\\w/#-])${type}(?![\\w-])`), file);
    }
  });

  it("know MISP's names of the modules that a node stands for", () => {
    const recorded = JSON.parse(read('sandbox/misp/data/workflow-modules.json')) as {
      id: string;
      name: string;
    }[];
    for (const { description, texts } of nodes) {
      // MISP's triggers are choices of one node.
      if (description.family === 'triggers') continue;
      const names = [...new Set(description.modules.map(({ module }) => module))];
      assert.deepEqual(Object.keys(texts.modules ?? {}).sort(), names.sort(), description.type);
      for (const [id, name] of Object.entries(texts.modules ?? {}))
        assert.equal(name, recorded.find((module) => module.id === id)?.name ?? name);
    }
  });

  it("stand in the page for those who come from MISP's editor, with every setting", () => {
    const check = spawnSync(process.execPath, ['scripts/coming-from-misp.mjs', '--check'], { cwd: root });
    assert.equal(check.status, 0, String(check.stderr));
    const page = read('docs/coming-from-misp.md');
    for (const { description, texts } of nodes) {
      assert.ok(page.includes(texts.name), texts.name);
      for (const { module: id } of description.modules) assert.ok(page.includes(`\`${id}\``), id);
      if (description.modules.length === 0) continue;
      for (const name of Object.keys(description.fields)) assert.ok(page.includes(`(\`${name}\`, `), name);
    }
  });
});
