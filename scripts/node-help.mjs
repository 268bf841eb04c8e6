// The list of settings in a node's help, as Node-RED's Markdown wants lists: `: term (type) : text`.

/** How Node-RED's help calls what a field holds. */
const TYPES = {
  text: 'string',
  area: 'string',
  template: 'template',
  hashpath: 'path',
  number: 'number',
  select: 'choice',
  checkbox: 'boolean',
  list: 'list',
  picker: 'list',
  params: 'list',
  keyvalue: 'list',
  config: 'node',
  secret: 'secret',
  typed: 'value',
  filter: 'filter',
};

/** Characters that mean something to Markdown; a colon ends the term, or the text, of such a list. */
const SPECIAL = /[:&<>\\`*_[\]~|]/g;

/** @returns a text that Markdown shows as it is */
const plain = (text) => text.replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);

/** @returns the section of the help that lists the settings of a node, or nothing if it has none */
export function settingsHelp(description, texts) {
  const rows = Object.entries(description.fields).map(([name, field]) =>
    row(field, texts.fields[name], texts),
  );
  return rows.length > 0 ? `### ${texts.help.settings}\n\n${rows.join('\n')}\n` : '';
}

function row(field, { label, tip, options }, texts) {
  const choices =
    field.kind === 'select' ? `${texts.help.choices} ${Object.values(options).join('; ')}.` : '';
  const text = [tip, choices].filter(Boolean).join(' ');
  return `: ${plain(label)} (${texts.help.types[TYPES[field.kind]]}) : ${plain(text)}`.trimEnd();
}
