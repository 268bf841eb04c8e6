import { openTray } from '../flows/tray';
import { offerBack } from './back';
import { button } from './parts';
import { showPlan } from './plan';
import { showProof } from './proof';
import { askedFields } from './question';
import { showRows } from './rows';
import { text } from './texts';

/** Opens the dialog that sets a MISP up for a trigger, and looks whether it is. */
function openConnect(trigger: string, first: 'plan' | 'check', letClear: (server: string) => void): void {
  openTray({
    title: text('title'),
    width: 720,
    cancel: text('close'),
    fill(body) {
      const { row, read } = askedFields({ trigger });
      const shown = $('<div class="misp-connect-shown">');
      const plan = button('showPlan', () => showPlan(shown, read, letClear));
      const check = button('check', () => showRows(shown, read));
      const proof = button('proof', () => showProof(shown, read));
      const buttons = $('<div class="misp-connect-buttons">');
      const kept = $('<div class="misp-connect-kept">');
      body
        .append($('<p>').text(text('intro')))
        .append(row)
        .append(buttons.append(...(first === 'plan' ? [plan, check] : [check, plan]), proof))
        .append(kept)
        .append(shown);
      offerBack(kept, shown, trigger, read);
      row.find('select').trigger('focus');
    },
  });
}

/** A row in the form of a trigger: it has to be deployed before MISP can call it. */
export function connectRow(node: EditorNode, before: JQuery): void {
  const row = $('<div class="form-row misp-row">').insertBefore(before);
  $('<label>').text(text('label')).appendTo(row);
  // The form is taken out of the page while the dialog is open.
  const [clears, server] = [$('#node-input-clears'), $('#node-input-clearServer')];
  const letClear = (id: string) => {
    clears.prop('checked', true).trigger('change');
    server.val(id).trigger('change');
  };
  const open = (key: string, first: 'plan' | 'check') =>
    button(key, () => openConnect(node.id, first, letClear))
      .css('margin-right', '6px')
      .appendTo(row);
  open('open', 'plan');
  open('openCheck', 'check');
}
