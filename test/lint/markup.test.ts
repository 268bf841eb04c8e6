import { strict as assert } from 'node:assert';
import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root } from '../support/node-red';

/** Each would let a text become markup. */
const BAD = [
  "$('#x').html(name)",
  "$('#x')['html'](name)",
  'element.innerHTML = name',
  "element['innerHTML'] = name",
  'element.outerHTML += name',
  "element.insertAdjacentHTML('beforeend', name)",
  'Object.assign(element, { innerHTML: name })',
  "$('<div>', { html: name })",
  "$('<b>' + name + '</b>')",
  '$(`<b>${name}</b>`)',
  '$(`${name}`)',
  '$(name)',
  '$(this.label)',
  'jQuery(name)',
  '$.parseHTML(name)',
  "$('#x').append('<b>' + name)",
  "$('#x').append(`<b>${name}</b>`)",
  "$('#x').append('<b>bold</b>')",
  "$('#x').append(text('title'))",
  "$('#x').append(node._('x'))",
  "$('#x').append(textFrom(node, 'x'))",
  "node._('x', { name, interpolation: { escapeValue: false } })",
  "$('#x').append(item.label)",
  "$('#x').append(names.join())",
  "$('#x').after(name ? name : 'x')",
  "$('#x').before($('#y').text())",
  "$('#x').wrap(item.label)",
  'RED.notify(name)',
  "RED['notify'](name)",
  'const { notify } = RED',
  "RED.popover.tooltip($('#x'), name)",
  "$('#x').autoComplete({ search })",
  "$('#x').treeList({ data })",
  'RED.utils.renderMarkdown(name)',
  'document.write(name)',
  'range.createContextualFragment(name)',
  "new DOMParser().parseFromString(name, 'text/html')",
  "$('<a>').attr('href', name)",
  "$('<a>').attr({ href: name })",
  "$('<iframe>').attr('srcdoc', name)",
  "$('<b>').attr('onclick', name)",
  "element.setAttribute('onclick', name)",
  "$('#x').append(text('title') as unknown as Node)",
  "$('#x').append(name!)",
  '(RED as unknown as Loose).notify(name)',
];
const GOOD = [
  "$('#x').text(name)",
  "$('<b>').text(name).appendTo('#x')",
  "$('<option>').val(value).text(text('title')).appendTo(select)",
  "$('#x').append($('<b>').text(name), document.createTextNode(name))",
  '$(`#${prefix}${name}`).val(name)',
  "$(this).attr({ title: name, 'aria-label': name })",
  'notifyText(name)',
];

describe('the linter of the editor', function () {
  this.timeout(60000);
  // The rules about markup look at syntax; those about types need files that are there.
  const eslint = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });
  const problemsOf = async (code: string, file: string) => {
    const [{ messages }] = await eslint.lintText(code, { filePath: path.join(root, file) });
    return messages.map(({ message, ruleId }) => `${ruleId ?? 'parser'}: ${message}`);
  };

  /** What does not parse counts too; that a sample leaves a name unused does not. */
  const markupIn = (problems: string[]) =>
    problems.filter((one) => /^(parser|no-restricted-syntax):/.test(one));

  for (const file of ['editor/widgets/sample.ts', 'nodes/actions/sample.editor.ts']) {
    it(`refuses every way in which text becomes markup, in ${path.dirname(file)}`, async () => {
      for (const code of BAD) {
        const problems = await problemsOf(code, file);
        assert.ok(
          problems.some((message) => message.includes('editor/show.ts')),
          code,
        );
      }
      for (const code of GOOD) assert.deepEqual(markupIn(await problemsOf(code, file)), [], code);
    });
  }

  it('leaves them to one module', async () => {
    assert.deepEqual(markupIn(await problemsOf('RED.notify(content)', 'editor/show.ts')), []);
  });
});
