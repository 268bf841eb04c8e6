import { applies } from './settings.js';
import { filter } from './widgets/filter.js';
import { hashpath } from './widgets/hashpath.js';
import { keyvalue } from './widgets/keyvalue.js';
import { list } from './widgets/list.js';
import { params } from './widgets/params.js';
import { picker } from './widgets/picker.js';
import { template } from './widgets/template.js';
import { typed } from './widgets/typed.js';

/** Widgets by kind of field. Each fills its element from the node and returns how to read it back. */
const WIDGETS = { filter, hashpath, keyvalue, list, params, picker, template, typed };

/**
 * Fills the form of a node: widgets, and rows that depend on other fields.
 * @returns {[string, () => unknown][]} how to read the value of each field that has a widget
 */
export function prepareForm(node, description) {
  const { family, fields, type } = description;
  const prefix = `#node-${family === 'config' ? 'config-' : ''}input-`;
  const readers = [];
  for (const [name, field] of Object.entries(fields)) {
    const text = (key, values) => node._(`${type}.fields.${name}.${key}`, values);
    const input = $(`${prefix}${name}`);
    const element = $(`${prefix}${name}-list`);
    const read = WIDGETS[field.kind]?.({ element, input, node, name, field, type, prefix, text });
    if (read) readers.push([name, read]);
  }
  const current = (name) => {
    const input = $(`${prefix}${name}`);
    return input.attr('type') === 'checkbox' ? input.prop('checked') : input.val();
  };
  const refresh = () => {
    for (const [name, field] of Object.entries(fields)) {
      const row = $(`${prefix}${name}, ${prefix}${name}-list`).closest('.form-row');
      if (field.when) row.toggle(applies(field, current));
      if (field.describe) {
        const words = node._(`${type}.fields.${name}.describe.${current(name)}`);
        row.find('[data-misp-describe]').html(RED.utils.renderMarkdown(words));
      }
    }
  };
  for (const name of Object.keys(fields)) $(`${prefix}${name}`).on('change', refresh);
  refresh();
  return readers;
}
