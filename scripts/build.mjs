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
import { ENGLISH, languagesIn, merge, readTexts, textsOf } from './locales.mjs';
import { nodeHelp, nodeHtml } from './node-html.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const pkg = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const locales = path.join(root, 'locales');
const languages = languagesIn(locales);

compile(root);

const catalogue = [];
for (const [type, file] of Object.entries(pkg['node-red'].nodes)) {
  const compiled = path.join(root, file);
  const source = path.join(root, file.replace(/^dist\//, '').replace(/\.js$/, ''));
  const { description } = require(compiled).default;
  if (description.type !== type) throw new Error(`${file} defines ${description.type}, not ${type}`);
  catalogue.push(description);
  const english = textsOf(locales, ENGLISH, description);
  const help = readFileSync(`${source}.md`, 'utf8');
  writeFileSync(compiled.replace(/\.js$/, '.html'), nodeHtml({ description, texts: english, help, source }));
  for (const language of languages) {
    const texts = textsOf(locales, language, description);
    const folder = writeTexts(path.dirname(compiled), language, type, { [type]: texts });
    const translated = path.join(locales, language, `${type}.md`);
    if (!existsSync(translated)) continue;
    const html = nodeHelp({
      description,
      texts: merge(english, texts),
      help: readFileSync(translated, 'utf8'),
    });
    writeFileSync(path.join(folder, `${type}.html`), html);
  }
  const icon = path.join(root, 'icons', `${type}.svg`);
  if (existsSync(icon)) cpSync(icon, path.join(path.dirname(compiled), 'icons', `${type}.svg`));
}

// All definitions as plain data, for what knows no Node-RED.
writeFileSync(path.join(root, 'dist/catalogue.json'), `${JSON.stringify(catalogue)}\n`);

const examples = examplesOf(path.join(root, 'examples'), catalogue, (type) =>
  textsOf(
    locales,
    ENGLISH,
    catalogue.find((one) => one.type === type),
  ),
);
mkdirSync(path.join(root, 'resources'), { recursive: true });
writeFileSync(path.join(root, 'resources/examples.json'), JSON.stringify(examples));

buildSync({
  entryPoints: [path.join(root, 'editor/main.ts')],
  outfile: path.join(root, 'resources/editor.js'),
  ...BUNDLE,
});

// The page of those who approve, which is no part of the editor.
const approval = path.join(root, 'editor/approval-page');
buildSync({
  entryPoints: [path.join(approval, 'page.ts')],
  outfile: path.join(root, 'resources/approval.js'),
  ...BUNDLE,
});
for (const kind of ['html', 'css'])
  cpSync(path.join(approval, `page.${kind}`), path.join(root, `resources/approval.${kind}`));
// The page of ad hoc runs stands alone: its script, and its style with that of the dialog in the editor.
buildSync({
  entryPoints: [path.join(root, 'editor/adhoc/page.ts')],
  outfile: path.join(root, 'resources/ad-hoc-runs.js'),
  ...BUNDLE,
});
const styles = ['adhoc', 'page'].map((name) =>
  readFileSync(path.join(root, `editor/adhoc/${name}.css`), 'utf8'),
);
writeFileSync(path.join(root, 'resources/ad-hoc-runs.css'), styles.join(''));

for (const [name, file] of Object.entries(pkg['node-red'].plugins ?? {})) {
  const compiled = path.join(root, file);
  const html = `<script src="resources/${pkg.name}/editor.js"></script>\n`;
  writeFileSync(compiled.replace(/\.js$/, '.html'), html);
  for (const language of languages) {
    writeTexts(
      path.dirname(compiled),
      language,
      path.basename(file, '.js'),
      readTexts(locales, language, name),
    );
  }
}

// The texts of the library, which knows no Node-RED.
for (const language of languages) {
  const target = path.join(root, 'dist/locales', language);
  mkdirSync(target, { recursive: true });
  const texts = readTexts(locales, language, 'messages');
  writeFileSync(path.join(target, 'messages.json'), `${JSON.stringify(texts)}\n`);
}

function writeTexts(folder, language, name, texts) {
  const target = path.join(folder, 'locales', language);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, `${name}.json`), `${JSON.stringify(texts)}\n`);
  return target;
}
