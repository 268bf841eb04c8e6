import type { ParamRow } from '../../nodes/definition';
import type { Control, Slot } from '../slot';
import { editRows } from './rows';

const TYPES = ['string', 'large_string', 'hash_path'];

/** Parameters of a module: name, type and the value shown as an example. */
export function params({ element, node, name, field, text }: Slot): Control {
  const types = (field.kind === 'params' && field.types) || TYPES;
  const rows = editRows<Partial<ParamRow> | undefined>(element, node[name], text('add'), (row, value) => {
    const data: ParamRow = { name: '', type: types[0], value: '', ...value };
    const input = (key: keyof ParamRow) =>
      $('<input type="text">')
        .attr({ placeholder: text(key), 'aria-label': text(key), name: key })
        .val(data[key])
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
  });
  const read = (row: JQuery) => {
    const value = (key: keyof ParamRow) => row.find(`[name=${key}]`).val().trim();
    return { name: value('name'), type: value('type'), value: value('value') };
  };
  return { read: () => rows(read).filter((param) => param.name !== '') };
}
