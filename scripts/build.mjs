// Compiles, and writes what Node-RED needs beside the compiled nodes: HTML from the definitions, the editor's script,
// texts and icons.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { compile } from './compile.mjs';
import { BUNDLE } from './editor-script.mjs';
import { examplesOf } from './examples.mjs';
import { nodeHtml } from './node-html.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const pkg = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const readText = (name) => {
  const file = path.join(root, 'locales/en-US', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
};

compile(root);

const catalogue = [];
for (const [type, file] of Object.entries(pkg['node-red'].nodes)) {
  const compiled = path.join(root, file);
  const source = path.join(root, file.replace(/^dist\//, '').replace(/\.js$/, ''));
  const { description } = require(compiled).default;
  if (description.type !== type) throw new Error(`${file} defines ${description.type}, not ${type}`);
  catalogue.push(description);
  const texts = merge(readText('common'), readText(type));
  const help = readFileSync(`${source}.md`, 'utf8');
  writeFileSync(compiled.replace(/\.js$/, '.html'), nodeHtml({ description, texts, help, source }));
  writeTexts(path.dirname(compiled), type, { [type]: texts });
  const icon = path.join(root, 'icons', `${type}.svg`);
  if (existsSync(icon)) cpSync(icon, path.join(path.dirname(compiled), 'icons', `${type}.svg`));
}

// All definitions as plain data, for what knows no Node-RED.
writeFileSync(path.join(root, 'dist/catalogue.json'), `${JSON.stringify(catalogue, null, 1)}\n`);

const examples = examplesOf(path.join(root, 'examples'), catalogue, readText);
mkdirSync(path.join(root, 'resources'), { recursive: true });
writeFileSync(path.join(root, 'resources/examples.json'), JSON.stringify(examples));

buildSync({
  entryPoints: [path.join(root, 'editor/main.ts')],
  outfile: path.join(root, 'resources/editor.js'),
  ...BUNDLE,
});

for (const [name, file] of Object.entries(pkg['node-red'].plugins ?? {})) {
  const compiled = path.join(root, file);
  const html = `<script src="resources/${pkg.name}/editor.js"></script>\n`;
  writeFileSync(compiled.replace(/\.js$/, '.html'), html);
  writeTexts(path.dirname(compiled), path.basename(file, '.js'), readText(name));
}

/** The texts of a node over those that all nodes share. */
function merge(shared, own) {
  const merged = { ...shared, ...own };
  for (const key of Object.keys(shared)) {
    if (typeof shared[key] === 'object') merged[key] = { ...shared[key], ...own[key] };
  }
  return merged;
}

function writeTexts(folder, name, texts) {
  const target = path.join(folder, 'locales/en-US');
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, `${name}.json`), `${JSON.stringify(texts, null, 2)}\n`);
}
