/** Python's methods of `str`. */
import { plainText, wholeNumber } from './arguments';
import { characters, isWide, iterate, lengthOf, newList } from './iterate';
import { isSpace } from './lexer';
import { Problem } from './problem';
import { capitalize, expandTabs, justify, pythonTitle, swapCase, zeroFill } from './text-layout';
import { limit, occurrences, partition, replaceText, split, splitLines } from './text-split';
import type { Runtime } from './values';
import { isText, asText, Tuple, typeName } from './values';

/** A method: names of its arguments, and what it does with the text and them. */
export type Method<T> = readonly [
  names: readonly string[],
  run: (rt: Runtime, self: T, args: unknown[]) => unknown,
];

type Test = (text: string) => boolean;

export const textMethods: Readonly<Record<string, Method<string>>> = {
  upper: [[], (rt, text) => rt.budget.made(text.toUpperCase())],
  lower: [[], (rt, text) => rt.budget.made(text.toLowerCase())],
  casefold: [[], (rt, text) => rt.budget.made(text.toLowerCase().replaceAll('ß', 'ss'))],
  swapcase: [[], (rt, text) => rt.budget.made(text.replace(/\p{Lu}|\p{Ll}/gu, swapCase))],
  title: [[], (rt, text) => rt.budget.made(pythonTitle(text))],
  capitalize: [[], (rt, text) => rt.budget.made(capitalize(text))],
  strip: [['chars?'], (rt, text, [chars]) => strip(rt, text, chars, true, true)],
  lstrip: [['chars?'], (rt, text, [chars]) => strip(rt, text, chars, true, false)],
  rstrip: [['chars?'], (rt, text, [chars]) => strip(rt, text, chars, false, true)],
  startswith: [['prefix', 'start?', 'end?'], (rt, text, args) => atEdge(rt, text, args, 'startsWith')],
  endswith: [['suffix', 'start?', 'end?'], (rt, text, args) => atEdge(rt, text, args, 'endsWith')],
  removeprefix: [
    ['prefix'],
    (_, text, [prefix]) => {
      const start = plainText('removeprefix', prefix);
      return text.startsWith(start) ? text.slice(start.length) : text;
    },
  ],
  removesuffix: [
    ['suffix'],
    (_, text, [suffix]) => {
      const end = plainText('removesuffix', suffix);
      return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;
    },
  ],
  split: [['sep?', 'maxsplit?'], (rt, text, args) => newList(rt, split(rt, text, args, false))],
  rsplit: [['sep?', 'maxsplit?'], (rt, text, args) => newList(rt, split(rt, text, args, true))],
  splitlines: [['keepends?'], (rt, text, [keep]) => newList(rt, splitLines(rt, text, keep === true))],
  partition: [['sep'], (rt, text, [sep]) => partition(rt, text, sep, false)],
  rpartition: [['sep'], (rt, text, [sep]) => partition(rt, text, sep, true)],
  join: [['iterable'], joinTexts],
  replace: [
    ['old', 'new', 'count?'],
    (rt, text, [old, fresh, count]) =>
      replaceText(rt, text, plainText('replace', old), plainText('replace', fresh), limit('replace', count)),
  ],
  find: [['sub', 'start?', 'end?'], (rt, text, args) => find(rt, text, args, 'indexOf')],
  rfind: [['sub', 'start?', 'end?'], (rt, text, args) => find(rt, text, args, 'lastIndexOf')],
  index: [['sub', 'start?', 'end?'], (rt, text, args) => found(find(rt, text, args, 'indexOf'))],
  rindex: [['sub', 'start?', 'end?'], (rt, text, args) => found(find(rt, text, args, 'lastIndexOf'))],
  count: [
    ['sub', 'start?', 'end?'],
    (rt, text, args) => {
      const sub = plainText('count', args[0]);
      const [part] = range(rt, text, args[1], args[2]);
      return sub === '' ? lengthOf(rt, part) + 1 : occurrences(rt, part, sub);
    },
  ],
  center: [['width', 'fillchar?'], (rt, text, args) => justify(rt, text, args, '^')],
  ljust: [['width', 'fillchar?'], (rt, text, args) => justify(rt, text, args, '<')],
  rjust: [['width', 'fillchar?'], (rt, text, args) => justify(rt, text, args, '>')],
  zfill: [['width'], (rt, text, [width]) => zeroFill(rt, text, wholeNumber('zfill', width))],
  expandtabs: [['tabsize?'], expandTabs],
  isdigit: [[], test(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u)],
  isdecimal: [[], test(/^\p{Nd}+$/u)],
  isnumeric: [[], test(/^\p{N}+$/u)],
  isalpha: [[], test(/^\p{L}+$/u)],
  isalnum: [[], test(/^[\p{L}\p{N}]+$/u)],
  isascii: [[], (rt, text) => charged(rt, text, (one) => !/[^\0-\x7f]/.test(one))],
  isspace: [[], (rt, text) => charged(rt, text, (one) => one !== '' && [...one].every(isSpace))],
  isupper: [
    [],
    (rt, text) => charged(rt, text, (one) => /\p{Lu}|\p{Lt}/u.test(one) && one === one.toUpperCase()),
  ],
  islower: [[], (rt, text) => charged(rt, text, (one) => /\p{Ll}/u.test(one) && one === one.toLowerCase())],
  istitle: [[], (rt, text) => charged(rt, text, (one) => /\p{Lu}/u.test(one) && one === pythonTitle(one))],
  isidentifier: [[], test(/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{M}\p{Pc}\p{Nd}]*$/u)],
  isprintable: [[], (rt, text) => charged(rt, text, (one) => !/(?! )[\p{C}\p{Z}]/u.test(one))],
};

