/** Texts in a width, and in upper and lower case, as Python's `str` does. */
import { plainText, wholeNumber } from './arguments';
import { pad } from './format-number';
import { lengthOf } from './iterate';
import { Problem } from './problem';
import { occurrences } from './text-split';
import type { Runtime } from './values';

/** The other case of a letter. */
export function swapCase(one: string): string {
  return one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase();
}

/** The first letter large, the others small. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return titleCase(first) + text.slice(first.length).toLowerCase();
}

/** The first letter of a word: `ß` becomes `Ss`. */
function titleCase(letter: string): string {
  const upper = letter.toUpperCase();
  return upper.length > letter.length ? upper[0] + upper.slice(1).toLowerCase() : upper;
}

/** Each run of letters with a large first one. */
export function pythonTitle(text: string): string {
  return text.replace(/[\p{Lu}\p{Ll}\p{Lt}]+/gu, capitalize);
}

/** Python's `center`, `ljust` and `rjust`, by alignment. */
export function justify(rt: Runtime, text: string, [width, fill]: unknown[], align: string): string {
  const filler = fill === undefined ? ' ' : plainText('fillchar', fill);
  if (Array.from(filler).length !== 1) throw new Problem('fillCharacter');
  return align === '^'
    ? center(rt, text, wholeNumber('center', width), filler)
    : pad(rt.budget, text, { fill: filler, align, sign: '', width: wholeNumber('width', width) });
}

/** Python puts the odd space to the left if the width is odd. */
export function center(rt: Runtime, text: string, width: number, fill = ' '): string {
  rt.budget.room(Math.max(width, text.length));
  const missing = width - lengthOf(rt, text);
  if (missing <= 0) return text;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Zeros behind the sign. */
export function zeroFill(rt: Runtime, text: string, width: number): string {
  const sign = /^[-+]?/.exec(text)?.[0] ?? '';
  const layout = { fill: '0', align: '>', sign: '', width: width - sign.length };
  return sign + pad(rt.budget, text.slice(sign.length), layout);
}

/** Python's `expandtabs`. */
export function expandTabs(rt: Runtime, text: string, [size]: unknown[]): string {
  const width = size === undefined ? 8 : Math.max(0, wholeNumber('expandtabs', size));
  rt.budget.room(text.length + occurrences(rt, text, '\t') * width);
  let column = 0;
  return text.replace(/\t|[\n\r]|[^\t\n\r]+/g, (part) => {
    if (part === '\n' || part === '\r') column = 0;
    if (part !== '\t') return part === '\n' || part === '\r' ? part : ((column += part.length), part);
    const spaces = width === 0 ? 0 : width - (column % width);
    column += spaces;
    return ' '.repeat(spaces);
  });
}
