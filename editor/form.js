import { formOpened } from './open-form.js';
import { showProblems } from './problems.js';
import { applies } from './settings.js';
import { showWords } from './show.js';
import { filter } from './widgets/filter.js';
import { hashpath } from './widgets/hashpath.js';
import { keyvalue } from './widgets/keyvalue.js';
import { list } from './widgets/list.js';
import { params } from './widgets/params.js';
import { picker } from './widgets/picker.js';
import { template } from './widgets/template.js';
import { typed } from './widgets/typed.js';

/**
 * Widgets by kind of field. Each fills its element from the node; those whose value does not stand in the field's own
 * input return how to read it.
 */
const WIDGETS = { filter, hashpath, keyvalue, list, params, picker, template, typed };

/**
 * Fills the form of a node: widgets, rows that depend on other fields, and words about what is wrong.
 * @returns {[string, () => unknown][]} how to read the value of each field that has a widget
 */
export function prepareForm(node, description) {
  const { family, fields } = description;
  const prefix = `node-${family === 'config' ? 'config-' : ''}input-`;
  const shown = Object.entries(fields).map(([name, field]) =>
    prepareField(node, description, prefix, name, field),
  );
  const valueOf = (name) => shown.find((one) => one.name === name)?.read() ?? $(`#${prefix}${name}`).val();
  const refresh = () => {
    for (const { name, field, row } of shown) {
      if (field.when) row.toggle(applies(field, valueOf));
      if (field.describe) {
        const words = node._(`${node.type}.fields.${name}.describe.${valueOf(name)}`);
        for (const place of row.find('[data-misp-describe]')) showWords(place, words);
      }
    }
  };
  for (const name of Object.keys(fields)) $(`#${prefix}${name}`).on('change', refresh);
  refresh();
  formOpened(node, valueOf);
  showProblems(node, shown, valueOf);
  return shown.filter(({ hasWidget }) => hasWidget).map(({ name, read }) => [name, read]);
}

/** One field of the form: its row, what a user works with, and how to read it. */
function prepareField(node, { type }, prefix, name, field) {
  const text = (key, values) => node._(`${type}.fields.${name}.${key}`, values);
  const input = $(`#${prefix}${name}`);
  const element = $(`#${prefix}${name}-list`);
  const widget = WIDGETS[field.kind]?.({ element, input, node, name, field, type, prefix, text }) ?? {};
  const control = widget.control ?? (element.length > 0 ? element : input);
  if (field.required) control.attr('aria-required', 'true');
  return {
    name,
    field,
    control,
    row: control.closest('.form-row'),
    hasWidget: Boolean(widget.read),
    read: widget.read ?? (() => plainValue(input, field)),
  };
}

function plainValue(input, { kind }) {
  if (kind === 'checkbox') return input.prop('checked');
  const value = input.val();
  // The entry of Node-RED's list of config nodes that makes a new one.
  return kind === 'config' && value === '_ADD_' ? '' : value;
}
