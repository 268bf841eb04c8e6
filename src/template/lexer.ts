/** Cuts a template into the tokens of the library's parser, by the rules of Jinja2's own lexer. */
import { Problem } from './problem';
import { unescape } from './string-literal';
import { MAX_NESTING } from './limits';

/** The names of the library's kinds of tokens that are in use. */
export type Kind =
  | 'Text'
  | 'NumericLiteral'
  | 'StringLiteral'
  | 'Identifier'
  | 'Equals'
  | 'OpenParen'
  | 'CloseParen'
  | 'OpenStatement'
  | 'CloseStatement'
  | 'OpenExpression'
  | 'CloseExpression'
  | 'OpenSquareBracket'
  | 'CloseSquareBracket'
  | 'OpenCurlyBracket'
  | 'CloseCurlyBracket'
  | 'Comma'
  | 'Dot'
  | 'Colon'
  | 'Pipe'
  | 'AdditiveBinaryOperator'
  | 'MultiplicativeBinaryOperator'
  | 'ExponentiationBinaryOperator';

export interface Token {
  type: Kind;
  value: string;
  line: number;
}

/** A template is text and tags in turn; a comment leaves no piece. */
export type Piece =
  | { kind: 'text'; text: string; line: number }
  | { kind: 'print' | 'statement'; tokens: Token[]; line: number };

