// Writes docs/coming-from-misp.md from the definitions of the nodes: MISP's module, our node, field by field.
// With --check it only says whether the page is as it would be written. Needs a build.
import { namesOf } from './node-html.mjs';
import { ENGLISH, readTexts, textsOf } from './locales.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const locales = path.join(root, 'locales');
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const page = path.join(root, 'docs/coming-from-misp.md');

const INTRO = `# Coming from MISP's editor

This page is written by \`npm run docs\` from the definitions of the nodes.

| in MISP | in Node-RED |
| --- | --- |
| a workflow | a flow: all that is wired behind a **MISP trigger** |
| a trigger | **MISP trigger**, with the same trigger chosen in it |
| a logic or action module | a node; where MISP has several modules of one kind, one node with a choice |
| a blocking workflow that was stopped | a **response** that blocks; MISP is told why |
| a workflow that came to its end | a **response** that allows, or the trigger's _MISP goes on when: all paths have ended_ |
| the roaming data | the message; the event is in \`msg.payload\`, in MISP core format |
| the hash path, such as \`Event._AttributeFlattened.{n}\` | the same |
| a filter with a label | the same; \`msg.misp.filters\` |
| Jinja2 templates | the same: [templates](templates.md) |
| a module must be enabled | a node works when it is deployed; in MISP, enable the module that the trigger announces |
| debug mode | a _debug_ node, and test runs with the trigger's button |
`;

const { nodes: files } = readJson('package.json')['node-red'];
const nodes = Object.entries(files).map(([type, file]) => {
  const help = readFileSync(path.join(root, file.replace(/^dist\//, '').replace(/\.js$/, '.md')), 'utf8');
  const { description } = require(path.join(root, file)).default;
  const texts = textsOf(locales, ENGLISH, description);
  return { type, description, texts, about: help.split(/\n\s*\n/)[0] };
});
const withModules = nodes.filter(({ description }) => description.modules.length > 0);
const own = nodes.filter(({ description }) => description.modules.length === 0);

/** MISP's name of a module that a node stands for. */
const nameOf = ({ texts }, id) => texts.modules?.[id] ?? texts.label[id];

const plain = (text) => String(text ?? '').replace(/[\\`*_<>|[\]]/g, '\\$&');
const anchor = (name) => name.toLowerCase().replace(/[^\w]+/g, '-');
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Settings that look the same in many nodes. */
const SHARED = ['name', 'server', 'onFailure', 'dryRun', 'asMisp'];
const isShared = ({ type }, name) =>
  SHARED.includes(name) && !readTexts(locales, ENGLISH, type).fields?.[name];

function moduleTable() {
  const rows = withModules.flatMap((node) =>
    namesOf(node.description.modules).map((id) => ({ node, id, name: nameOf(node, id) })),
  );
  rows.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.id.localeCompare(b.id, 'en'));
  return table(
    ['in MISP', 'id', 'node'],
    rows.map(({ node, id, name }) => [
      plain(name),
      `\`${id}\``,
      `[${node.texts.name}](#${anchor(node.texts.name)})`,
    ]),
  );
}

function valuesOf(field, { options = {} }) {
  if (field.kind === 'select') return `one of: ${Object.values(options).map(plain).join('; ')}`;
  if (field.kind === 'number') return `${field.min} to ${field.max}`;
  if (field.kind === 'checkbox') return 'yes or no';
  return KINDS[field.kind];
}

const KINDS = {
  text: 'text',
  area: 'text',
  template: 'template',
  hashpath: 'hash path',
  list: 'list',
  picker: 'list, searched in MISP',
  params: 'list of parameters',
  keyvalue: 'names and values',
  config: 'a configuration node',
  secret: 'secret',
  typed: 'a value, or where it comes from',
  filter: "MISP's filter",
};

function fieldList(fields, texts) {
  const rows = Object.entries(fields).map(([name, field]) => {
    const { label, tip } = texts[name];
    return `- **${plain(label)}** (\`${name}\`, ${valuesOf(field, texts[name])})${tip ? `: ${plain(tip)}` : ''}`;
  });
  return rows.join('\n');
}

function nodeSection(node) {
  const { description, texts, about } = node;
  const fields = Object.entries(description.fields).filter(([name]) => !isShared(node, name));
  const parts = [`### ${texts.name}`, about, fieldList(Object.fromEntries(fields), texts.fields)];
  return (fields.length > 0 ? parts : parts.slice(0, 2)).join('\n\n');
}

/** The shared settings, as the first node that has them declares them. */
function sharedSection() {
  const fields = {};
  for (const node of nodes) {
    for (const [name, field] of Object.entries(node.description.fields))
      if (isShared(node, name)) fields[name] ??= field;
  }
  return fieldList(fields, readTexts(locales, ENGLISH, 'common').fields);
}

/** Modules of a recorded MISP that no node stands for; MISP's own placeholders are none. */
function othersSection() {
  const known = new Set(withModules.flatMap(({ description }) => namesOf(description.modules)));
  const others = readJson('sandbox/misp/data/workflow-modules.json').filter(
    ({ id }) => !known.has(id) && !id.startsWith('blueprint-'),
  );
  return others.map(({ id, name }) => `- ${plain(name)} (\`${id}\`)`).join('\n');
}

const text = [
  INTRO,
  '## Module by module',
  moduleTable(),
  '**run module** runs these and any other module that your MISP has:',
  othersSection(),
  '## Node by node',
  'Behind each setting stand its name in the saved flow and what it may be. Every node also has a _Name_.',
  ...withModules.map(nodeSection),
  '## In many nodes',
  sharedSection(),
  "## What MISP's editor does not have",
  own.map(({ texts, about }) => `- **${texts.name}**: ${about.replace(/\s+/g, ' ')}`).join('\n'),
].join('\n\n');

const options = await resolveConfig(page);
const written = await format(text, { ...options, parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(page, written);
else if (readFileSync(page, 'utf8') !== written) {
  console.error('docs/coming-from-misp.md is not what the definitions say: npm run docs writes it.');
  process.exitCode = 1;
}
