/**
 * Node-RED's editable list with rows of ours.
 * @returns a function that reads all rows
 */
export function editRows<Row>(
  element: JQuery,
  values: unknown,
  addButton: string,
  addItem: (row: JQuery, value: Row) => void,
): <T>(read: (row: JQuery) => T) => T[] {
  element.editableList<Row>({
    addButton,
    height: 'auto',
    removable: true,
    sortable: true,
    addItem: (row, _index, value) => addItem(row, value),
    removeItem: () => element.trigger('change'),
  });
  element.editableList('addItems', [...((values || []) as unknown[])]);
  return (read) =>
    element
      .editableList('items')
      .toArray()
      // A row that was removed fades out for a moment.
      .filter((item) => item.closest('.red-ui-editableList-item-deleting').length === 0)
      .map((item) => read(item));
}
