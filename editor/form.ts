import type { Field } from '../nodes/definition';
import { formOpened } from './open-form';
import type { Registered } from './plugin';
import { showProblems, type ShownField } from './problems';
import { applies } from './settings';
import { showWords } from './show';
import type { Control, Slot } from './slot';
import { usualConfig } from './usual';
import { filter } from './widgets/filter';
import { hashpath } from './widgets/hashpath';
import { keyvalue } from './widgets/keyvalue';
import { list } from './widgets/list';
import { params } from './widgets/params';
import { picker } from './widgets/picker';
import { template } from './widgets/template';
import { typed } from './widgets/typed';

/**
 * Widgets by kind of field. Each fills its element from the node; those whose value does not stand in the field's own
 * input return how to read it.
 */
const WIDGETS: Partial<Record<Field['kind'], (slot: Slot) => Control | void>> = {
  filter,
  hashpath,
  keyvalue,
  list,
  params,
  picker,
  template,
  typed,
};

/**
 * Fills the form of a node: widgets, rows that depend on other fields, and words about what is wrong.
 * @returns how to read the value of each field that has a widget
 */
export function prepareForm(
  node: EditorNode,
  description: Registered,
): [name: string, read: () => unknown][] {
  const { family, fields } = description;
  const prefix = `node-${family === 'config' ? 'config-' : ''}input-`;
  const shown = Object.entries(fields).map(([name, field]) =>
    prepareField(node, description, prefix, name, field),
  );
  const valueOf = (name: string) =>
    shown.find((one) => one.name === name)?.read() ?? $(`#${prefix}${name}`).val();
  const hidden = new Set<string>();
  const refresh = () => {
    for (const { name, field, row, control } of shown) {
      if (field.when) row.toggle(toggled(name, field, control));
      if (field.kind === 'select' && field.describe) {
        const words = node._(`${node.type}.fields.${name}.describe.${valueOf(name) as string}`);
        for (const place of row.find('[data-misp-describe]')) showWords(place, words);
      }
    }
  };
  /** Whether a field is in use. One that just came into use gets what there is to choose without doubt. */
  const toggled = (name: string, field: Field, control: JQuery) => {
    const isUsed = applies(field, valueOf);
    const usual =
      isUsed && hidden.delete(name) && field.kind === 'config' && field.required && !valueOf(name)
        ? usualConfig(field.type, node.z)
        : undefined;
    if (!isUsed) hidden.add(name);
    if (usual !== undefined) control.val(usual).trigger('change');
    return isUsed;
  };
  for (const name of Object.keys(fields)) $(`#${prefix}${name}`).on('change', refresh);
  refresh();
  formOpened(node, valueOf);
  showProblems(node, shown, valueOf);
  return shown.filter(({ hasWidget }) => hasWidget).map(({ name, read }) => [name, read]);
}

/** One field of the form: its row, what a user works with, and how to read it. */
function prepareField(
  node: EditorNode,
  { type }: Registered,
  prefix: string,
  name: string,
  field: Field,
): ShownField & { hasWidget: boolean } {
  const text = (key: string, values?: object) => node._(`${type}.fields.${name}.${key}`, values);
  const input = $(`#${prefix}${name}`);
  const element = $(`#${prefix}${name}-list`);
  const make = WIDGETS[field.kind];
  const widget = make?.({ element, input, node, name, field, type, prefix, text }) || {};
  const control = widget.control ?? (element.length > 0 ? element : input);
  if ('required' in field && field.required) control.attr('aria-required', 'true');
  return {
    name,
    field,
    control,
    row: control.closest('.form-row'),
    hasWidget: Boolean(widget.read),
    read: widget.read ?? (() => plainValue(input, field)),
  };
}

function plainValue(input: JQuery, { kind }: Field): string | boolean {
  if (kind === 'checkbox') return input.prop('checked');
  const value = input.val();
  // The entry of Node-RED's list of config nodes that makes a new one.
  return kind === 'config' && value === '_ADD_' ? '' : value;
}
