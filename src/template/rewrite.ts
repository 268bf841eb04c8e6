/**
 * Puts expressions of Jinja2 into words that the library's parser knows. What it lacks becomes a call or a
 * filter under a name with a colon, which no template can contain; `expressions.ts` reads them back:
 *
 * - `at:(7, x)`: the expression x, and the line it stands on;
 * - `group:(x)`, `tuple:(x, y)`: brackets that only group, because the parser forgets them;
 * - `x | is:odd`, `x | not:in(list)`: tests, which it reads only without arguments.
 *
 * All operators but `and`, `or` and `not` are given one rank here; `operators.ts` puts them in Jinja2's order.
 */
import type { Kind, Token } from './lexer';
import { Problem } from './problem';

const words = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);
const closing = { OpenParen: 1, OpenSquareBracket: 1, OpenCurlyBracket: 1 } as Partial<Record<Kind, number>>;
const opening = { CloseParen: 1, CloseSquareBracket: 1, CloseCurlyBracket: 1 } as Partial<
  Record<Kind, number>
>;
const operands = new Set<Kind>(['NumericLiteral', 'StringLiteral', 'Identifier']);

export function token(type: Kind, value: string, line: number): Token {
  return { type, value, line };
}

/** A call of one of our own names. */
export function call(name: string, args: Token[][], line: number): Token[] {
  const list = args.flatMap((arg, index) => (index === 0 ? arg : [token('Comma', ',', line), ...arg]));
  return [
    token('Identifier', `${name}:`, line),
    token('OpenParen', '(', line),
    ...list,
    token('CloseParen', ')', line),
  ];
}

/** An expression with its line; several with commas between them are a tuple, as in Python. */
export function rooted(tokens: Token[], line: number): Token[] {
  const [first] = tokens;
  if (!first) throw new Problem('expressionMissing', {}, line);
  const number = token('NumericLiteral', String(first.line), line);
  return call('at', [[number], oneOrTuple(tokens)], line);
}

function oneOrTuple(tokens: Token[]): Token[] {
  const { line } = tokens[0];
  return splitAt(tokens, (one) => one.type === 'Comma').length > 1
    ? call('tuple', [rewrite(tokens)], line)
    : rewrite(tokens);
}

/** The tokens of an expression, in the parser's words. */
export function rewrite(tokens: Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length;) at = step(tokens, at, out);
  return out;
}

/** Rewrites what stands at a position; the position behind it. */
function step(tokens: Token[], at: number, out: Token[]): number {
  const one = tokens[at];
  const afterOperand = endsOperand(tokens, at - 1);
  if (isWord(tokens, at)) return word(tokens, at, out, afterOperand);
  if (afterOperand && beginsOperand(tokens, at) && !(isText(one) && isText(tokens[at - 1]))) {
    throw new Problem('unexpected', { text: one.value.slice(0, 40) }, one.line);
  }
  if (one.type === 'OpenParen') return brackets(tokens, at, out, afterOperand);
  const spread = !afterOperand && spreads[one.value];
  out.push(spread && one.type === 'AdditiveBinaryOperator' ? { ...one, type: spread } : one);
  return at + 1;
}

/** `*list` and `**names` among arguments. */
const spreads: Partial<Record<string, Kind>> = {
  '*': 'MultiplicativeBinaryOperator',
  '**': 'ExponentiationBinaryOperator',
};

function word(tokens: Token[], at: number, out: Token[], afterOperand: boolean): number {
  const one = tokens[at];
  if (one.value === 'is') return test(tokens, at, out);
  const notIn = one.value === 'not' && afterOperand && tokens[at + 1]?.value === 'in';
  if (notIn || one.value === 'in') {
    out.push(token('AdditiveBinaryOperator', notIn ? 'not in' : 'in', one.line));
    return at + (notIn ? 2 : 1);
  }
  out.push(one);
  return at + 1;
}

/** `x is name`, `x is not name(arguments)`, `x is name argument`. */
function test(tokens: Token[], at: number, out: Token[]): number {
  const { line } = tokens[at];
  const negated = tokens[at + 1]?.value === 'not';
  const name = tokens[at + (negated ? 2 : 1)];
  if (name?.type !== 'Identifier') throw new Problem('testMissing', {}, line);
  out.push(token('Pipe', '|', line), token('Identifier', `${negated ? 'not' : 'is'}:${name.value}`, line));
  const next = at + (negated ? 3 : 2);
  if (tokens[next]?.type === 'OpenParen') return brackets(tokens, next, out, true);
  if (next >= tokens.length || isWord(tokens, next)) return next;
  if (!beginsOperand(tokens, next) && tokens[next].type !== 'OpenSquareBracket') return next;
  const end = operandEnd(tokens, next);
  const argument = rewrite(tokens.slice(next, end));
  out.push(token('OpenParen', '(', line), ...argument, token('CloseParen', ')', line));
  return end;
}

/** Round brackets: of a call, or around an expression. */
function brackets(tokens: Token[], at: number, out: Token[], ofCall: boolean): number {
  const end = matching(tokens, at);
  const inside = tokens.slice(at + 1, end);
  if (!ofCall) {
    const parts = splitAt(inside, (one) => one.type === 'Comma').length;
    out.push(token('Identifier', inside.length === 0 || parts > 1 ? 'tuple:' : 'group:', tokens[at].line));
  }
  out.push(tokens[at], ...rewrite(inside), tokens[end]);
  return end + 1;
}

/** Whether `and`, `is` and so on is meant, and not an attribute, filter or argument of that name. */
function isWord(tokens: Token[], at: number): boolean {
  const one = tokens[at];
  const before = tokens[at - 1]?.type;
  return one.type === 'Identifier' && words.has(one.value) && before !== 'Dot' && before !== 'Pipe';
}

function isText(one: Token): boolean {
  return one.type === 'StringLiteral';
}

function endsOperand(tokens: Token[], at: number): boolean {
  const one = tokens[at];
  if (!one) return false;
  return opening[one.type] !== undefined || (operands.has(one.type) && !isWord(tokens, at));
}

function beginsOperand(tokens: Token[], at: number): boolean {
  const { type } = tokens[at];
  return operands.has(type) || type === 'OpenCurlyBracket';
}

/** Behind a name, a value or a bracket, with what hangs on it: `.name`, `[...]`, `(...)`. */
function operandEnd(tokens: Token[], at: number): number {
  let end = closing[tokens[at].type] ? matching(tokens, at) + 1 : at + 1;
  for (;;) {
    const type = tokens[end]?.type;
    if (type === 'Dot') end += 2;
    else if (type === 'OpenSquareBracket' || type === 'OpenParen') end = matching(tokens, end) + 1;
    else return Math.min(end, tokens.length);
  }
}

/** The bracket that closes one; the lexer has seen to it that there is one. */
export function matching(tokens: Token[], at: number): number {
  let depth = 0;
  for (let end = at; ; end++) {
    if (closing[tokens[end].type]) depth++;
    if (opening[tokens[end].type] && --depth === 0) return end;
  }
}

/** Cuts tokens where one outside all brackets is wanted. */
export function splitAt(tokens: Token[], wanted: (one: Token, at: number) => boolean): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  tokens.forEach((one, at) => {
    if (closing[one.type]) depth++;
    if (opening[one.type]) depth--;
    if (depth === 0 && !opening[one.type] && wanted(one, at)) parts.push([]);
    else parts[parts.length - 1].push(one);
  });
  return parts;
}