function test(pattern: RegExp): Method<string>[1] {
  return (rt, text) => charged(rt, text, (one) => pattern.test(one));
}

function charged(rt: Runtime, text: string, check: Test): boolean {
  rt.budget.read(text.length);
  return check(text);
}

function strip(rt: Runtime, text: string, chars: unknown, left: boolean, right: boolean): string {
  const set = chars === undefined || chars === null ? undefined : new Set(plainText('strip', chars));
  rt.budget.read(set?.size ?? 0);
  const all = characters(text);
  const drop = (one: string) => (set ? set.has(one) : isSpace(one));
  let start = 0;
  let end = all.length;
  while (left && start < end && drop(all[start])) start++;
  while (right && end > start && drop(all[end - 1])) end--;
  return all.slice(start, end).join('');
}

/** The part of a text between two positions, and where it begins. */
function range(rt: Runtime, text: string, start: unknown, end: unknown): [string, number] {
  if ((start === undefined || start === null) && (end === undefined || end === null)) return [text, 0];
  const all = characters(text);
  rt.budget.spend(all.length / 16);
  const position = (value: unknown, otherwise: number) => {
    if (value === undefined || value === null) return otherwise;
    const at = wholeNumber('start', value);
    return at < 0 ? Math.max(0, all.length + at) : at;
  };
  const from = position(start, 0);
  return [all.slice(from, position(end, all.length)).join(''), from];
}

function atEdge(rt: Runtime, text: string, args: unknown[], edge: 'startsWith' | 'endsWith'): boolean {
  const [part] = range(rt, text, args[1], args[2]);
  const wanted = args[0] instanceof Tuple ? args[0].items : [args[0]];
  return wanted.some((one) => part[edge](plainText(edge.toLowerCase(), one)));
}

function joinTexts(rt: Runtime, text: string, [list]: unknown[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const item of iterate(rt, list)) {
    if (!isText(item)) throw new Problem('wrongType', { name: 'join', type: typeName(item), wanted: 'str' });
    length += asText(item).length + text.length;
    rt.budget.fits(length - text.length);
    parts.push(asText(item));
  }
  return rt.budget.made(parts.join(text));
}

function find(rt: Runtime, text: string, args: unknown[], how: 'indexOf' | 'lastIndexOf'): number {
  const sub = plainText('find', args[0]);
  const [part, offset] = range(rt, text, args[1], args[2]);
  const at = part[how](sub);
  if (at < 0) return -1;
  return offset + (isWide(part) ? Array.from(part.slice(0, at)).length : at);
}

function found(at: number): number {
  if (at < 0) throw new Problem('notFound');
  return at;
}
