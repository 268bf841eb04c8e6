// The editor's half of a node, from its definition: ordinary static HTML with Node-RED's own ids.
import { nodeScript } from './editor-script.mjs';
import { settingsHelp } from './node-help.mjs';

/** Colours of the families: light enough for dark labels, as the core nodes have them. */
const COLOURS = { triggers: '#E7B28B', logic: '#9CC2E0', actions: '#A2CFA5', config: undefined };

/**
 * @param source the node's source file, without its ending
 * @returns the HTML file of a node type: form, help and registration
 */
export function nodeHtml({ description, texts, help, source }) {
  const { type } = description;
  return [
    `<script type="text/html" data-template-name="${type}">\n${form(description, texts)}</script>\n`,
    nodeHelp({ description, texts, help }),
    `<script type="text/javascript">\n${nodeScript(registration(description), description, source)}</script>\n`,
  ].join('\n');
}

/** The help of a node type in a language, for the form of that language. */
export function nodeHelp({ description, texts, help }) {
  const settings = settingsHelp(description, texts);
  return `<script type="text/markdown" data-help-name="${description.type}">\n${help.trim()}\n\n${settings}</script>\n`;
}

function form(description, texts) {
  const prefix = description.family === 'config' ? 'node-config-input' : 'node-input';
  const fields = Object.entries(description.fields);
  const row = ([name, field]) => fieldRow(description.type, prefix, name, field, texts);
  const plain = fields.filter(([, field]) => !field.advanced).map(row);
  const advanced = fields.filter(([, field]) => field.advanced).map(row);
  const nameRow = wrap(
    `<label for="${prefix}-name"><i class="fa fa-tag"></i> <span data-i18n="${description.type}.fields.name.label"> </span></label><input type="text" id="${prefix}-name" data-i18n="[placeholder]${description.type}.fields.name.label">`,
  );
  const folded = advanced.length
    ? `<details class="misp-advanced"><summary data-i18n="${description.type}.advanced"></summary>\n${advanced.join('')}</details>\n`
    : '';
  return `${nameRow}${plain.join('')}${folded}`;
}

const wrap = (inner, attributes = '', style = '') =>
  `<div class="form-row misp-row${style}"${attributes}>${inner}</div>\n`;

function fieldRow(type, prefix, name, field, texts) {
  const id = `${prefix}-${name}`;
  const key = `${type}.fields.${name}`;
  const tip = texts.fields[name]?.tip ? `<div class="misp-tip" data-i18n="${key}.tip"></div>` : '';
  const shown = field.when ? ` data-misp-when='${JSON.stringify(field.when).replace(/'/g, '&#39;')}'` : '';
  const label = `<label for="${id}" data-i18n="${key}.label"></label>`;
  const style = STYLES[field.kind] ?? '';
  const placeholder = texts.fields[name]?.placeholder ? ` data-i18n="[placeholder]${key}.placeholder"` : '';
  return wrap(
    `${INPUTS[field.kind]({ type, id, key, name, field, label, placeholder })}${tip}`,
    shown,
    style,
  );
}

/** Rows of several columns take the whole width. */
const STYLES = { params: ' misp-list', keyvalue: ' misp-list', checkbox: ' misp-check' };

const WIDE = 'width: calc(100% - 150px)';

/** Rows of a list are named by the label, which stands for no single input. */
const rows = ({ id, key }) =>
  `<label id="${id}-label" data-i18n="${key}.label"></label><ol id="${id}-list" aria-labelledby="${id}-label"></ol>`;

/** How each kind of field is drawn. The rest of a widget is made by its file in editor/widgets/. */
const INPUTS = {
  text: ({ id, label, placeholder, field }) =>
    `${label}<input type="text" id="${id}"${placeholder}${field.required ? ' required' : ''}>`,
  hashpath: ({ id, label, placeholder }) =>
    `${label}<input type="text" id="${id}" class="misp-path" spellcheck="false"${placeholder}>`,
  area: ({ id, label }) => `${label}<textarea id="${id}" rows="3"></textarea>`,
  number: ({ id, label, type, field }) => {
    const unit = field.unit ? ` <span data-i18n="${type}.units.${field.unit}"></span>` : '';
    return `${label}<input type="text" inputmode="numeric" id="${id}" class="misp-number">${unit}`;
  },
  select: ({ id, label, key, field }) => {
    const options = field.options
      .map((option) => `<option value="${option}" data-i18n="${key}.options.${option}"></option>`)
      .join('');
    const described = field.describe ? `<div class="misp-describe" data-misp-describe="${id}"></div>` : '';
    return `${label}<select id="${id}">${options}</select>${described}`;
  },
  checkbox: ({ id, key }) =>
    `<input type="checkbox" id="${id}" class="misp-checkbox"><label for="${id}" class="misp-checkbox-label" data-i18n="${key}.label"></label>`,
  list: rows,
  params: rows,
  keyvalue: rows,
  picker: ({ id, key }) =>
    `<label for="${id}-entry" data-i18n="${key}.label"></label><div id="${id}-list" class="misp-picker"></div>`,
  filter: ({ id, key }) =>
    `<label id="${id}-label" data-i18n="${key}.label"></label><div id="${id}-list" class="misp-filter" role="group" aria-labelledby="${id}-label"></div>`,
  template: ({ id, label, placeholder, field }) =>
    `${label}<textarea id="${id}" class="misp-template" rows="${field.rows ?? 4}" spellcheck="false"${placeholder}></textarea>`,
  // Node-RED's own widgets take their width from the style attribute.
  typed: ({ id, label }) =>
    `${label}<input type="text" id="${id}" style="${WIDE}"><input type="hidden" id="${id}Type">`,
  config: ({ id, label }) => `${label}<input type="text" id="${id}" style="${WIDE}">`,
  secret: ({ id, label, field }) =>
    `${label}<input type="${field.secret === 'password' ? 'password' : 'text'}" id="${id}" autocomplete="off">`,
};

/** The MISP modules of a definition, each once: a node may stand for one in several ways. */
export const namesOf = (modules) => [...new Set(modules.map(({ module }) => module))];

/** The part of the definition that the editor needs; editor/ does the rest. */
function registration(description) {
  const {
    type,
    family,
    modules,
    fields,
    inputs,
    outputs,
    labelBy,
    button,
    trial,
    writes,
    attributesWhen,
    version,
  } = description;
  const data = {
    type,
    family,
    modules: namesOf(modules),
    colour: COLOURS[family],
    inputs,
    outputs,
    labelBy,
    button,
    trial,
    writes,
    attributesWhen,
    version,
    fields,
  };
  return data;
}
