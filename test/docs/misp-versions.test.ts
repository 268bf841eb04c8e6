import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TRIGGER_VERSIONS } from '../../src/misp/versions';
import { UNMAPPED } from '../../src/mapping/unmapped';
import { TRIGGERS } from '../../src/triggers/triggers';
import listed from '../../src/workflow/modules.json';
import { ownModules } from '../../sandbox/misp/workflows/newer-modules';
import { NEWEST } from '../../sandbox/misp/version';
import { definitions } from '../support/definitions';
import { exampleNames } from '../support/examples';
import { root } from '../support/node-red';

const page = readFileSync(path.join(root, 'docs/misp-versions.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|$/g, '').trim()));
const rowOf = (id: string) => rows.filter(([first]) => first === `\`${id}\`` || first.includes(`\`${id}\``));

const nameOf = ({ texts }: (typeof definitions)[number]) => (texts as unknown as { name: string }).name;

/** What MISP has beyond what is mapped or listed: modules of its AI services, and results. */
const OTHERS = ['ai_connector', 'result_key'];

describe('the page of MISP versions', () => {
  const mapped = definitions.flatMap(({ description }) => description.modules.map(({ module }) => module));
  const ids = new Set([
    ...mapped,
    ...Object.keys(UNMAPPED),
    ...Object.keys(listed),
    ...ownModules(NEWEST).map(({ id }) => id),
    ...TRIGGERS.map(({ id }) => id),
    ...OTHERS,
  ]);

  for (const id of ids) {
    it(`has one row for ${id}`, () => assert.equal(rowOf(id).length, 1));
  }

  it('says of each row whether it was measured or read', () => {
    for (const [first, , known] of rows.filter(([id]) => id.startsWith('`')))
      assert.match(known, /^(measured|read)$/, first);
  });

  it('says from which to which version MISP has a trigger, as the checks do', () => {
    for (const { id } of TRIGGERS) {
      const { from = '2.5.1', until } = TRIGGER_VERSIONS[id] ?? {};
      assert.equal(rowOf(id)[0][1], until ? `${until} and older` : `${from} and newer`, id);
    }
  });

  it('names nodes and examples that there are', () => {
    const names = new Set(definitions.map(nameOf));
    for (const cells of rows)
      for (const [, name] of cells
        .slice(3)
        .join()
        .matchAll(/\*\*([^*]+)\*\*/g))
        assert.ok(names.has(name), name);
    const named = page.matchAll(/the example _([^_]+)_/g);
    for (const [, name] of named) assert.ok(exampleNames.includes(name), name);
  });

  it('names for each mapped module the node that stands for it', () => {
    for (const definition of definitions) {
      const { type, description } = definition;
      if (type === 'misp-trigger') continue;
      for (const { module } of description.modules)
        assert.ok(rowOf(module)[0][3].includes(`**${nameOf(definition)}**`), `${module}: ${type}`);
    }
  });
});
