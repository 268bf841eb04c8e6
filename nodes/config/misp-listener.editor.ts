import type { Answer } from '../plugin/api';
import { ask } from '../../editor/ask';
import { servicesRow } from '../../editor/connect/services';
import { contactRow } from '../../editor/contact';
import { extend } from '../../editor/plugin';

/** What MISP must be set to, when it last came, and the list of modules whose flow is gone. */
extend('misp-listener', {
  oneditprepare() {
    const row = offerSettings(this);
    servicesRow(this.id, row);
    const showContact = contactRow(this, row, ['fetched']);
    ask('GET /listeners/:id/contact', { params: { id: this.id } }).done((contact) => {
      if (!('problem' in contact)) showContact(contact);
    });
    listGone(this, row.parent());
  },
});

const inputOf = (name: string) => $(`#node-config-input-${name}`);

/** Rows with MISP's two settings as the form has them at this moment, each with a button that copies it. */
function offerSettings(node: EditorNode): JQuery {
  const text = (key: string) => node._(`misp-listener.settings.${key}`);
  const row = $('<div class="form-row misp-row misp-settings">').insertAfter(
    inputOf('tls').closest('.form-row'),
  );
  $('<label>').text(text('label')).appendTo(row);
  const [url, port] = ['Plugin.Action_services_url', 'Plugin.Action_services_port'].map((name) => {
    const setting = $('<div class="misp-setting">').attr('data-setting', name).appendTo(row);
    $('<span>').text(name).appendTo(setting);
    const line = $('<div>').appendTo(setting);
    const value = $('<code>').appendTo(line);
    const copy = $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(text('copy'))
      .attr('aria-label', `${text('copy')}: ${name}`)
      .appendTo(line);
    copy.on('click', () => RED.clipboard.copyText(value.text(), copy, text('copied')));
    return value;
  });
  const notes = $('<div class="misp-tip" aria-live="polite">').appendTo(row);
  const refresh = () => {
    const setting = settingOf(text);
    url.text(setting.url);
    port.text(inputOf('port').val());
    notes.empty();
    for (const note of setting.notes) $('<div>').attr('data-note', note).text(text(note)).appendTo(notes);
  };
  for (const name of ['host', 'port', 'authentication', 'user', 'password', 'tls'])
    inputOf(name).on('input change', refresh);
  refresh();
  return row;
}

/** What Node-RED shows in place of a saved password: the editor does not get it. */
const SAVED = '__PWRD__';
const ENVIRONMENT = /\$\{[^}]*\}/;

/** MISP's address of the listener, and what is to be said about it: keys of texts. */
function settingOf(text: (key: string) => string): { url: string; notes: Set<string> } {
  const notes = new Set(['where']);
  // What is not known here is named in capital letters.
  const part = (name: string) => {
    const value = inputOf(name).val();
    if (value === SAVED) notes.add('saved');
    else if (ENVIRONMENT.test(value)) notes.add('environment');
    else if (value !== '') return encoded(value);
    return text(`placeholder.${name}`);
  };
  const tls = inputOf('tls').val();
  const scheme = tls && tls !== '_ADD_' && tls !== 'NONE' ? 'https' : 'http';
  const login = inputOf('authentication').prop('checked') ? `${part('user')}:${part('password')}@` : '';
  const host = hostOf(inputOf('host').val().trim(), text('placeholder.host'), notes);
  if (scheme === 'https') notes.add('certificate');
  if (isOwn(host)) notes.add('sameMachine');
  return { url: `${scheme}://${login}${host}`, notes };
}

/** Percent-encoded, with all that MISP's URL must not hold. */
function encoded(value: string): string {
  const percent = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, percent);
}

/** Where MISP finds the listener. Of one that listens on all addresses, the browser knows one if it is elsewhere. */
function hostOf(host: string, placeholder: string, notes: Set<string>): string {
  const isAny = ['0.0.0.0', '::', '[::]'].includes(host);
  const { hostname } = globalThis.location;
  if (isAny && !isOwn(hostname)) {
    notes.add('guessed');
    return hostname;
  }
  if (isAny || host === '' || ENVIRONMENT.test(host)) {
    notes.add('address');
    return placeholder;
  }
  return host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host;
}

const isOwn = (host: string) => /^(127\..*|localhost|\[::1\])$/.test(host);

/** Modules whose flow is gone, with a button to remove each. */
function listGone(node: EditorNode, form: JQuery): void {
  const text = (key: string) => node._(`misp-listener.gone.${key}`);
  const row = $('<div class="form-row misp-row misp-gone">').hide().appendTo(form);
  const show = (names: Answer<'GET /listeners/:id/gone'>) => {
    if ('problem' in names) return;
    row.empty().toggle(names.length > 0);
    $('<label>').text(text('label')).appendTo(row);
    for (const name of names) {
      const line = $('<div class="misp-gone-module">').attr('data-module', name).appendTo(row);
      $('<code>').text(name).appendTo(line);
      $('<button type="button" class="red-ui-button red-ui-button-small">')
        .text(text('remove'))
        .attr('aria-label', `${text('remove')}: ${name}`)
        .on('click', () => forget(name))
        .appendTo(line);
    }
    $('<div class="misp-tip">').text(text('tip')).appendTo(row);
  };
  const { id } = node;
  const forget = (name: string) =>
    ask('DELETE /listeners/:id/gone/:name', { params: { id, name } }).done(show);
  ask('GET /listeners/:id/gone', { params: { id } }).done(show);
}
