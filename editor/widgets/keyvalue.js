import { editRows } from './rows.js';

/** Names with values. */
export function keyvalue({ element, node, name, text }) {
  const rows = editRows(element, node[name], text('add'), (row, value) => {
    for (const key of ['name', 'value']) {
      $('<input type="text">')
        .attr({ placeholder: text(`columns.${key}`), 'aria-label': text(`columns.${key}`), name: key })
        .val(value?.[key] ?? '')
        .css({ width: key === 'name' ? '35%' : '60%', marginRight: '4px' })
        .appendTo(row);
    }
  });
  const read = (row) => ({
    name: row.find('[name=name]').val().trim(),
    value: row.find('[name=value]').val(),
  });
  return { read: () => rows(read).filter((pair) => pair.name !== '') };
}
