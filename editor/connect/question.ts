import type { ConnectQuestion } from '../../nodes/plugin/api';
import { serverChoice } from '../workflows/servers';
import { text } from './texts';

/** The fields above both dialogs: which MISP, with whose key, and how it calls this machine. */
export interface Fields {
  row: JQuery;
  /** What is asked with; undefined while no MISP is chosen. */
  read: () => ConnectQuestion | undefined;
}

/** The name by which the browser reached Node-RED is the best guess at how MISP may. */
const guess = () => (/^(?:localhost|127\.|\[?::1)/.test(location.hostname) ? '' : location.hostname);

/** A key that was typed is used for this dialog alone, and saved nowhere. */
export function askedFields(of: Pick<ConnectQuestion, 'trigger' | 'services'>): Fields {
  const row = $('<div class="misp-connect-fields">');
  const server = serverChoice();
  const key = $('<input type="password" autocomplete="off" id="misp-connect-key">').attr(
    'placeholder',
    text('keySaved'),
  );
  const host = $('<input type="text" id="misp-connect-host" spellcheck="false">').val(lastHost || guess());
  const line = (label: string, field: JQuery, tip: string) => {
    const name = $('<label>').text(text(label));
    const id = field.attr('id');
    if (id) name.attr('for', id);
    const words = $('<div class="misp-tip">').text(text(tip));
    $('<div class="form-row misp-row">').append(name).append(field).append(words).appendTo(row);
  };
  line('server', server, 'serverTip');
  line('key', key, 'keyTip');
  line('host', host, 'hostTip');
  host.on('change', () => (lastHost = host.val()));
  const read = () => {
    if (server.val() === '') return undefined;
    return { ...of, server: server.val(), key: key.val(), host: host.val().trim() };
  };
  return { row, read };
}

/** Kept while the editor is open: it is the same for all triggers. */
let lastHost = '';
