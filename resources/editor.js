/* Editor half of the MISP nodes: registers them from their definitions and attaches widgets to the
 * fields that are marked for them. Loaded once, by the plugin of this package, before the nodes. */
(function () {
  'use strict';

  /** What the build wrote of each of our types. */
  const descriptions = {};

  // Node-RED tells of every node that comes in, loaded, imported or dropped, before it is validated.
  RED.events.on('nodes:add', (node) => {
    const description = descriptions[node.type];
    if (description) migrate(node, description);
  });

  /** Node types with editor code of their own, by type. */
  const extensions = {};

  /** Registers a node type from the data that the build wrote into its HTML file. */
  function register(description) {
    const { type, family } = description;
    const isConfig = family === 'config';
    const extension = () => extensions[type] || {};
    descriptions[type] = description;
    RED.nodes.registerType(type, {
      category: isConfig ? 'config' : `MISP ${family}`,
      color: description.colour,
      icon: isConfig ? undefined : `${type}.svg`,
      defaults: defaultsOf(description),
      credentials: credentialsOf(description),
      inputs: description.inputs,
      outputs: description.outputs.length,
      outputLabels(index) {
        return this._(`${type}.outputs.${description.outputs[index]}`);
      },
      paletteLabel() {
        return this._(`${type}.name`);
      },
      label() {
        return this.name || labelOf(this, description);
      },
      labelStyle() {
        return this.name ? 'node_label_italic' : '';
      },
      onadd() {
        extension().onadd?.call(this);
      },
      oneditprepare() {
        prepareForm(this, description);
        extension().oneditprepare?.call(this);
      },
      oneditsave() {
        for (const [element, save] of savers()) this[element] = save();
        extension().oneditsave?.call(this);
      },
    });
  }

  /** Adds editor code to a type: the hooks `onadd`, `oneditprepare`, `oneditsave`. */
  function extend(type, hooks) {
    extensions[type] = hooks;
  }

  // ---- settings ----

  function defaultsOf({ version, fields, migrations }) {
    const defaults = { name: { value: '' }, version: { value: version } };
    // Node-RED drops settings that are not named here, and a migration needs the old ones.
    for (const { rename } of migrations) {
      for (const old of Object.keys(rename || {})) defaults[old] = { value: undefined };
    }
    for (const [name, field] of Object.entries(fields)) {
      if (field.kind === 'secret') continue;
      if (field.kind === 'config') {
        defaults[name] = { value: '', type: field.type, required: Boolean(field.required) };
        continue;
      }
      defaults[name] = { value: clone(field.default), validate: validatorOf(name, field) };
    }
    return defaults;
  }

  function credentialsOf({ fields }) {
    const secrets = Object.entries(fields).filter(([, field]) => field.kind === 'secret');
    if (secrets.length === 0) return undefined;
    return Object.fromEntries(secrets.map(([name, field]) => [name, { type: field.secret }]));
  }

  const clone = (value) => (typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value);

  /** A value such as ${PORT} is filled in by Node-RED from the environment. */
  const isEnvironment = (value) => /^\$\{[^}]+\}$/.test(value);

  /** Node-RED's validator of a field: true, or words that say what is wrong. */
  function validatorOf(name, field) {
    return function (value, options) {
      if (!applies(field, (other) => this[other])) return true;
      const problem = problemOf(field, value);
      if (!problem) return true;
      const label = this._(`${this.type}.fields.${name}.label`);
      const text = this._(`${this.type}.problems.${problem}`, { ...field, label });
      return options ? text : false;
    };
  }

  /** What is wrong with a value, as a key of `problems` in the texts. */
  function problemOf(field, value) {
    const text = String(value ?? '').trim();
    if (field.required && (text === '' || (Array.isArray(value) && value.length === 0))) return 'required';
    if (isEnvironment(text)) return undefined;
    if (field.kind === 'number') {
      const number = Number(text);
      return text === '' || !(number >= field.min && number <= field.max) ? 'number' : undefined;
    }
    if (field.pattern && text !== '' && !new RegExp(field.pattern).test(text)) return field.message;
    if (field.kind === 'select' && !field.options.includes(text)) return 'option';
    return undefined;
  }

  /** Whether a field is in use, by the values of the fields it depends on. */
  function applies(field, valueOf) {
    return Object.entries(field.when || {}).every(([other, wanted]) =>
      [].concat(wanted).includes(valueOf(other)),
    );
  }

  /** The same rules as nodes/migrate.ts: settings of older versions become those of today. */
  function migrate(node, { migrations, fields, version }) {
    for (const step of [...migrations].sort((a, b) => a.from - b.from)) {
      if ((node.version ?? 1) !== step.from) continue;
      for (const [from, to] of Object.entries(step.rename || {})) {
        if (node[from] !== undefined) node[to] = node[from];
        delete node[from];
      }
      for (const [field, values] of Object.entries(step.map || {})) {
        if (Object.hasOwn(values, String(node[field]))) node[field] = values[String(node[field])];
      }
      Object.assign(node, step.set, { version: step.from + 1 });
    }
    node.version = version;
    for (const [name, field] of Object.entries(fields)) {
      if (node[name] === undefined && field.default !== undefined) node[name] = clone(field.default);
    }
  }

  // ---- labels ----

  /** The text of `label.<value>` with the values of fields in it, lists joined by commas. */
  function labelOf(node, { type, labelBy, fields }) {
    if (!labelBy) return node._(`${type}.name`);
    const values = {};
    for (const [name, field] of Object.entries(fields)) {
      const value = node[name] ?? field.default;
      const isChoice = field.kind === 'select';
      values[name] = isChoice
        ? node._(`${type}.fields.${name}.options.${value}`)
        : [].concat(value).join(', ');
    }
    const key = `${type}.label.${node[labelBy]}`;
    values.names = [...(node.tags || []), ...(node.clusters || [])].join(', ');
    const text = node._(key, { ...values, interpolation: { escapeValue: false } });
    return text === key ? node._(`${type}.name`) : text;
  }

  // ---- forms ----

  let openSavers = [];
  const savers = () => openSavers;

  function prepareForm(node, description) {
    const { family, fields, type } = description;
    const prefix = `#node-${family === 'config' ? 'config-' : ''}input-`;
    openSavers = [];
    for (const [name, field] of Object.entries(fields)) {
      const widget = WIDGETS[field.kind];
      if (widget) openSavers.push([name, widget($(`${prefix}${name}-list`), node, name, type)]);
    }
    const current = (name) => {
      const input = $(`${prefix}${name}`);
      return input.attr('type') === 'checkbox' ? input.prop('checked') : input.val();
    };
    const refresh = () => {
      for (const [name, field] of Object.entries(fields)) {
        const row = $(`${prefix}${name}, ${prefix}${name}-list`).closest('.form-row');
        if (field.when) row.toggle(applies(field, current));
        if (field.describe) {
          const text = node._(`${type}.fields.${name}.describe.${current(name)}`);
          row.find('[data-misp-describe]').html(RED.utils.renderMarkdown(text));
        }
      }
    };
    for (const name of Object.keys(fields)) $(`${prefix}${name}`).on('change', refresh);
    refresh();
  }

  /** Widgets by kind of field. Each fills its element from the node and returns how to read it back. */
  const WIDGETS = {
    list(element, node, name, type) {
      element.editableList({
        addButton: node._(`${type}.fields.${name}.add`),
        height: 'auto',
        removable: true,
        sortable: true,
        addItem(row, _index, value) {
          const text = typeof value === 'string' ? value : '';
          $('<input type="text" class="misp-list-item">')
            .attr({ placeholder: node._(`${type}.fields.${name}.placeholder`), 'aria-label': name })
            .val(text)
            .appendTo(row);
        },
      });
      element.editableList('addItems', [...(node[name] || [])]);
      return () => rowsOf(element, (row) => row.find('input').val().trim()).filter((value) => value !== '');
    },
    params(element, node, name, type) {
      const label = (key) => node._(`${type}.fields.${name}.${key}`);
      element.editableList({
        addButton: label('add'),
        height: 'auto',
        removable: true,
        sortable: true,
        addItem(row, _index, value) {
          const data = { name: '', type: 'string', value: '', ...value };
          const input = (key) =>
            $('<input type="text">')
              .attr({ placeholder: label(key), 'aria-label': label(key), name: key })
              .val(data[key])
              .css('width', '30%')
              .appendTo(row);
          input('name');
          const select = $('<select name="type">').attr('aria-label', label('type')).css('width', '30%');
          for (const option of ['string', 'large_string', 'hash_path']) {
            $('<option>')
              .val(option)
              .text(label(`types.${option}`))
              .appendTo(select);
          }
          select.val(data.type).appendTo(row);
          input('value');
        },
      });
      element.editableList('addItems', [...(node[name] || [])]);
      const read = (row) => {
        const value = (key) => row.find(`[name=${key}]`).val().trim();
        return { name: value('name'), type: value('type'), value: value('value') };
      };
      return () => rowsOf(element, read).filter((param) => param.name !== '');
    },
  };

  function rowsOf(element, read) {
    return element
      .editableList('items')
      .toArray()
      .map((item) => read($(item)));
  }

  const STYLE = `
    .form-row.misp-row > label:first-child { width: 130px; }
    .form-row.misp-row > input[type=text]:not(.misp-number), .form-row.misp-row > input[type=password],
    .form-row.misp-row > textarea { width: calc(100% - 150px); }
    .misp-tip { margin: 2px 0 0 135px; font-size: 12px; color: var(--red-ui-secondary-text-color, #777); }
    .misp-list .misp-tip { margin-left: 0; }
    .misp-describe { margin: 6px 0 0 135px; padding: 6px 10px; border-left: 3px solid var(--red-ui-secondary-border-color, #ddd); font-size: 12px; }
    .misp-describe p { margin: 0 0 4px; }
    .form-row.misp-row > input.misp-path { font-family: var(--red-ui-monospace-font, monospace); }
    .form-row.misp-row > textarea { resize: vertical; }
    .form-row.misp-row > input.misp-number { width: 90px; }
    .form-row.misp-row > input.misp-checkbox { width: auto; margin: 0 6px 0 135px; vertical-align: baseline; }
    .form-row.misp-row > label.misp-checkbox-label { display: inline; width: auto; }
    .form-row.misp-row input.misp-list-item { width: calc(100% - 10px); }
    .misp-test { margin-left: 135px; }
    .misp-test[data-state=ok] { border-left-color: var(--red-ui-text-color-success, #4b7848); }
    .misp-test[data-state=warning] { border-left-color: var(--red-ui-text-color-warning, #c7a000); }
    .misp-test[data-state=error] { border-left-color: var(--red-ui-text-color-error, #ad1625); }
    .misp-gone-module { display: flex; gap: 10px; align-items: center; margin: 4px 0 4px 135px; }
    .misp-advanced { margin: 10px 0; }
    .misp-advanced summary { cursor: pointer; margin-bottom: 8px; }
  `;
  $('<style>').text(STYLE).appendTo('head');

  globalThis.MISPWorkflows = { register, extend, describeProblem: problemOf };
})();