/** White space of Python, without that of JavaScript only. */
const SPACE = '[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const spaces = new RegExp(`${SPACE}+`, 'y');
const opening = /\{[{%#]/g;
const rawTag = new RegExp(`\\{%[-+]?${SPACE}*raw${SPACE}*(-?)%\\}`, 'y');
const endRawTag = new RegExp(`\\{%([-+]?)${SPACE}*endraw${SPACE}*([-+]?)%\\}`, 'g');
const float = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const integer = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const name = /[\p{L}\p{Nl}\p{M}\p{Pc}\p{Nd}]+/uy;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+*/%~()[\]{}<>=.:|,]/y;

const kinds: Partial<Record<string, Kind>> = {
  '(': 'OpenParen',
  ')': 'CloseParen',
  '[': 'OpenSquareBracket',
  ']': 'CloseSquareBracket',
  '{': 'OpenCurlyBracket',
  '}': 'CloseCurlyBracket',
  '=': 'Equals',
  '.': 'Dot',
  ':': 'Colon',
  '|': 'Pipe',
  ',': 'Comma',
};
const closers: Partial<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The pieces of a template. Line ends become `\n`, and one at the very end is dropped, as Jinja2 does.
 * @throws {Problem} with its line, on what cannot be read
 */
export function cut(template: string): Piece[] {
  return new Lexer(template.replace(/\r\n?/g, '\n').replace(/\n$/, '')).pieces();
}

class Lexer {
  readonly #source: string;
  readonly #pieces: Piece[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  pieces(): Piece[] {
    for (;;) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#source);
      if (!found) break;
      this.#text(found.index, this.#source[found.index + 2] === '-');
      this.#tag(found[0]);
    }
    this.#text(this.#source.length, false);
    return this.#pieces;
  }

  /** Text up to a position; a tag that begins with `{%-` takes the white space before it. */
  #text(end: number, strip: boolean): void {
    const text = this.#source.slice(this.#at, end);
    this.#push(strip ? trimEnd(text) : text);
    this.#moveTo(end);
  }

  #push(text: string): void {
    if (text !== '') this.#pieces.push({ kind: 'text', text, line: this.#line });
  }

  #tag(open: string): void {
    if (open === '{#') return this.#comment();
    if (open === '{%' && this.#match(rawTag)) return this.#raw();
    const line = this.#line;
    this.#moveTo(this.#at + 2);
    const sign = this.#source[this.#at] ?? '';
    if (sign === '-' || sign === '+') this.#moveTo(this.#at + 1);
    const print = open === '{{';
    this.#pieces.push({ kind: print ? 'print' : 'statement', tokens: this.#inside(print, line), line });
  }

  #comment(): void {
    const end = this.#source.indexOf('#}', this.#at + 2);
    if (end < 0) throw new Problem('commentNotClosed', {}, this.#line);
    const strip = this.#source[end - 1] === '-';
    this.#moveTo(end + 2);
    if (strip) this.#skipSpace();
  }

  #raw(): void {
    const line = this.#line;
    const open = this.#match(rawTag);
    this.#moveTo(this.#at + (open?.[0].length ?? 0));
    if (open?.[1] === '-') this.#skipSpace();
    endRawTag.lastIndex = this.#at;
    const close = endRawTag.exec(this.#source);
    if (!close) throw new Problem('notClosed', { tag: 'raw', end: 'endraw' }, line);
    this.#text(close.index, close[1] === '-');
    this.#moveTo(close.index + close[0].length);
    if (close[2] === '-') this.#skipSpace();
  }

  /** The tokens of a tag, up to and over its end. */
  #inside(print: boolean, line: number): Token[] {
    const tokens: Token[] = [];
    const open: string[] = [];
    for (;;) {
      this.#skipSpace();
      if (open.length === 0 && this.#end(print)) return tokens;
      if (this.#at >= this.#source.length) {
        throw new Problem('tagNotClosed', { tag: print ? '{{' : '{%', end: print ? '}}' : '%}' }, line);
      }
      const token = this.#token(tokens.at(-1));
      this.#balance(token, open);
      tokens.push(token);
    }
  }

  /** Whether the tag ends here; `-` before the end takes the white space behind it. */
  #end(print: boolean): boolean {
    const [mark, signs] = print ? ['}}', ['-', '']] : ['%}', ['-', '+', '']];
    const sign = signs.find((one) => this.#source.startsWith(one + mark, this.#at));
    if (sign === undefined) return false;
    this.#moveTo(this.#at + sign.length + mark.length);
    if (sign === '-') this.#skipSpace();
    return true;
  }

  #token(before: Token | undefined): Token {
    const number = (before?.type !== 'Dot' && this.#match(float)) || this.#match(integer);
    if (number) return this.#take('NumericLiteral', number[0], decimal(number[0]));
    const word = this.#match(name);
    if (word) return this.#take('Identifier', word[0], word[0].normalize('NFKC'));
    const quote = this.#source[this.#at];
    if (quote === '"' || quote === "'") return this.#string(quote);
    const sign = this.#match(operator);
    if (!sign)
      throw new Problem('unexpected', { text: this.#source.slice(this.#at, this.#at + 1) }, this.#line);
    return this.#take(kinds[sign[0]] ?? 'AdditiveBinaryOperator', sign[0], sign[0]);
  }

  #string(quote: string): Token {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote) {
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    if (end >= this.#source.length) throw new Problem('textNotClosed', {}, this.#line);
    const written = this.#source.slice(this.#at, end + 1);
    return this.#take('StringLiteral', written, unescape(written.slice(1, -1), this.#line));
  }

  #balance(token: Token, open: string[]): void {
    const closer = closers[token.value];
    if (token.type.startsWith('Open') && closer) {
      open.push(closer);
      if (open.length > MAX_NESTING) throw new Problem('tooDeep', { limit: MAX_NESTING }, token.line);
    } else if (token.type.startsWith('Close') && open.pop() !== token.value) {
      throw new Problem('unexpected', { text: token.value }, token.line);
    }
  }

  #take(type: Kind, written: string, value: string): Token {
    const token = { type, value, line: this.#line };
    this.#moveTo(this.#at + written.length);
    return token;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source);
  }

  #skipSpace(): void {
    const found = this.#match(spaces);
    if (found) this.#moveTo(this.#at + found[0].length);
  }

  #moveTo(at: number): void {
    for (let index = this.#at; index < at; index++) if (this.#source[index] === '\n') this.#line++;
    this.#at = at;
  }
}

/** Without the white space at the end; a loop, because an expression would try every run of spaces. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/** Whether a character is white space to Python. */
export function isSpace(character: string): boolean {
  return spaceCharacter.test(character);
}
const spaceCharacter = new RegExp(`^${SPACE}$`);

/** A number of Python's notation in that of the parser: decimal, with a point if it is no integer. */
function decimal(written: string): string {
  const plain = written.replaceAll('_', '').toLowerCase();
  if (/^0[box]/.test(plain)) return BigInt(plain).toString();
  if (!/[.e]/.test(plain)) return plain;
  return /\./.test(plain) ? plain : plain.replace('e', '.0e');
}
