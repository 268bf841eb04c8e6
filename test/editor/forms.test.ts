import { strict as assert } from 'node:assert';
import type { Description, Field } from '../../nodes/definition';
import { definitions } from '../support/definitions';
import { openEditor, picture, type Editor } from './browser';
import { unreadable } from './contrast';
import { idOf } from './flows';
import { done, flow, FORM, openForm, OURS, prefixOf, type EditorApi } from './form-trays';
import { isShown, setTyped } from './spoil';

/** Kinds of fields that were filled. */
const filled = new Set<string>();
/** Values of the types of a `typed` field. */
const GOOD_VALUES: Record<string, string> = {
  ...{ str: 'filled', num: '42', bool: 'true', json: '{"filled":1}', jsonata: 'payload.filled' },
  ...{ msg: 'payload.filled', flow: 'filled', global: 'filled', env: 'FILLED' },
};
const SENTINEL = 'sentinel-secret-4711';

describe('the forms', function () {
  this.timeout(60000);
  let editor: Editor;
  before(async () => {
    editor = await openEditor();
    await editor.open(flow);
  });
  after(() => editor.close());
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  for (const { description } of definitions) {
    it(`${description.type}: filled, closed with Done and reopened, it shows the same`, async () => {
      await openForm(editor, description);
      await picture(editor.page, `${description.type}.png`);
      assert.deepEqual(await unreadable(editor.page, FORM, OURS), []);
      const expected = await fill(editor, description);
      await picture(editor.page, `${description.type}-filled.png`);
      assert.deepEqual(await keysShown(editor), []);
      await done(editor, description);
      const saved = await nodeOf(editor, description);
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(saved[name], value, name);
      await openForm(editor, description);
      const shown = await read(editor, description);
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(shown[name], value, name);
      await done(editor, description);
      assert.ok(!(await exported(editor)).includes(SENTINEL));
    });
  }

  it('have been filled with every kind of field that a definition uses', () => {
    const used = definitions.flatMap(({ description }) => Object.values<Field>(description.fields));
    const kinds = new Set<string>(used.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), [...filled].sort());
  });
});

/** What can be seen of an element. */
interface Seen {
  title: string;
  placeholder?: string;
  textContent: string | null;
  children: { length: number };
}

/** Keys of texts that stand in the open form in place of the texts. */
async function keysShown({ page }: Editor): Promise<string[]> {
  const texts = await page.locator('.red-ui-tray').last().locator('.form-row *').evaluateAll(textsIn);
  return texts.filter((text) => /^misp-[a-z-]+\.\w+\./.test(text.trim()));
}

/** Runs in the browser. */
function textsIn(elements: unknown): string[] {
  return (elements as Seen[]).flatMap(({ title, placeholder, textContent, children }) => [
    title,
    placeholder ?? '',
    children.length > 0 ? '' : (textContent ?? ''),
  ]);
}

function nodeOf({ page }: Editor, { type, fields }: Description): Promise<Record<string, unknown>> {
  return page.evaluate(
    ([id, ...names]) => {
      const { RED } = globalThis as unknown as { RED: EditorApi };
      const node = RED.nodes.node(id);
      return Object.fromEntries(names.map((name) => [name, node[name]]));
    },
    [idOf(type), ...Object.keys(fields)],
  );
}

function exported({ page }: Editor): Promise<string> {
  return page.evaluate(() => {
    const { RED } = globalThis as unknown as { RED: EditorApi };
    return JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false }));
  });
}

