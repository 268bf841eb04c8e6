import type { ConnectQuestion } from '../../nodes/plugin/api';
import type { ServiceName } from '../../src/connect/services-wish';
import { openTray } from '../flows/tray';
import { offerBack } from './back';
import { button } from './parts';
import { gateFields } from './gate';
import { showPlan } from './plan';
import { askedFields } from './question';
import { showRows } from './rows';
import { text } from './texts';

const SERVICES: readonly ServiceName[] = ['Enrichment', 'Import', 'Export', 'Debug'];
const SERVICE_OF: Readonly<Record<string, ServiceName | undefined>> = {
  ...{ expansion: 'Enrichment', hover: 'Enrichment', both: 'Enrichment' },
  ...{ import: 'Import', export: 'Export' },
};

/** A row in the form of a listener: what else it can be for a MISP than its Action service. */
export function servicesRow(listener: string, after: JQuery): void {
  const row = $('<div class="form-row misp-row">').insertAfter(after);
  $('<label>').text(text('label')).appendTo(row);
  const open = (key: string, first: 'plan' | 'check') =>
    button(key, () => openServices(listener, first))
      .css('margin-right', '6px')
      .appendTo(row);
  open('open', 'plan');
  open('openCheck', 'check');
  $('<div class="misp-tip">').text(text('services.tip')).appendTo(row);
}

/** Opens the dialog that has a MISP ask a listener, and looks whether it does. */
function openServices(listener: string, first: 'plan' | 'check'): void {
  openTray({
    title: text('title'),
    width: 720,
    cancel: text('close'),
    fill(body) {
      const { row: boxes, wanted } = serviceBoxes(listener);
      const { row: gateRow, gate } = gateFields(listener);
      const { row: asking, read: readAsked } = askedFields({ trigger: '' });
      const read = (): ConnectQuestion | undefined => {
        const asked = readAsked();
        return asked && { ...asked, services: { listener, wanted: wanted(), ...gate() } };
      };
      const shown = $('<div class="misp-connect-shown">');
      const plan = button('showPlan', () => showPlan(shown, read, () => undefined));
      const check = button('check', () => showRows(shown, read));
      const buttons = $('<div class="misp-connect-buttons">');
      const kept = $('<div class="misp-connect-kept">');
      body
        .append($('<p>').text(text('services.intro')))
        .append(boxes)
        .append(gateRow)
        .append(asking)
        .append(buttons.append(...(first === 'plan' ? [plan, check] : [check, plan])))
        .append(kept)
        .append(shown);
      offerBack(kept, shown, listener, read);
      asking.find('select').trigger('focus');
    },
  });
}

/** Which services; those for which a flow of this listener is a module are ticked. */
function serviceBoxes(listener: string): { row: JQuery; wanted: () => ServiceName[] } {
  const drawn = new Set<ServiceName | undefined>();
  RED.nodes.eachNode((node) => {
    if (node.type === 'misp-module-in' && node.listener === listener && node.d !== true)
      drawn.add(SERVICE_OF[String(node.kind)]);
  });
  const row = $('<fieldset class="misp-connect-services">').append(
    $('<legend>').text(text('services.legend')),
  );
  const boxes = SERVICES.map((name) => {
    const box = $('<input type="checkbox">').attr('data-service', name).prop('checked', drawn.has(name));
    row.append($('<label>').append(box, $('<span>').text(text(`services.${name}`))));
    return { name, box };
  });
  const wanted = () => boxes.filter(({ box }) => box.prop('checked') === true).map(({ name }) => name);
  return { row, wanted };
}
