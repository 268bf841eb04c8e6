import { strict as assert } from 'node:assert';
import type { Description, Field } from '../../nodes/definition';
import { definitions } from '../support/definitions';
import { ifTag, tab } from '../support/flows';
import { openEditor, type Editor } from './browser';

interface Page {
  RED: {
    nodes: { getType(type: string): { _: unknown; label(this: object): string } };
  };
}

const LONGEST = 30;
const LONG = 'Event._AttributeFlattened.{n}.Tag.{n}.name or whatever else one writes there';
const NAMES = [
  'tlp:amber+strict',
  'workflow:todo="expansion"',
  'misp-galaxy:threat-actor="Sofacy"',
  'PAP:RED',
];

function longValue(field: Field): unknown {
  if (field.kind === 'list' || field.kind === 'picker') return NAMES;
  if (field.kind === 'select') return field.options.at(-1);
  return 'default' in field && typeof field.default === 'string' ? LONG : undefined;
}

/** A node for each choice that its label goes by, with long values in everything else. */
function longNodes({ type, fields, labelBy }: Description): Record<string, unknown>[] {
  const values = Object.entries(fields).map(([name, field]) => [name, longValue(field)]);
  const node = { ...(Object.fromEntries(values) as object), type, name: '' };
  const chosen = labelBy ? fields[labelBy] : undefined;
  if (labelBy === undefined || chosen?.kind !== 'select') return [node];
  return chosen.options.map((option) => ({ ...node, [labelBy]: option }));
}

describe('labels of nodes', function () {
  this.timeout(60000);
  let editor: Editor;

  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.close());

  const labelOf = (node: Record<string, unknown>) =>
    editor.page.evaluate((values) => {
      const { RED } = globalThis as unknown as Page;
      const definition = RED.nodes.getType(values.type as string);
      return definition.label.call({ ...values, _: definition._ });
    }, node);

  it('are short, whatever the settings', async () => {
    await editor.open([tab]);
    for (const { description } of definitions) {
      for (const node of longNodes(description)) {
        const label = await labelOf(node);
        assert.ok(label.length > 0 && label.length <= LONGEST, `${description.type}: ${label}`);
        assert.doesNotMatch(label, /__|undefined|\[object/, description.type);
      }
    }
  });

  it('count what is too long to be listed, and keep what fits', async () => {
    const tagged = (tags: string[]) =>
      labelOf({ type: 'misp-if-tag', condition: 'in_or', tags, clusters: [], scope: 'event', name: '' });
    assert.equal(await tagged(NAMES), 'any of 4 tags');
    assert.equal(await tagged(['tlp:red', 'PAP:RED']), 'tagged any: tlp:red, PAP:RED');
    assert.equal(await tagged(['workflow:todo="expansion"']), 'tagged any: workflow:todo="ex…');
    const path = { type: 'misp-if', language: 'path', operator: 'equals', name: '' };
    const compared = await labelOf({ ...path, hash_path: 'Event.Tag.{n}.name', value: LONG });
    assert.match(compared, /^Event\.Tag.*… = Event\..*…$/);
  });

  it('say in the tooltip what they leave out, and what a named node does', async () => {
    const long = { ...ifTag('long', 'x', []), tags: NAMES, x: 200, y: 60 };
    const short = { ...ifTag('short', 'tlp:red', []), x: 200, y: 160 };
    const named = { ...ifTag('named', 'tlp:red', []), name: 'Is it secret?', x: 200, y: 260 };
    await editor.open([tab, long, short, named]);
    const drawn = async (id: string) => {
      const node = editor.page.locator(`#node-${id}`);
      const texts = await node.locator('.red-ui-flow-node-label').allTextContents();
      const tooltip = await node.evaluate((element) => element.querySelector('title')?.textContent ?? '');
      return [texts.join(' '), tooltip];
    };
    assert.deepEqual(await drawn('long'), ['any of 4 tags', `tagged any: ${NAMES.join(', ')}`]);
    assert.deepEqual(await drawn('short'), ['tagged any: tlp:red', '']);
    assert.deepEqual(await drawn('named'), ['Is it secret?', 'tagged any: tlp:red']);
    assert.deepEqual(editor.problems, []);
  });
});
