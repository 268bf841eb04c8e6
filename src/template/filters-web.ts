/** Filters for HTML, URLs and JSON. */
import type { Filter } from './filter';
import { pairsOf } from './methods';
import { decodeEntities } from './entities';
import { Problem } from './problem';
import { toJson } from './json';
import { escapeHtml, show } from './python-print';
import { splitSpace } from './text-split';
import type { Runtime } from './values';
import { isDict, isText, Markup, numberOf, asText, typeName, Undefined } from './values';
import { wholeNumber } from './arguments';

const escape: Filter = [[], escapeHtml];

export const webFilters: Readonly<Record<string, Filter>> = {
  escape,
  e: escape,
  forceescape: [[], (rt, value) => escapeHtml(rt, show(rt, value))],
  safe: [[], (rt, value) => (value instanceof Markup ? value : new Markup(show(rt, value)))],
  striptags: [[], (rt, value) => rt.budget.made(stripTags(show(rt, value)))],
  tojson: [['indent?'], (rt, value, [indent]) => new Markup(toJson(rt, value, indentOf(indent)))],
  urlencode: [[], urlEncode],
  xmlattr: [['autospace?'], xmlAttributes],
};

function indentOf(indent: unknown): number | string | undefined {
  if (indent === undefined || indent === null) return undefined;
  if (isText(indent)) return asText(indent);
  return Math.min(wholeNumber('tojson', indent), 1000);
}

/** Without comments and tags, white space as single spaces, entities as characters. */
function stripTags(html: string): string {
  const untagged = cutOut(cutOut(html, '<!--', '-->'), '<', '>');
  return decodeEntities(splitSpace(untagged).join(' '));
}

function cutOut(text: string, open: string, close: string): string {
  let out = '';
  for (let at = 0; ;) {
    const start = text.indexOf(open, at);
    const end = start < 0 ? -1 : text.indexOf(close, start);
    if (end < 0) return out + text.slice(at);
    out += text.slice(at, start);
    at = end + close.length;
  }
}

function urlEncode(rt: Runtime, value: unknown): string {
  if (isText(value)) return rt.budget.made(quoteUrl(asText(value), '/'));
  if (value instanceof Undefined) return '';
  if (value === null || numberOf(value) !== undefined) return quoteUrl(show(rt, value), '/');
  const part = (one: unknown) => quoteUrl(show(rt, one), '').replaceAll('%20', '+');
  let length = 0;
  const pairs = Array.from(pairsOf(rt, value), ([key, one]) => {
    const pair = `${part(key)}=${part(one)}`;
    rt.budget.fits((length += pair.length));
    return pair;
  });
  return rt.budget.made(pairs.join('&'));
}

/** Percent signs for all but letters, digits, `_.-~` and what is said to be safe. */
function quoteUrl(text: string, safe: string): string {
  const quoted = encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (one) => {
      return `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
    },
  );
  return safe === '/' ? quoted.replaceAll('%2F', '/') : quoted;
}

function xmlAttributes(rt: Runtime, value: unknown, [autoSpace = true]: unknown[]): string | Markup {
  if (!isDict(value))
    throw new Problem('wrongType', { name: 'xmlattr', type: typeName(value), wanted: 'dict' });
  const parts: string[] = [];
  let length = 0;
  for (const [key, one] of pairsOf(rt, value)) {
    if (one === null || one instanceof Undefined) continue;
    const name = show(rt, key);
    if (/[\s/>=]/.test(name)) throw new Problem('attributeName');
    parts.push(`${escapeHtml(rt, key).text}="${escapeHtml(rt, one).text}"`);
    rt.budget.fits((length += parts[parts.length - 1].length));
  }
  const text = (autoSpace === true && parts.length > 0 ? ' ' : '') + parts.join(' ');
  return rt.autoescape ? new Markup(text) : text;
}
