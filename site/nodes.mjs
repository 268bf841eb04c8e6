// The nodes, as their definitions, texts and help describe them. Needs a build of the package.
import { createRequire } from 'node:module';
import path from 'node:path';
import { helpPages, read, root } from '../scripts/docs-pages.mjs';
import { ENGLISH, textsOf } from '../scripts/locales.mjs';
import { outsideOfCode, slug } from '../scripts/markdown.mjs';
import { settingsHelp } from '../scripts/node-help.mjs';
import { namesOf } from '../scripts/node-html.mjs';

const require = createRequire(import.meta.url);
const FAMILIES = { triggers: 'Triggers', logic: 'Logic', actions: 'Actions', config: 'Settings' };

/** All nodes: `{ type, file, name, description, texts }`. */
export const NODES = helpPages().map(({ type, compiled, file }) => {
  const { description } = require(path.join(root, compiled)).default;
  const texts = textsOf(path.join(root, 'locales'), ENGLISH, description);
  return { type, file, description, texts, name: texts.name };
});

/** The nodes by family, in the order of the palette. */
export const families = () =>
  Object.entries(FAMILIES).map(([family, title]) => ({
    title,
    nodes: NODES.filter(({ description }) => description.family === family),
  }));

/** @returns the page of a node: its help, its settings, the modules that it stands for, and examples */
export function nodePage(node) {
  const help = [read(node.file).trim(), settingsHelp(node.description, node.texts)].join('\n\n');
  const parts = [
    `# ${node.name}`,
    outsideOfCode(help, asMarkdown),
    formOf(node),
    modulesOf(node),
    examplesOf(node),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Node-RED writes `: term (type) : text` for an entry of a list; headings are those of a page here. */
const asMarkdown = (text) =>
  text
    .replace(/^( *): (.+?)(?: \(([^()]+)\))? :(?: (.*))?$/gm, (_, indent, term, type, said) => {
      const about = type ? ` (${type})` : '';
      return `${indent}- **${term}**${about}${said ? `: ${said}` : ''}`;
    })
    .replace(/^###(?=#* )/gm, '##');

const formOf = ({ type, name }) =>
  `## Form\n\n![The form of the node ${name}, with all of its settings](../images/forms/${type}.png)`;

function modulesOf({ description, texts }) {
  const ids = namesOf(description.modules);
  if (ids.length === 0) return '';
  const rows = ids.map((id) => `- ${texts.modules?.[id] ?? texts.label[id]} (\`${id}\`)`);
  return ['## Modules of MISP', ...rows].join('\n');
}

/** Examples that have the node, with their place in the gallery. */
function examplesOf({ type }) {
  const examples = JSON.parse(read('resources/examples.json'));
  const with_ = examples.filter(({ nodes }) => nodes.some((one) => one.type === type));
  if (with_.length === 0) return '';
  const rows = with_.map(({ name }) => `- [${name}](../gallery.md#${slug(name)})`);
  return ['## Examples', ...rows.slice(0, 8)].join('\n');
}