/** Fills every field that is shown with a value of its kind, and says what it gave. */
async function fill(editor: Editor, description: Description): Promise<Record<string, unknown>> {
  const { page } = editor;
  const prefix = prefixOf(description);
  const given: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(description.fields)) {
    const id = `${prefix}${name}`;
    if (!(await isShown(page, id))) continue;
    filled.add(field.kind);
    const value = await fillField(editor, id, name, field);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

async function fillField({ page }: Editor, id: string, name: string, field: Field): Promise<unknown> {
  switch (field.kind) {
    case 'text':
    case 'hashpath':
    case 'area': {
      const value = field.kind === 'text' && field.pattern ? 'filled_in' : `filled in ${name}`;
      await page.fill(id, value);
      return value;
    }
    case 'number': {
      const value = String(field.min + (field.default === field.min + 2 ? 3 : 2));
      await page.fill(id, value);
      return value;
    }
    case 'select': {
      const value = field.options[field.options.length - 1];
      // The first choice keeps the fields below it in view.
      if (field.describe) return field.default;
      await page.selectOption(id, value);
      return value;
    }
    case 'checkbox':
      if (name === 'authentication') return true;
      await page.click(id);
      return !field.default;
    case 'list':
      for (const text of ['one', 'two']) {
        const inputs = page.locator(`.red-ui-editableList:has(${id}-list) input`);
        const before = await inputs.count();
        await page.click(`.red-ui-editableList:has(${id}-list) .red-ui-editableList-addButton`);
        await inputs.nth(before).fill(text);
      }
      return [...field.default, 'one', 'two'];
    case 'params': {
      await page.click(`.red-ui-editableList:has(${id}-list) .red-ui-editableList-addButton`);
      const row = page.locator(`.red-ui-editableList:has(${id}-list) li`).last();
      await row.locator('[name=name]').fill('team');
      const type = field.types?.at(-1) ?? 'hash_path';
      await row.locator('[name=type]').selectOption(type);
      await row.locator('[name=value]').fill('Event.info');
      if (!field.asks) return [{ name: 'team', type, value: 'Event.info' }];
      await row.locator('[name=label]').fill('Which team');
      await row.locator('[name=choices]').fill('soc, cert');
      return [{ name: 'team', type, value: 'Event.info', label: 'Which team', choices: 'soc, cert' }];
    }
    case 'template':
      await page.fill(id, `filled in ${name}: {{ Event.info }}`);
      return `filled in ${name}: {{ Event.info }}`;
    case 'picker':
      for (const text of ['one', 'two']) {
        await page.fill(`${id}-entry`, text);
        await page.press(`${id}-entry`, 'Enter');
      }
      return [...field.default, 'one', 'two'];
    case 'filter': {
      await page.fill(`${id}-list-path`, 'type');
      await page.selectOption(`${id}-list-operator`, 'not_equals');
      await page.fill(`${id}-list-value`, 'md5');
      await page.press(`${id}-list-value`, 'Tab');
      const selector = 'Event._AttributeFlattened.{n}';
      return { selector, value: 'md5', operator: 'not_equals', path: 'type' };
    }
    case 'typed': {
      const type = field.types.includes('str') ? 'str' : field.types[0];
      await setTyped(page, id, type, GOOD_VALUES[type]);
      return GOOD_VALUES[type];
    }
    case 'keyvalue': {
      await page.click(`.red-ui-editableList:has(${id}-list) .red-ui-editableList-addButton`);
      const row = page.locator(`.red-ui-editableList:has(${id}-list) li`).last();
      await row.locator('[name=name]').fill('X-Team');
      await row.locator('[name=value]').fill('soc');
      return [{ name: 'X-Team', value: 'soc' }];
    }
    case 'secret':
      await page.fill(id, SENTINEL);
      return undefined;
    case 'config':
      return undefined;
  }
}

/** What the form shows. */
async function read({ page }: Editor, description: Description): Promise<Record<string, unknown>> {
  const prefix = prefixOf(description);
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(description.fields)) {
    const id = `${prefix}${name}`;
    const list = page.locator(`.red-ui-editableList:has(${id}-list) li`);
    if (field.kind === 'list') {
      shown[name] = await list
        .locator('input')
        .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
    } else if (field.kind === 'params' || field.kind === 'keyvalue') {
      const asked = field.kind === 'params' && field.asks ? ['label', 'choices'] : [];
      const keys = field.kind === 'params' ? ['name', 'type', 'value', ...asked] : ['name', 'value'];
      shown[name] = await list.evaluateAll(
        (rows, columns) =>
          rows.map((row) => {
            const value = (key: string) => (row.querySelector(`[name=${key}]`) as HTMLInputElement).value;
            return Object.fromEntries(columns.map((key) => [key, value(key)]));
          }),
        keys,
      );
    } else if (field.kind === 'picker') {
      shown[name] = await page
        .locator(`${id}-list .misp-chip`)
        .evaluateAll((chips) => chips.map((chip) => (chip as HTMLElement).dataset.value));
    } else if (field.kind === 'filter') {
      shown[name] = await page
        .locator(`${id}-list [data-filter]`)
        .evaluateAll((inputs): Record<string, string> => {
          const named = (inputs as HTMLInputElement[]).map((input) => [input.dataset.filter, input.value]);
          return Object.fromEntries(named) as Record<string, string>;
        });
    } else if (field.kind === 'checkbox') shown[name] = await page.isChecked(id);
    else shown[name] = await page.inputValue(id);
  }
  return shown;
}
