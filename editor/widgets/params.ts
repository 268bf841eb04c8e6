import type { ParamRow } from '../../nodes/definition';
import type { Control, Slot } from '../slot';
import { editRows } from './rows';

const TYPES = ['string', 'large_string', 'hash_path'];

/**
 * Parameters of a module: name, type and the value shown as an example; with `asks`, what a person is asked for, and how.
 */
export function params({ element, node, name, field, text }: Slot): Control {
  const types = (field.kind === 'params' && field.types) || TYPES;
  const asks = field.kind === 'params' && field.asks === true;
  const rows = editRows<Partial<ParamRow> | undefined>(element, node[name], text('add'), (row, value) => {
    const data: ParamRow = { name: '', type: types[0], value: '', ...value };
    const input = (key: 'name' | 'value' | 'label' | 'choices', words: string = key) =>
      $('<input type="text">')
        .attr({ placeholder: text(words), 'aria-label': text(words), name: key })
        .val(data[key] ?? '')
        .css('width', '30%')
        .appendTo(row);
    input('name');
    const select = $('<select name="type">').attr('aria-label', text('type')).css('width', '30%');
    for (const option of types) {
      $('<option>')
        .val(option)
        .text(text(`types.${option}`))
        .appendTo(select);
    }
    // A type that is none, from a file, would leave nothing chosen.
    select.val(types.includes(data.type) ? data.type : types[0]).appendTo(row);
    input('value');
    if (!asks) return;
    input('label', 'question');
    input('choices');
    const required = $('<label class="misp-param-required">').appendTo(row);
    $('<input type="checkbox" name="required">')
      .prop('checked', data.required === true)
      .appendTo(required);
    $('<span>').text(text('required')).appendTo(required);
  });
  const read = (row: JQuery): ParamRow => {
    const value = (key: keyof ParamRow) => row.find(`[name=${key}]`).val().trim();
    const param = { name: value('name'), type: value('type'), value: value('value') };
    if (!asks) return param;
    const [label, choices] = [value('label'), value('choices')];
    const required = row.find('[name=required]').prop('checked') === true;
    return {
      ...param,
      ...(label ? { label } : {}),
      ...(choices ? { choices } : {}),
      ...(required ? { required } : {}),
    };
  };
  return { read: () => rows(read).filter((param) => param.name !== '') };
}
