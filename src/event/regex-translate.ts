import { text, type Said, type Text } from '../text';
import { HashPathError } from './errors';

/**
 * Escapes that mean something else in PCRE than in RE2, outside of a bracket expression. Only to say whether
 * the text matches, `$` before a last line break may as well take the line break along.
 */
const escapes = new Map([
  ['s', String.raw`[\t\n\x0B\f\r ]`],
  ['S', String.raw`[^\t\n\x0B\f\r ]`],
  ['h', String.raw`[\t ]`],
  ['H', String.raw`[^\t ]`],
  ['v', String.raw`[\n\x0B\f\r]`],
  ['V', String.raw`[^\n\x0B\f\r]`],
  ['R', String.raw`(?:\r\n|[\n\x0B\f\r])`],
  ['N', String.raw`[^\n]`],
  ['e', String.raw`\x1B`],
  ['Z', String.raw`(?:\n?\z)`],
]);
/** The same inside of a bracket expression. */
const escapesInBrackets = new Map([
  ['s', String.raw`\t\n\x0B\f\r `],
  ['h', String.raw`\t `],
  ['v', String.raw`\n\x0B\f\r`],
  ['e', String.raw`\x1B`],
  ['b', String.raw`\x08`],
]);
/** With the flag `u` PHP makes these classes cover all scripts. */
const unicodeEscapes = new Map([
  ['w', String.raw`\p{L}\p{N}_`],
  ['d', String.raw`\p{Nd}`],
  ['s', String.raw`\t\n\x0B\f\r\x{85}\p{Z}`],
]);
const namedGroup = /^\(\?(?:<(\w+)>|'(\w+)'|P<(\w+)>)/;
/** Parts that begin with `(?`, and names for those that are not regular. */
const unsupportedGroups: [RegExp, Text][] = [
  [/^\(\?<?[=!]/, text('regex.lookAround')],
  [/^\(\?>/, text('regex.atomic')],
  [/^\(\?(?:R|[+-]?\d|&|P>)/, text('regex.recursion')],
  [/^\(\?P=/, text('regex.backReference')],
  [/^\(\?\(/, text('regex.conditional')],
  [/^\(\?\|/, text('regex.branchReset')],
  [/^\(\*/, text('regex.verb')],
  [/^\(\?[a-wyzA-Z-]*x/, text('regex.flagX')],
];

/**
 * Writes a PCRE expression as RE2 understands it.
 * @param flags PHP's flags behind the closing slash
 * @throws HashPathError for parts that RE2 cannot have
 */
export function translate(expression: string, flags: string): string {
  let result = '';
  for (let i = 0; i < expression.length;) {
    const [text, length] = next(expression, i, flags);
    result += text;
    i += length;
  }
  return flags.includes('A') ? String.raw`\A(?:${result})` : result;
}

/** The names of the groups that keep what they match, in order; undefined for one that has none. */
export function groupNames(expression: string, flags: string): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (let i = 0; i < expression.length;) {
    if (expression[i] === '(') {
      const [, a, b, c] = namedGroup.exec(expression.slice(i, i + 200)) ?? [];
      const name = a ?? b ?? c;
      if (name !== undefined || expression[i + 1] !== '?') names.push(name);
    }
    i += next(expression, i, flags)[1];
  }
  return names;
}

/** The translation of the next part, and how many characters of the expression it took. */
function next(expression: string, at: number, flags: string): [string, number] {
  const char = expression.charAt(at);
  if (char === '\\') return [escape(expression, at, flags), 2];
  if (char === '[') return bracket(expression, at, flags);
  if (char === '(') return group(expression, at);
  if (char === '$') return [endOfText(expression, flags), 1];
  if (flags.includes('x') && /\s/.test(char)) return ['', 1];
  if (flags.includes('x') && char === '#') return ['', commentLength(expression, at)];
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(expression.slice(at, at + 20))?.[0];
  if (!quantifier) return [char, 1];
  if (expression[at + quantifier.length] === '+') throw unsupported(expression, text('regex.possessive'));
  const lazy = expression[at + quantifier.length] === '?' ? '?' : '';
  return [quantifier + lazy, quantifier.length + lazy.length];
}

function escape(expression: string, at: number, flags: string): string {
  const char = expression.charAt(at + 1);
  if (/[1-9kg]/.test(char)) throw unsupported(expression, text('regex.backReference'));
  if (/[KGXC]/.test(char)) throw unsupported(expression, `\\${char}`);
  const unicode = flags.includes('u') ? unicodeEscapes.get(char.toLowerCase()) : undefined;
  if (unicode) return `[${char === char.toLowerCase() ? '' : '^'}${unicode}]`;
  return escapes.get(char) ?? plainEscape(char);
}

/** RE2 does not want a backslash before a character beyond ASCII. */
function plainEscape(char: string): string {
  return char.charCodeAt(0) > 127 ? char : `\\${char}`;
}

/** A bracket expression such as `[^a-z\s]`. */
function bracket(expression: string, at: number, flags: string): [string, number] {
  let result = '[';
  let i = at + 1;
  if (expression[i] === '^') result += expression.charAt(i++);
  if (expression[i] === ']') {
    result += '\\]';
    i++;
  }
  while (i < expression.length && expression[i] !== ']') {
    const posix = /^\[:\^?\w+:\]/.exec(expression.slice(i, i + 16))?.[0];
    if (posix) {
      result += posix;
      i += posix.length;
    } else if (expression[i] === '\\') {
      const char = expression.charAt(i + 1);
      const unicode = flags.includes('u') ? unicodeEscapes.get(char) : undefined;
      result += unicode ?? escapesInBrackets.get(char) ?? plainEscape(char);
      i += 2;
    } else {
      result += expression[i] === '[' ? '\\[' : expression.charAt(i);
      i++;
    }
  }
  return [result + expression.charAt(i), i + 1 - at];
}

function group(expression: string, at: number): [string, number] {
  const start = expression.slice(at, at + 200);
  for (const [pattern, name] of unsupportedGroups)
    if (pattern.test(start)) throw unsupported(expression, name);
  const named = namedGroup.exec(start);
  if (named) return ['(', named[0].length];
  if (!start.startsWith('(?#')) return ['(', 1];
  const end = expression.indexOf(')', at);
  return ['', (end < 0 ? expression.length : end + 1) - at];
}

/** `$` also stands before a line break that ends the text, unless the flag D is set. */
function endOfText(expression: string, flags: string): string {
  if (flags.includes('m') || /\(\?[a-z]*m/.test(expression)) return '$';
  return flags.includes('D') ? String.raw`\z` : String.raw`(?:\n?\z)`;
}

function commentLength(expression: string, at: number): number {
  const end = expression.indexOf('\n', at);
  return (end < 0 ? expression.length : end + 1) - at;
}

function unsupported(regex: string, what: Said): HashPathError {
  return new HashPathError('regexUnsupported', { regex: `/${regex}/`, what });
}
