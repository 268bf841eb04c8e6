import type { KeyValue } from '../../nodes/definition';
import type { Control, Slot } from '../slot';
import { editRows } from './rows';

/** Names with values. */
export function keyvalue({ element, node, name, text }: Slot): Control {
  const rows = editRows<Partial<KeyValue> | undefined>(element, node[name], text('add'), (row, value) => {
    for (const key of ['name', 'value'] as const) {
      $('<input type="text">')
        .attr({ placeholder: text(`columns.${key}`), 'aria-label': text(`columns.${key}`), name: key })
        .val(value?.[key] ?? '')
        .css({ width: key === 'name' ? '35%' : '60%', marginRight: '4px' })
        .appendTo(row);
    }
  });
  const read = (row: JQuery): KeyValue => ({
    name: row.find('[name=name]').val().trim(),
    value: row.find('[name=value]').val(),
  });
  return { read: () => rows(read).filter((pair) => pair.name !== '') };
}
