import { textFrom } from './show';
import type { Contact } from '../src/listener/contact';

/**
 * A row that says when MISP was last heard of, in the time of the browser.
 * @returns shows what the runtime tells
 */
export function contactRow(
  node: EditorNode,
  before: JQuery,
  what: ('asked' | 'fetched')[],
): (contact: Contact) => void {
  const text = (key: string, values?: object) => textFrom(node, `${node.type}.contact.${key}`, values);
  const timeOf = (moment: number) => new Date(moment).toLocaleString();
  const row = $('<div class="form-row misp-row misp-contact">').hide().insertAfter(before);
  return (contact) => {
    row.empty().show();
    $('<label>').text(text('label')).appendTo(row);
    const lines = $('<div class="misp-describe" role="status">').appendTo(row);
    for (const name of what) {
      const moment = contact[`${name}At`];
      const line = $('<div>').attr('data-contact', name).appendTo(lines);
      if (moment) line.text(text(name, { time: timeOf(moment) }));
      else line.text(text(`${name}Never`, { time: timeOf(contact.since) }));
    }
    $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  };
}
