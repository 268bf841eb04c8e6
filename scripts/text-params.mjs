// Writes src/text-params.ts from the English catalogue: what each text names, so that the compiler knows keys and
// parameters. `--check` only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.join(root, 'src/text-params.ts');
const { messages } = JSON.parse(readFileSync(path.join(root, 'locales/en-US/messages.json'), 'utf8'));

const paramsOf = (text) => [
  ...new Set([...text.matchAll(/__([a-zA-Z]+)__/g)].map(([, name]) => `'${name}'`)),
];
const nameOf = (key) => (/^\w+$/.test(key) ? key : `'${key}'`);
const lines = Object.entries(messages).map(
  ([key, text]) => `  ${nameOf(key)}: ${paramsOf(text).sort().join(' | ') || 'never'};\n`,
);
const code = [
  '// Written by scripts/text-params.mjs from locales/en-US/messages.json. Do not edit.\n\n',
  '/** The texts of the library, and the names of what is to be filled in. */\n',
  'export interface TextNames {\n',
  ...lines,
  '}\n',
].join('');

let known = '';
try {
  known = readFileSync(target, 'utf8');
} catch {
  // Not written yet.
}
if (known !== code) {
  if (process.argv.includes('--check')) {
    process.stderr.write('src/text-params.ts is not up to date: npm run build\n');
    process.exitCode = 1;
  } else writeFileSync(target, code);
}
