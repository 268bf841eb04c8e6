import { textFrom } from '../../editor/show';
import type { ModuleParam, WorkflowModule } from '../../src/misp/workflow-module';
import { extend } from '../../editor/plugin';
import { askMisp, mispById } from '../../editor/server';
import type { KeyValue } from '../definition';

type Text = (key: string, params?: object) => string;

/** A parameter with its row in the form. */
interface ShownParam {
  param: ModuleParam;
  name: string;
  row: JQuery;
  field: JQuery;
}

interface ShownModule {
  module: WorkflowModule;
  params: ShownParam[];
}

/** How to read the parameters; nothing while the list of names and values is shown. */
let readParams: (() => KeyValue[] | undefined) | undefined;

/**
 * Shows the modules of the chosen MISP, and the parameters of the chosen module in place of the list of names and
 * values. Where MISP cannot be asked, or does not have the module, the list stays.
 */
extend('misp-run-module', {
  oneditprepare() {
    readParams = openForm(this);
  },
  oneditsave() {
    const rows = readParams?.();
    if (rows) this.params = rows;
    readParams = undefined;
  },
});

function openForm(node: EditorNode): () => KeyValue[] | undefined {
  const text: Text = (key, params) => textFrom(node, `misp-run-module.form.${key}`, params);
  const input = $('#node-input-module');
  const list = $('#node-input-params-list').closest('.form-row');
  const choice = $('<select class="misp-module-choice">')
    .attr('aria-label', text('choose'))
    .css('width', '70%');
  const about = $('<div class="misp-describe" role="status" aria-live="polite">');
  const rows = $('<div class="misp-module-params">').insertBefore(list);
  $('<div class="form-row misp-row">')
    .append($('<label>'), choice, about)
    .insertAfter(input.closest('.form-row'));
  const saved = (node.params || []) as KeyValue[];
  let modules: WorkflowModule[] = [];
  let shown: ShownModule | undefined;

  const problemOf = (problem: string) => (problem === 'notDeployed' ? text('undeployed') : problem);
  const show = () => {
    const id = input.val().trim();
    const module = modules.find((one) => one.id === id);
    choice.val(module ? id : '');
    if (modules.length > 0) about.text(module?.description || '');
    list.toggle(!module);
    rows.toggle(Boolean(module));
    if (module && module !== shown?.module) {
      rows.empty();
      shown = { module, params: module.params.map((param) => moduleParam(rows, param, saved, text)) };
    }
    if (!module) shown = undefined;
    shownParams();
  };
  const shownParams = () => {
    const params = shown?.params ?? [];
    for (const { param, row } of params) row.toggle(isModuleParamShown(param, params));
  };
  const load = () => {
    const misp = mispById($('#node-input-server').val());
    modules = [];
    choice
      .empty()
      .append($('<option value="">').text(text('choose')))
      .hide();
    if (!misp) return show();
    askMisp('/modules', misp, {}, {})
      .done((answer) => {
        if ('problem' in answer) about.text(problemOf(answer.problem));
        modules = 'problem' in answer ? [] : answer.modules;
        for (const module of modules) choice.append(moduleOption(module, text));
        choice.toggle(modules.length > 0);
        show();
      })
      .fail((xhr) => {
        about.text(text('away', { status: xhr.status }));
        show();
      });
  };

  choice.on('change', () => input.val(choice.val()).trigger('change'));
  input.on('input change', show);
  rows.on('change', shownParams);
  $('#node-input-server').on('change', load);
  load();
  return () => shown && readModuleParams(shown, node, saved);
}

function moduleOption({ id, name, kind, disabled }: WorkflowModule, text: Text): JQuery {
  return $('<option>')
    .val(id)
    .text(text(disabled ? `${kind}Off` : kind, { name }));
}

/** The row of one parameter, with what was saved, or MISP's default. */
function moduleParam(rows: JQuery, param: ModuleParam, saved: KeyValue[], text: Text): ShownParam {
  const id = `misp-module-param-${param.id}`;
  const name = param.multiple ? `${param.id}[]` : param.id;
  const known = saved.filter((row) => row.name === name).map(({ value }) => value);
  const values = known.length > 0 ? known : [param.default].flat();
  const row = $('<div class="form-row misp-row">').appendTo(rows);
  $('<label>').attr('for', id).text(param.label).appendTo(row);
  const field = moduleField(param, values).attr({ id, 'data-param': param.id }).appendTo(row);
  if (param.placeholder) field.attr('placeholder', param.placeholder);
  if (param.multiple) offerModuleOptions(row, field, param, text);
  else if (param.type === 'picker') suggestModuleOptions(row, field, param);
  return { param, name, row, field };
}

function moduleField({ type, multiple, options }: ModuleParam, values: string[]): JQuery {
  if (type === 'select' && !multiple) {
    const select = $('<select>');
    for (const { value, label } of options) $('<option>').val(value).text(label).appendTo(select);
    if (values[0] && !options.some(({ value }) => value === values[0])) {
      $('<option>').val(values[0]).text(values[0]).appendTo(select);
    }
    if (values[0]) select.val(values[0]);
    return select;
  }
  if (multiple || type === 'textarea') return $('<textarea rows="3">').val(values.join('\n'));
  return $('<input type="text">')
    .val(values[0])
    .toggleClass('misp-path', type === 'hashpath');
}

/** Several values stand in lines; what MISP knows can be added. */
function offerModuleOptions(row: JQuery, field: JQuery, { options }: ModuleParam, text: Text): void {
  const tip = $('<div class="misp-tip">').text(text('list')).appendTo(row);
  if (options.length === 0) return;
  const add = $('<select>').attr('aria-label', text('add')).append($('<option value="">').text('+'));
  add.css('marginLeft', '8px').appendTo(tip);
  for (const { value, label } of options) $('<option>').val(value).text(label).appendTo(add);
  add.on('change', () => {
    const lines = field.val().split('\n').filter(Boolean);
    if (add.val() && !lines.includes(add.val())) field.val([...lines, add.val()].join('\n'));
    add.val('');
  });
}

function suggestModuleOptions(row: JQuery, field: JQuery, { options }: ModuleParam): void {
  const id = `${field.attr('id')}-options`;
  const data = $('<datalist>').attr('id', id).appendTo(row);
  for (const { value, label } of options) $('<option>').val(value).text(label).appendTo(data);
  field.attr('list', id);
}

function isModuleParamShown({ when }: ModuleParam, params: ShownParam[]): boolean {
  return Object.entries(when || {}).every(([other, wanted]) => {
    const field = params.find(({ param }) => param.id === other)?.field;
    return !field || wanted.includes(field.val());
  });
}

/** Rows of names and values, as they are saved; what the form does not show of the same module is kept. */
function readModuleParams({ module, params }: ShownModule, node: EditorNode, saved: KeyValue[]): KeyValue[] {
  const used = params.filter(({ param }) => isModuleParamShown(param, params));
  const rows = used.flatMap(({ param, name, field }) => {
    if (!param.multiple) return [{ name, value: field.val() ?? '' }];
    const lines = field
      .val()
      .split('\n')
      .map((line) => line.trim());
    const values = lines.filter(Boolean);
    return (values.length > 0 ? values : ['']).map((value) => ({ name, value }));
  });
  const known = new Set(params.map(({ name }) => name));
  return node.module === module.id ? [...rows, ...saved.filter(({ name }) => !known.has(name))] : rows;
}
