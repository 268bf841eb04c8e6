// The texts of a language as Node-RED takes them: a catalogue for each node, of the texts that nodes share and its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ENGLISH = 'en-US';

/** The languages there are: a folder each. */
export function languagesIn(locales) {
  return readdirSync(locales).filter((name) => /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(name));
}

/** What a file of a language has; nothing if it is not translated yet. */
export function readTexts(locales, language, name) {
  const file = path.join(locales, language, `${name}.json`);
  return existsSync(file) || language === ENGLISH ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/**
 * The texts of a node in a language. Of the fields that nodes share, it gets those that it has. Where the node has
 * English words of its own, those that others share in the language do not take their place.
 */
export function textsOf(locales, language, { type, fields }) {
  const own = readTexts(locales, language, type);
  const english = readTexts(locales, ENGLISH, type);
  const shared = readTexts(locales, language, 'common');
  const known = Object.entries({ name: {}, ...fields }).flatMap(([name, field]) =>
    shared.fields?.[name] ? [[name, choicesOf(field, shared.fields[name])]] : [],
  );
  const taken = without({ ...shared, fields: Object.fromEntries(known) }, english);
  const merged = resolved(merge(merge(taken, referencesIn(english)), own));
  delete merged.shared;
  for (const [name, field] of Object.entries(fields))
    if (merged.fields[name]) merged.fields[name] = choicesOf(field, merged.fields[name]);
  return merged;
}

/** The texts of a field, with those of its own choices alone, in its order. */
function choicesOf({ options = [] }, texts) {
  const chosen = { ...texts };
  for (const group of ['options', 'describe']) {
    if (!texts[group]) continue;
    const left = options.filter((option) => Object.hasOwn(texts[group], option));
    chosen[group] = Object.fromEntries(left.map((option) => [option, texts[group][option]]));
    if (left.length === 0) delete chosen[group];
  }
  return chosen;
}

/** A text such as `@:shared.found` stands for the one of that key, in every language. */
const REFERENCE = '@:';

function referencesIn(texts) {
  const found = Object.entries(texts).flatMap(([key, value]) => {
    if (typeof value === 'object') return [[key, referencesIn(value)]];
    return value.startsWith(REFERENCE) ? [[key, value]] : [];
  });
  return Object.fromEntries(found);
}

/** What stands for another text becomes that text; where the language lacks it, it falls back to English. */
function resolved(texts, all = texts) {
  const found = Object.entries(texts).flatMap(([key, value]) => {
    if (typeof value === 'object') return [[key, resolved(value, all)]];
    const text = value.startsWith(REFERENCE) ? textAt(all, value.slice(REFERENCE.length)) : value;
    return text === undefined ? [] : [[key, text]];
  });
  return Object.fromEntries(found);
}

/** Keys of errors have dots of their own. */
function textAt(texts, key) {
  const [group, rest] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)];
  if (typeof texts?.[key] === 'string') return texts[key];
  return texts?.[group] && textAt(texts[group], rest);
}

/** Texts over others, key by key. */
export function merge(below, above) {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const isGroup = typeof value === 'object' && typeof merged[key] === 'object';
    merged[key] = isGroup ? merge(merged[key], value) : value;
  }
  return merged;
}

function without(texts, others) {
  const left = Object.entries(texts).flatMap(([key, value]) => {
    if (!Object.hasOwn(others, key)) return [[key, value]];
    return typeof value === 'object' ? [[key, without(value, others[key])]] : [];
  });
  return Object.fromEntries(left);
}
