import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
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

/** All texts with their dotted keys. */
function flat(texts: Texts, before = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[before + key, value]] : flat(value, `${before}${key}.`),
  );
}

const placesIn = (text: string) => [...new Set(text.match(/__\w+?__/g))].sort();

const sources = ['src', 'nodes', 'editor', 'bin']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, file)),
  )
  .filter((file) => file !== 'src/text-params.ts')
  .map((file) => ({ file, code: readFileSync(path.join(root, file), 'utf8') }));

/** What code may ask for: its literals, and patterns of those that are put together. */
function asked(code: string): { literals: Set<string>; patterns: RegExp[] } {
  const literals = new Set(
    [...code.matchAll(/(?<=['"`])[\w.-]+(?=['"`])|\b[a-z]\w*(?=: )/g)].map(([key]) => key),
  );
  const patterns = [...code.matchAll(/`([\w.-]*\$\{[^`]*)`/g)]
    .map(([, template]) => template.replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '\0'))
    .filter((template) => /^[\w.\0-]+$/.test(template) && /\w\.|\w{5}/.test(template))
    .map((template) => new RegExp(`^${template.replaceAll('.', '\\.').replaceAll('\0', '[\\w.-]+')}$`));
  return { literals, patterns };
}

describe('the shared texts', () => {
  const messages = read('en-US', 'messages.json').messages as Record<string, string>;

  it('are known to the compiler as they are', () => {
    const check = spawnSync(process.execPath, ['scripts/text-params.mjs', '--check'], { cwd: root });
    assert.equal(check.status, 0, String(check.stderr));
  });

  it('are all used', () => {
    const { literals, patterns } = asked(sources.map(({ code }) => code).join('\n'));
    const unused = Object.keys(messages).filter((key) => {
      if (literals.has(key) || patterns.some((pattern) => pattern.test(key))) return false;
      return !(key.startsWith('template.cause.') && literals.has(key.replace('template.cause.', '')));
    });
    assert.deepEqual(unused, []);
  });

  it('are overridden by a node only where it says something else, of the same things', () => {
    for (const { type } of definitions) {
      for (const [key, text] of Object.entries(read('en-US', `${type}.json`).errors ?? {}) as [
        string,
        string,
      ][]) {
        assert.ok(messages[key], `${type}: ${key} is no text`);
        if (text.startsWith('@:')) continue;
        assert.notEqual(text, messages[key], `${type}: ${key} is a copy`);
        const left = placesIn(text).filter((place) => !placesIn(messages[key]).includes(place));
        assert.deepEqual(left, [], `${type}: ${key}`);
      }
    }
  });
});

describe('the lists in the helps', () => {
  for (const { type, source } of definitions) {
    it(`have no colon within a row, which would end it in Node-RED: ${type}`, () => {
      const translated = readdirSync(locales).map((language) => path.join(locales, language, `${type}.md`));
      const helps = [`${source}.md`, ...translated.filter((file) => existsSync(file))];
      const rows = helps.flatMap((file) => readFileSync(file, 'utf8').match(/^ *: .*$/gm) ?? []);
      assert.deepEqual(
        rows.filter((row) => row.split(/:(?= |$)/).length > 3),
        [],
      );
    });
  }
});

describe('the texts of the nodes', () => {
  const files = filesOf('en-US').map((file) => ({ file, texts: flat(read('en-US', file)) }));

  it('stand in one file each: what several nodes say of the same setting is in common.json', () => {
    const seen = new Map<string, string[]>();
    for (const { file, texts } of files) {
      for (const [key, text] of texts) {
        if (!/^(fields|status|outputs|problems|log|test)\./.test(key)) continue;
        if (text.startsWith('@:')) continue;
        const says = `${key}: ${text}`;
        seen.set(says, [...(seen.get(says) ?? []), file]);
      }
    }
    assert.deepEqual(
      [...seen].filter(([, places]) => places.length > 1),
      [],
    );
  });

  it('are no sentences that stand elsewhere too', () => {
    const seen = new Map<string, string[]>();
    for (const { file, texts } of files)
      for (const [key, text] of texts)
        if (text.split(' ').length > 5) seen.set(text, [...(seen.get(text) ?? []), `${file} ${key}`]);
    assert.deepEqual(
      [...seen].filter(([, places]) => places.length > 1),
      [],
    );
  });

  it('are all used: statuses, lines of the log, and what the editor says', () => {
    const { literals, patterns } = asked(
      sources
        .filter(
          ({ file }) => !file.startsWith('src/') || /^src\/(listener|runs|checks|misp|event|zmq)/.test(file),
        )
        .map(({ code }) => code)
        .join('\n'),
    );
    const isAsked = (key: string) =>
      key
        .split('.')
        .map((_, index, steps) => steps.slice(index).join('.'))
        .some((tail) => literals.has(tail) || patterns.some((pattern) => pattern.test(tail)));
    const unused = files
      .filter(({ file }) => file.startsWith('misp-') || file === 'common.json')
      .flatMap(({ file, texts }) =>
        texts
          .map(([key]) => key)
          .filter((key) => /^(status|log|test|picker|filter|path|template|trial|contact|gone)\./.test(key))
          .filter((key) => !isAsked(key))
          .map((key) => `${file} ${key}`),
      );
    assert.deepEqual(unused, []);
  });

  it('are there for every key that code asks for', () => {
    for (const { type, source, texts, description } of definitions) {
      const keys = new Set(flat(texts as unknown as Texts).map(([key]) => key));
      const families = ['status', 'log', 'outcome', 'label', 'module', 'test'];
      const code = readFileSync(`${source}.ts`, 'utf8');
      for (const [, key] of code.matchAll(/\btext\(\s*'([a-z]\w*\.[\w.]+)'/g)) {
        if (!families.includes(key.split('.')[0])) continue;
        assert.ok(keys.has(key) || description.type !== type, `${type}: ${key}`);
      }
      const shown = /\b(?:setup|connection|status|statusSoon)\(\s*'([\w.]+)'/g;
      for (const [, key] of code.matchAll(shown))
        assert.ok(keys.has(`status.${key}`), `${type}: status.${key}`);
    }
  });
});
