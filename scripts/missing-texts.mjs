// Says of each language which texts and helps are not translated; they are shown in English.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGLISH, languagesIn, readTexts } from './locales.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const locales = path.join(root, 'locales');
const names = readdirSync(path.join(locales, ENGLISH)).map((file) => path.basename(file, '.json'));
const helps = readdirSync(path.join(root, 'nodes'), { recursive: true })
  .filter((file) => file.endsWith('.md'))
  .map((file) => path.basename(file));

for (const language of languagesIn(locales)) {
  if (language === ENGLISH) continue;
  const missing = names.flatMap((name) =>
    keysLacking(readTexts(locales, ENGLISH, name), readTexts(locales, language, name)).map(
      (key) => `${name} ${key}`,
    ),
  );
  const untold = helps.filter((file) => !existsSync(path.join(locales, language, file)));
  console.log(`${language}: ${missing.length} texts and ${untold.length} helps are not translated`);
  for (const what of [...missing, ...untold]) console.log(`  ${what}`);
}

function keysLacking(english, texts, before = '') {
  return Object.entries(english).flatMap(([key, value]) => {
    if (typeof value === 'object') return keysLacking(value, texts?.[key], `${before}${key}.`);
    return value.startsWith('@:') || texts?.[key] !== undefined ? [] : [before + key];
  });
}
