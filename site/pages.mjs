// Writes what the site is built from, into site/pages or the folder that is named: the pages of the repository as they are,
// and a page for each node. Links lead to the page of the site. Needs a build of the package.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { read, root } from '../scripts/docs-pages.mjs';
import { mapLinks, plain } from '../scripts/markdown.mjs';
import { NODES, nodePage } from './nodes.mjs';
import { PLACES, targetInSite } from './places.mjs';

const site = path.dirname(fileURLToPath(import.meta.url));
const pages = path.resolve(process.argv[2] ?? path.join(site, 'pages'));

/** Two pictures, for light and for dark. */
const PICTURE = /<picture>\s*<source [^>]*srcset="([^"]*)">\s*<img src="([^"]*)"([^>]*)>\s*<\/picture>/g;

rmSync(pages, { recursive: true, force: true });
cpSync(path.join(root, 'docs/images'), path.join(pages, 'images'), { recursive: true });
cpSync(path.join(site, 'public'), path.join(pages, 'public'), { recursive: true });
for (const [file, place] of PLACES) write(place, file, pageOf(file));

function pageOf(file) {
  if (file.startsWith('examples/')) return mapLinks(flowPage(file), (target) => targetInSite(file, target));
  const node = NODES.find((one) => one.file === file);
  if (node)
    return mapLinks(nodePage(node), (target) =>
      target.startsWith('../') ? target : targetInSite(file, target),
    );
  const text = file === 'docs/nodes.md' ? linkNodes(read(file)) : read(file);
  return mapLinks(byColours(text), (target) => targetInSite(file, target));
}

/** The table of nodes leads to their pages. */
function linkNodes(text) {
  const files = new Map(NODES.map(({ name, file }) => [name, file]));
  return text.replace(/^\| ([^|]+?) +(?=\|)/gm, (row, cell) => {
    const names = cell.split(', ');
    if (!names.every((name) => files.has(name))) return row;
    return `| ${names.map((name) => `[${name}](../${files.get(name)})`).join(', ')} `;
  });
}

/** A flow, to be copied into the editor. */
function flowPage(file) {
  const name = path.basename(file, '.json');
  const flow = read(file).trim();
  const { info } = JSON.parse(flow).find(({ type }) => type === 'tab');
  return [
    `# ${plain(name)}`,
    plain(info),
    `![${name}](<../docs/images/examples/${name}.png>)`,
    "Copy the flow, and paste it into _Import_ in the editor's menu. What is left to fill in is marked red there.",
    `\`\`\`json\n${flow}\n\`\`\``,
    '[All examples](../docs/gallery.md)',
  ].join('\n\n');
}

/** The reader chooses the colours in the site, not in the system. */
function byColours(text) {
  return text.replace(PICTURE, '<img class="light-only" src="$2"$3>\n<img class="dark-only" src="$1"$3>');
}

/** What is edited is the file in the repository; a page of a node comes out of several. */
function write(place, file, text) {
  const target = path.join(pages, place);
  mkdirSync(path.dirname(target), { recursive: true });
  // The gallery is found by what its flows are for; what stands in them would be found everywhere.
  const search = file.startsWith('examples/') ? '\nsearch: false' : '';
  writeFileSync(target, `---\nfile: ${file}${search}\n---\n\n${text}`);
}
