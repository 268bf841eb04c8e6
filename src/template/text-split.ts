/** Cutting and replacing in texts, as Python's `str` does. */
import { plainText, wholeNumber } from './arguments';
import { characters } from './iterate';
import { isSpace } from './lexer';
import { Problem } from './problem';
import type { Runtime } from './values';
import { Tuple } from './values';

/** How often at most; less than zero and None are no limit. */
export function limit(name: string, count: unknown): number {
  const number = count === undefined || count === null ? -1 : wholeNumber(name, count);
  return number < 0 ? Infinity : number;
}

/** Python's `split` and `rsplit`. */
export function split(rt: Runtime, text: string, [sep, max]: unknown[], fromRight: boolean): string[] {
  const most = limit('split', max);
  if (sep === undefined || sep === null)
    return fromRight ? splitSpaceRight(text, most) : splitSpace(text, most);
  const separator = plainText('split', sep);
  if (separator === '') throw new Problem('emptySeparator');
  const parts = text.split(separator);
  rt.budget.spend(parts.length);
  if (parts.length - 1 <= most) return parts;
  if (fromRight)
    return [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)];
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

/** Splits at runs of white space. */
export function splitSpace(text: string, most = Infinity): string[] {
  const parts: string[] = [];
  for (let at = 0; ;) {
    while (at < text.length && isSpace(text[at])) at++;
    if (at === text.length) return parts;
    let end = at;
    while (end < text.length && (parts.length >= most || !isSpace(text[end]))) end++;
    parts.push(text.slice(at, end));
    at = end;
  }
}

function splitSpaceRight(text: string, most: number): string[] {
  const parts: string[] = [];
  for (let end = text.length; ;) {
    while (end > 0 && isSpace(text[end - 1])) end--;
    if (end === 0) return parts.reverse();
    let at = end;
    while (at > 0 && (parts.length >= most || !isSpace(text[at - 1]))) at--;
    parts.push(text.slice(at, end));
    end = at;
  }
}

/** Python's `splitlines`. */
export function splitLines(rt: Runtime, text: string, keep: boolean): string[] {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|[\n\v\f\x1c-\x1e\x85\u2028\u2029])/);
  rt.budget.spend(lines.length);
  if (lines.at(-1) === '') lines.pop();
  return keep
    ? lines
    : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

/** Python's `partition` and `rpartition`. */
export function partition(rt: Runtime, text: string, sep: unknown, last: boolean): Tuple {
  const separator = plainText('partition', sep);
  if (separator === '') throw new Problem('emptySeparator');
  const at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
  rt.budget.spend(3);
  if (at < 0) return new Tuple(last ? ['', '', text] : [text, '', '']);
  return new Tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
}

/** How often a text is in another, without overlaps. */
export function occurrences(rt: Runtime, text: string, sub: string): number {
  let count = 0;
  for (let at = text.indexOf(sub); at >= 0; at = text.indexOf(sub, at + sub.length)) count++;
  rt.budget.spend(count / 16);
  return count;
}

/** Python's `replace`; an empty text is found before every character and at the end. */
export function replaceText(rt: Runtime, text: string, old: string, fresh: string, most: number): string {
  rt.budget.read(text.length);
  const parts = old === '' ? ['', ...characters(text), ''] : text.split(old);
  const times = Math.min(parts.length - 1, most);
  rt.budget.spend(parts.length / 16);
  rt.budget.room(text.length + times * (fresh.length - old.length));
  const head = parts.slice(0, times + 1).join(fresh);
  return times === parts.length - 1 ? head : [head, ...parts.slice(times + 1)].join(old);
}
