import type { Control, Slot } from '../slot';
import { editRows } from './rows';

/** A list of texts. */
export function list({ element, node, name, text }: Slot): Control {
  const rows = editRows<unknown>(element, node[name], text('add'), (row, value) => {
    $('<input type="text" class="misp-list-item">')
      .attr({ placeholder: text('placeholder'), 'aria-label': text('label') })
      .val(typeof value === 'string' ? value : '')
      .appendTo(row);
  });
  return { read: () => rows((row) => row.find('input').val().trim()).filter((value) => value !== '') };
}
