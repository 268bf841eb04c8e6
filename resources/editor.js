"use strict";
(() => {
  // editor/settings.js
  function defaultsOf({ version, fields, migrations }) {
    const defaults = { name: { value: "" }, version: { value: version } };
    for (const { rename } of migrations) {
      for (const old of Object.keys(rename || {})) defaults[old] = { value: void 0 };
    }
    for (const [name, field] of Object.entries(fields)) {
      if (field.kind === "secret") continue;
      if (field.kind === "config") {
        defaults[name] = { value: "", type: field.type, required: Boolean(field.required) };
        continue;
      }
      defaults[name] = { value: structuredClone(field.default), validate: validatorOf(name, field) };
    }
    return defaults;
  }
  function credentialsOf({ fields }) {
    const secrets = Object.entries(fields).filter(([, field]) => field.kind === "secret");
    if (secrets.length === 0) return void 0;
    return Object.fromEntries(secrets.map(([name, field]) => [name, { type: field.secret }]));
  }
  var isEnvironment = (value) => /^\$\{[^}]+\}$/.test(value);
  function validatorOf(name, field) {
    return function(value, options) {
      if (!applies(field, (other) => this[other])) return true;
      const problem = problemOf(field, value);
      if (!problem) return true;
      const label = this._(`${this.type}.fields.${name}.label`);
      const text = this._(`${this.type}.problems.${problem}`, { ...field, label });
      return options ? text : false;
    };
  }
  function problemOf(field, value) {
    const text = String(value ?? "").trim();
    if (field.required && (text === "" || Array.isArray(value) && value.length === 0)) return "required";
    if (isEnvironment(text)) return void 0;
    if (field.kind === "number") {
      const number = Number(text);
      return text === "" || !(number >= field.min && number <= field.max) ? "number" : void 0;
    }
    if (field.pattern && text !== "" && !new RegExp(field.pattern).test(text)) return field.message;
    if (field.kind === "select" && !field.options.includes(text)) return "option";
    return void 0;
  }
  function applies(field, valueOf) {
    return Object.entries(field.when || {}).every(
      ([other, wanted]) => [].concat(wanted).includes(valueOf(other))
    );
  }

  // editor/widgets/rows.js
  function editRows(element, values, addButton, addItem) {
    element.editableList({
      addButton,
      height: "auto",
      removable: true,
      sortable: true,
      addItem: (row, _index, value) => addItem(row, value)
    });
    element.editableList("addItems", [...values || []]);
    return (read) => element.editableList("items").toArray().map((item) => read($(item)));
  }

  // editor/widgets/list.js
  function list({ element, node, name, text }) {
    const rows = editRows(element, node[name], text("add"), (row, value) => {
      $('<input type="text" class="misp-list-item">').attr({ placeholder: text("placeholder"), "aria-label": name }).val(typeof value === "string" ? value : "").appendTo(row);
    });
    return () => rows((row) => row.find("input").val().trim()).filter((value) => value !== "");
  }

  // editor/widgets/params.js
  var TYPES = ["string", "large_string", "hash_path"];
  function params({ element, node, name, text }) {
    const rows = editRows(element, node[name], text("add"), (row, value) => {
      const data = { name: "", type: "string", value: "", ...value };
      const input = (key) => $('<input type="text">').attr({ placeholder: text(key), "aria-label": text(key), name: key }).val(data[key]).css("width", "30%").appendTo(row);
      input("name");
      const select = $('<select name="type">').attr("aria-label", text("type")).css("width", "30%");
      for (const option of TYPES) {
        $("<option>").val(option).text(text(`types.${option}`)).appendTo(select);
      }
      select.val(data.type).appendTo(row);
      input("value");
    });
    const read = (row) => {
      const value = (key) => row.find(`[name=${key}]`).val().trim();
      return { name: value("name"), type: value("type"), value: value("value") };
    };
    return () => rows(read).filter((param) => param.name !== "");
  }

  // editor/form.js
  var WIDGETS = { list, params };
  function prepareForm(node, description) {
    const { family, fields, type } = description;
    const prefix = `#node-${family === "config" ? "config-" : ""}input-`;
    const readers = [];
    for (const [name, field] of Object.entries(fields)) {
      const text = (key, values) => node._(`${type}.fields.${name}.${key}`, values);
      const input = $(`${prefix}${name}`);
      const element = $(`${prefix}${name}-list`);
      const read = WIDGETS[field.kind]?.({ element, input, node, name, field, type, prefix, text });
      if (read) readers.push([name, read]);
    }
    const current = (name) => {
      const input = $(`${prefix}${name}`);
      return input.attr("type") === "checkbox" ? input.prop("checked") : input.val();
    };
    const refresh = () => {
      for (const [name, field] of Object.entries(fields)) {
        const row = $(`${prefix}${name}, ${prefix}${name}-list`).closest(".form-row");
        if (field.when) row.toggle(applies(field, current));
        if (field.describe) {
          const words = node._(`${type}.fields.${name}.describe.${current(name)}`);
          row.find("[data-misp-describe]").html(RED.utils.renderMarkdown(words));
        }
      }
    };
    for (const name of Object.keys(fields)) $(`${prefix}${name}`).on("change", refresh);
    refresh();
    return readers;
  }

  // nodes/migrate.ts
  function migrate(description, saved) {
    let settings = { ...saved };
    const steps = [...description.migrations ?? []].sort((a, b) => a.from - b.from);
    for (const step of steps) {
      if ((settings.version ?? 1) === step.from) settings = apply(step, settings);
    }
    for (const [name, field] of Object.entries(description.fields)) {
      if (settings[name] === void 0 && "default" in field) settings[name] = field.default;
    }
    return settings;
  }
  function apply(step, settings) {
    const next = { ...settings };
    for (const [from, to] of Object.entries(step.rename ?? {})) {
      if (from in next) next[to] = next[from];
      delete next[from];
    }
    for (const [field, values] of Object.entries(step.map ?? {})) {
      const value = String(next[field]);
      if (Object.hasOwn(values, value)) next[field] = values[value];
    }
    return { ...next, ...step.set, version: step.from + 1 };
  }

  // editor/migrate.js
  function migrateNode(node, description) {
    const settings = migrate(description, node);
    for (const { rename } of description.migrations)
      for (const old of Object.keys(rename ?? {})) delete node[old];
    for (const name of Object.keys(description.fields)) {
      if (settings[name] !== void 0) node[name] = structuredClone(settings[name]);
    }
    node.version = description.version;
  }

  // editor/labels.js
  function labelOf(node, { type, labelBy, fields }) {
    if (!labelBy) return node._(`${type}.name`);
    const values = {};
    for (const [name, field] of Object.entries(fields)) {
      const value = node[name] ?? field.default;
      const isChoice = field.kind === "select";
      values[name] = isChoice ? node._(`${type}.fields.${name}.options.${value}`) : [].concat(value).join(", ");
    }
    const key = `${type}.label.${node[labelBy]}`;
    values.names = [...node.tags || [], ...node.clusters || []].join(", ");
    const text = node._(key, { ...values, interpolation: { escapeValue: false } });
    return text === key ? node._(`${type}.name`) : text;
  }

  // editor/register.js
  var descriptions = {};
  var extensions = {};
  function register(description) {
    const { type, family } = description;
    const isConfig = family === "config";
    const extension = () => extensions[type] || {};
    descriptions[type] = description;
    RED.nodes.registerType(type, {
      category: isConfig ? "config" : `MISP ${family}`,
      color: description.colour,
      icon: isConfig ? void 0 : `${type}.svg`,
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
        return this.name ? "node_label_italic" : "";
      },
      onadd() {
        extension().onadd?.call(this);
      },
      oneditprepare() {
        this.mispWidgets = prepareForm(this, description);
        extension().oneditprepare?.call(this);
      },
      oneditcancel() {
        delete this.mispWidgets;
      },
      oneditsave() {
        for (const [field, read] of this.mispWidgets) this[field] = read();
        delete this.mispWidgets;
        extension().oneditsave?.call(this);
      }
    });
  }
  function extend(type, hooks) {
    extensions[type] = hooks;
  }

  // editor/style.css
  var style_default = ".form-row.misp-row > label:first-child {\n  width: 130px;\n}\n.form-row.misp-row > input[type='text']:not(.misp-number),\n.form-row.misp-row > input[type='password'],\n.form-row.misp-row > textarea {\n  width: calc(100% - 150px);\n}\n.misp-tip {\n  margin: 2px 0 0 135px;\n  font-size: 12px;\n  color: var(--red-ui-secondary-text-color, #777);\n}\n.misp-list .misp-tip {\n  margin-left: 0;\n}\n.misp-describe {\n  margin: 6px 0 0 135px;\n  padding: 6px 10px;\n  border-left: 3px solid var(--red-ui-secondary-border-color, #ddd);\n  font-size: 12px;\n}\n.misp-describe p {\n  margin: 0 0 4px;\n}\n.form-row.misp-row > input.misp-path {\n  font-family: var(--red-ui-monospace-font, monospace);\n}\n.form-row.misp-row > textarea {\n  resize: vertical;\n}\n.form-row.misp-row > input.misp-number {\n  width: 90px;\n}\n.form-row.misp-row > input.misp-checkbox {\n  width: auto;\n  margin: 0 6px 0 135px;\n  vertical-align: baseline;\n}\n.form-row.misp-row > label.misp-checkbox-label {\n  display: inline;\n  width: auto;\n}\n.form-row.misp-row input.misp-list-item {\n  width: calc(100% - 10px);\n}\n.misp-test {\n  margin-left: 135px;\n}\n.misp-test[data-state='ok'] {\n  border-left-color: var(--red-ui-text-color-success, #4b7848);\n}\n.misp-test[data-state='warning'] {\n  border-left-color: var(--red-ui-text-color-warning, #c7a000);\n}\n.misp-test[data-state='error'] {\n  border-left-color: var(--red-ui-text-color-error, #ad1625);\n}\n.misp-gone-module {\n  display: flex;\n  gap: 10px;\n  align-items: center;\n  margin: 4px 0 4px 135px;\n}\n.misp-advanced {\n  margin: 10px 0;\n}\n.misp-advanced summary {\n  cursor: pointer;\n  margin-bottom: 8px;\n}\n";

  // editor/main.js
  RED.events.on("nodes:add", (node) => {
    const description = descriptions[node.type];
    if (description) migrateNode(node, description);
  });
  $("<style>").text(style_default).appendTo("head");
  globalThis.MISPWorkflows = { register, extend, prepareForm, describeProblem: problemOf };
})();
