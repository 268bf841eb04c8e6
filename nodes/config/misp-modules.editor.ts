import type { ModuleInfo } from '../../src/modules/list';
import { ask } from '../../editor/ask';
import { offerTest } from '../../editor/connection-test';
import { extend } from '../../editor/plugin';
import type { ModulesInput, ServiceModules } from '../plugin/api';

const INPUTS: ModulesInput[] = ['url', 'user', 'password', 'tls', 'proxy', 'timeout'];

/** What was typed, by `<module>.<name>`: the values that are saved never come here. */
let changes: Record<string, string> = {};

/** "Test connection" asks the service of the form, and lists its modules with a row for each of their settings. */
extend('misp-modules', {
  oneditprepare() {
    changes = {};
    const input = (name: string) => $(`#node-config-input-${name}`);
    const secret = input('settings').closest('.form-row').hide();
    const row = $('<div class="form-row misp-row">').insertAfter(input('tls').closest('.form-row'));
    const list = $('<div class="form-row misp-row misp-service-modules">').insertAfter(secret);
    const show = (known: Partial<ServiceModules>) => {
      if (known.modules) showModules(this, list, known as ServiceModules);
    };
    offerTest(this, row, INPUTS, (form) =>
      ask('POST /module-services/test', { body: form }).done((answer) => {
        if (!('problem' in answer)) show(answer);
      }),
    );
    const id = this.id;
    if (id && id !== '_ADD_') {
      ask('GET /module-services/:id/modules', { params: { id } }).done((answer) => {
        if (!('problem' in answer)) show(answer);
      });
    }
    $('#node-config-input-settings').val('');
  },
  oneditsave() {
    const input = $('#node-config-input-settings');
    // Without changes Node-RED leaves what it has alone.
    input.val(Object.keys(changes).length > 0 ? JSON.stringify(changes) : '__PWRD__');
    changes = {};
  },
});

function showModules(node: EditorNode, list: JQuery, { modules, saved }: ServiceModules): void {
  const text = (key: string, params?: object) => node._(`misp-modules.list.${key}`, params);
  list.empty();
  const details = $('<details>').appendTo(list);
  $('<summary>')
    .text(text('title', { count: modules.length }))
    .appendTo(details);
  for (const module of modules) details.append(moduleRow(text, module, saved));
}

function moduleRow(
  text: (key: string, params?: object) => string,
  module: ModuleInfo,
  saved: readonly string[],
): JQuery {
  const { name, title, kinds, input, format, settings, description } = module;
  const row = $('<details class="misp-service-module">').attr('data-module', name);
  const summary = title && title !== name ? `${name}: ${title}` : name;
  $('<summary>').text(summary).appendTo(row);
  const kind = { kinds: kinds.join(', ') || '-', input: input.join(', ') || '-', format };
  $('<div class="misp-tip">').text(text('about', kind)).appendTo(row);
  if (description) $('<div class="misp-tip">').text(description).appendTo(row);
  for (const setting of settings) row.append(settingRow(text, `${name}.${setting}`, setting, saved));
  return row;
}

function settingRow(
  text: (key: string) => string,
  key: string,
  setting: string,
  saved: readonly string[],
): JQuery {
  const row = $('<div class="form-row misp-row">');
  const id = `misp-setting-${key.replace(/[^\w-]/g, '-')}`;
  $('<label>').attr('for', id).text(setting).appendTo(row);
  const isSaved = saved.includes(key);
  const field = $('<input type="password" autocomplete="off">')
    .attr({ id, 'data-setting': key, placeholder: text(isSaved ? 'saved' : 'unset') })
    .val(changes[key] ?? '')
    .appendTo(row);
  field.on('input change', () => {
    if (field.val() !== '') changes[key] = field.val();
    else delete changes[key];
  });
  if (!isSaved) return row;
  const remove = $('<button type="button" class="red-ui-button red-ui-button-small">').text(text('remove'));
  remove.appendTo(row).on('click', () => {
    changes[key] = '';
    field.val('').attr('placeholder', text('unset'));
    remove.remove();
  });
  return row;
}
