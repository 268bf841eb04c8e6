import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../support/definitions';
import { root } from '../support/node-red';

type Texts = { [key: string]: string | Texts };

const locales = path.join(root, 'locales');
const read = (language: string, file: string) =>
  JSON.parse(readFileSync(path.join(locales, language, file), 'utf8')) as Texts;
const filesOf = (language: string) =>
  readdirSync(path.join(locales, language)).filter((file) => file.endsWith('.json'));
const languages = readdirSync(locales).filter((name) => !name.endsWith('.json') && name !== 'en-US');
const glossary = JSON.parse(readFileSync(path.join(locales, 'glossary.json'), 'utf8')) as Record<
  string,
  Record<string, string[]>
>;

/** All texts with their dotted keys. */
function flat(texts: Texts, before = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[before + key, value]] : flat(value, `${before}${key}.`),
  );
}

const placesIn = (text: string) => [...new Set(text.match(/__\w+?__/g))].sort();

/** Longer terms first: an event report is no event. */
const terms = Object.keys(glossary).sort((a, b) => b.length - a.length);
const TERM = new RegExp(`(?<![\\w./_-])(${terms.join('|')})s?(?![\\w/_-])`, 'gi');

/** Terms of the glossary in an English text; what stands in code, or names a place, is none. */
function termsIn(text: string): Set<string> {
  const plain = text.replace(/`[^`]*`|__\w+?__|https?:\S+/g, ' ');
  const found = [...plain.matchAll(TERM)].map(([, term]) => term.toLowerCase());
  return new Set(terms.filter((term) => found.includes(term.toLowerCase())));
}

/** Terms whose translation a text lacks. */
function lacking(language: string, english: string, translated: string): string[] {
  const lower = translated.toLowerCase();
  return [...termsIn(english)].filter(
    (term) => !(glossary[term][language] ?? []).some((stem) => lower.includes(stem.toLowerCase())),
  );
}

const paragraphs = (help: string) => help.split(/\n{2,}|\n(?=: )/).filter((part) => part.trim());

describe('the languages', () => {
  const english = new Map(filesOf('en-US').map((file) => [file, new Map(flat(read('en-US', file)))]));

  it('are a folder each, of the shared files and one for each node', () => {
    const types = definitions.map(({ type }) => `${type}.json`);
    assert.deepEqual(
      filesOf('en-US').sort(),
      [...types, 'common.json', 'messages.json', 'misp-editor.json'].sort(),
    );
  });

  it('have each term of the glossary', () => {
    for (const [term, found] of Object.entries(glossary)) {
      for (const language of languages) assert.ok(found[language]?.length > 0, `${term} in ${language}`);
    }
  });

  for (const language of languages) {
    describe(language, () => {
      for (const file of filesOf(language)) {
        const texts = flat(read(language, file));

        it(`${file} has the keys and places of the English texts, and nothing empty`, () => {
          for (const [key, text] of texts) {
            const original = english.get(file)?.get(key);
            assert.ok(original !== undefined, `${key} is no English text`);
            assert.deepEqual(placesIn(text), placesIn(original), key);
            assert.ok(text.trim() || !original.trim(), key);
          }
        });

        it(`${file} keeps to the glossary`, () => {
          const wrong = texts
            .filter(([, text]) => !text.startsWith('@:'))
            // Words for a search may be others.
            .filter(([key]) => key !== 'search')
            .map(([key, text]) => [key, lacking(language, english.get(file)?.get(key) ?? '', text)] as const)
            .filter(([, terms]) => terms.length > 0)
            .map(([key, terms]) => `${key}: ${terms.join()}`);
          assert.deepEqual(wrong, []);
        });
      }

      for (const { type, source } of definitions) {
        const file = path.join(locales, language, `${type}.md`);
        if (!existsSync(file)) continue;
        it(`${type}.md has the parts of the English help, its code and its properties, and keeps to the glossary`, () => {
          const [ours, theirs] = [`${source}.md`, file].map((one) => readFileSync(one, 'utf8'));
          const rows = (help: string) => [...help.matchAll(/^: (\S+) \(/gm)].map(([, name]) => name);
          const headings = (help: string) => help.match(/^#+ /gm) ?? [];
          assert.deepEqual(rows(theirs), rows(ours));
          assert.deepEqual(headings(theirs), headings(ours));
          const [original, translated] = [ours, theirs].map(paragraphs);
          assert.equal(translated.length, original.length, 'paragraphs');
          const wrong = original.flatMap((part, index) =>
            lacking(language, part, translated[index]).map(
              (term) => `${term}: ${translated[index].slice(0, 60)}`,
            ),
          );
          assert.deepEqual(wrong, []);
        });
      }
    });
  }
});
