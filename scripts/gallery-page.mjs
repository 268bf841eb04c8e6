// Writes docs/gallery.md: all examples with their pictures. With `--check` it only says whether the page is current.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { plain } from './markdown.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const page = path.join(root, 'docs/gallery.md');
const examples = JSON.parse(readFileSync(path.join(root, 'resources/examples.json'), 'utf8'));

const INTRO = `# Examples, and MISP's workflows in Node-RED

<!-- npm run docs writes this page; its words stand in scripts/gallery-page.mjs and in the examples. -->

## Import an example

In the editor's menu, **MISP**, _MISP examples_ shows all examples with a picture, what they are for, and MISP's names
for what is in them. _Import_ puts one onto the open tab, below what is there, or onto a tab of its own, and asks
nothing:

- It uses the MISP listener, the MISP, the mail server and the misp-modules service that are there: of several, the one
  that most nodes use. What is not there comes with the example and is to be filled in.
- Its nodes get ids of their own, so it can be imported twice. A trigger whose module name is taken gets another one.
- _Undo_ takes it back with one step. A tab that has no room, or is locked, is left as it is: the example gets a tab.

All examples also stand in Node-RED's own dialog (_Import_, _Examples_). It knows nothing of what belongs together: the
listener and the MISP have the same id in every example, so from the second example on it says that nodes exist and
asks. Choose _View nodes_: what is there already has no tick, so _Import selected_ imports the rest onto it. _Import copy_
would make a second listener for the same port.

## Import a workflow or blueprint of MISP

**MISP**, _Import MISP workflow or blueprint_ takes the text of one, a file, or one from the list of what the connected
MISP has (with the key of a site admin). Before anything is imported it shows the flow as a picture, what it does in
words, and what is to be known: modules that are missing or switched off in that MISP, what could not be carried over,
what MISP itself does otherwise. _Import_ then works as for an example. Something that is no workflow changes nothing.

**MISP**, _Export as MISP blueprint_ does the way back, for the selected nodes or tabs, or else for the open tab: download
it, copy it, or save it into the connected MISP. MISP allows one trigger: of several, choose whose workflow it is to be,
and what the trigger leads to is exported. Nodes that MISP has no module for are named and left out, and passwords and
tokens are not written. The same on the command line, and what is kept on the way: [blueprints](blueprints.md).

All three are actions: _misp:show-examples_, _misp:import-workflow_ and _misp:export-blueprint_ are found in the list of
actions, and can be given a key in the keyboard settings.`;

const sections = examples.map(({ name, misp, nodes }) => {
  const { info } = nodes.find(({ type }) => type === 'tab');
  const names = misp.length > 0 ? `MISP's names: ${plain(misp.join(', '))}` : '';
  const picture = `![${plain(name)}](<images/examples/${name}.png>)`;
  const flow = `[The flow, to copy](<../examples/${name}.json>)`;
  return [`### ${plain(name)}`, plain(info), names, picture, flow].filter(Boolean).join('\n\n');
});

const text = [INTRO, '## All examples', ...sections].join('\n\n');
const options = await resolveConfig(page);
const written = await format(text, { ...options, parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(page, written);
else if (readFileSync(page, 'utf8') !== written) {
  console.error('docs/gallery.md is not what the examples say: npm run docs writes it.');
  process.exitCode = 1;
}
