/** Filters on texts. */
import { missing } from './missing';
import { callTextMethod, methodOf } from './access';
import { plainText, wholeNumber } from './arguments';
import type { Filter } from './filter';
import { characters, lengthOf } from './iterate';
import { MAX_STEPS } from './limits';
import { Problem } from './problem';
import { escapeHtml, represent, show } from './python-print';
import { center } from './text-layout';
import { replaceText, splitLines } from './text-split';
import type { Runtime } from './values';
import { isInteger, isText, isTrue, Markup, asText, Undefined } from './values';
import { wrap } from './wrap';

/** A text, or what a value prints; marked text stays marked. */
function soft(rt: Runtime, value: unknown): string | Markup {
  return value instanceof Markup ? value : show(rt, value);
}

/** A filter that is a method of texts. */
function method(name: string, ...names: string[]): Filter {
  return [names, (rt, value, args) => callTextMethod(rt, soft(rt, value), name, args, new Map())];
}

/** A filter that makes a text of a text. */
function plain(change: (rt: Runtime, text: string) => string): Filter {
  return [[], (rt, value) => like(value, change(rt, show(rt, value)))];
}

function like(value: unknown, text: string): string | Markup {
  return value instanceof Markup ? new Markup(text) : text;
}

const defaultTo: Filter = [
  ['default_value?', 'boolean?'],
  (_, value, [otherwise = '', boolean]) =>
    value instanceof Undefined || (isTrue(boolean) && !isTrue(value)) ? otherwise : value,
];

export const textFilters: Readonly<Record<string, Filter>> = {
  upper: method('upper'),
  lower: method('lower'),
  capitalize: method('capitalize'),
  trim: method('strip', 'chars?'),
  title: plain((rt, text) => rt.budget.made(text.replace(wordBeginnings, startUpper))),
  wordcount: [
    [],
    (rt, value) => {
      const text = show(rt, value);
      return (text.match(/[\p{L}\p{N}_\p{M}]+/gu) ?? []).length;
    },
  ],
  string: [[], (rt, value) => soft(rt, value)],
  pprint: [[], (rt, value) => represent(rt, value)],
  default: defaultTo,
  d: defaultTo,
  center: [
    ['width?'],
    (rt, value, [width = 80]) => like(value, center(rt, show(rt, value), wholeNumber('center', width))),
  ],
  replace: [['old', 'new', 'count?'], replace],
  truncate: [['length?', 'killwords?', 'end?', 'leeway?'], truncate],
  indent: [['width?', 'first?', 'blank?'], indent],
  wordwrap: [
    ['width?', 'break_long_words?', 'wrapstring?', 'break_on_hyphens?'],
    (rt, value, args) => {
      const [width = 79, breakLong = true, wrapString = '\n', onHyphens = true] = args;
      const options = { breakLong: isTrue(breakLong), onHyphens: isTrue(onHyphens) };
      const end = plainText('wordwrap', wrapString ?? '\n');
      return wrap(rt, text('wordwrap', value), wholeNumber('wordwrap', width), end, options);
    },
  ],
  attr: [
    ['name'],
    (rt, value, [name]) => {
      const wanted = plainText('attr', name);
      if (value instanceof Undefined) throw missing(value, wanted);
      return methodOf(rt, value, wanted) ?? new Undefined(wanted);
    },
  ],
};

function startUpper(word: string): string {
  const [first] = word;
  return first.toUpperCase() + word.slice(first.length).toLowerCase();
}

/** Only these characters begin a new word. */
const wordBeginnings = /[^-\s({[<]+/g;

function text(filter: string, value: unknown): string {
  if (value instanceof Undefined) throw missing(value, filter);
  return plainText(filter, value);
}

function replace(rt: Runtime, value: unknown, [old, fresh, count]: unknown[]): string | Markup {
  const most =
    count === undefined || count === null || Number(count) < 0 ? MAX_STEPS : wholeNumber('replace', count);
  const escapes =
    rt.autoescape && (old instanceof Markup || fresh instanceof Markup) && !(value instanceof Markup);
  const base = escapes ? escapeHtml(rt, value) : value;
  const [from, to] = [show(rt, old), show(rt, fresh)];
  if (!rt.autoescape || !(base instanceof Markup)) return replaceText(rt, show(rt, base), from, to, most);
  return new Markup(replaceText(rt, base.text, escapeHtml(rt, old).text, escapeHtml(rt, fresh).text, most));
}

function truncate(rt: Runtime, value: unknown, args: unknown[]): unknown {
  const [length = 255, killWords, end = '...', leeway] = args;
  const size = wholeNumber('truncate', length);
  const ending = plainText('truncate', end);
  const extra = leeway === undefined || leeway === null ? 5 : wholeNumber('truncate', leeway);
  const keep = size - lengthOf(rt, ending);
  if (keep < 0 || extra < 0) throw new Problem('truncateLength', { length: size });
  if (lengthOf(rt, value) <= size + extra) return value;
  const head = characters(text('truncate', value)).slice(0, keep).join('');
  const at = head.lastIndexOf(' ');
  return like(value, (isTrue(killWords) || at < 0 ? head : head.slice(0, at)) + ending);
}

function indent(rt: Runtime, value: unknown, [width = 4, first, blank]: unknown[]): string | Markup {
  if (isInteger(width)) rt.budget.fits(Number(width));
  const indention = isText(width) ? asText(width) : ' '.repeat(Math.max(0, wholeNumber('indent', width)));
  const lines = splitLines(rt, `${text('indent', value)}\n`, false);
  rt.budget.room(lines.length * indention.length);
  const indented = lines.map((line, at) =>
    (at === 0 ? isTrue(first) : line !== '' || isTrue(blank)) ? indention + line : line,
  );
  return like(value, rt.budget.made(indented.join('\n')));
}
