/** Puts statements into words that the library's parser knows, and sees that blocks begin and end in pairs. */
import type { Token } from './lexer';
import { MAX_BRANCHES, MAX_NESTING } from './limits';
import { Problem } from './problem';
import { call, matching, rewrite, rooted, splitAt, token } from './rewrite';

interface Open {
  tag: string;
  line: number;
  /** `else` was there. */
  last?: boolean;
  /** How many `elif` there were. */
  branches: number;
}

/** Statements of Jinja2 that need other templates or an extension. */
const unsupported = new Set('include import from extends do break continue trans pluralize debug'.split(' '));

/** The blocks that are open while a template is read from its beginning to its end. */
export class Blocks {
  readonly #open: Open[] = [];

  /** A statement in the parser's words. */
  read(tokens: Token[], line: number): Token[] {
    const [first, ...rest] = tokens;
    if (first?.type !== 'Identifier') throw new Problem('tagMissing', {}, line);
    const tag = first.value;
    if (Object.hasOwn(openers, tag)) return this.#begin(tag, rest, line);
    if (tag === 'else' || tag === 'elif') return this.#otherwise(tag, rest, line);
    if (tag.startsWith('end') && Object.hasOwn(openers, tag.slice(3))) return this.#close(tag, rest, line);
    throw new Problem(unsupported.has(tag) ? 'tagNotSupported' : 'tagUnknown', { tag }, line);
  }

  /** @throws {Problem} if a block is still open */
  end(): void {
    const open = this.#open.at(-1);
    if (open) throw new Problem('notClosed', { tag: open.tag, end: `end${open.tag}` }, open.line);
  }

  #begin(tag: string, rest: Token[], line: number): Token[] {
    const { head, single } = openers[tag](rest, line);
    if (!single) this.#open.push({ tag, line, branches: 0 });
    if (this.#open.length > MAX_NESTING) throw new Problem('tooDeep', { limit: MAX_NESTING }, line);
    return statement(head, line);
  }

  #otherwise(tag: string, rest: Token[], line: number): Token[] {
    const open = this.#open.at(-1);
    const fits = open && !open.last && (open.tag === 'if' || (open.tag === 'for' && tag === 'else'));
    if (!fits) throw new Problem('tagMisplaced', { tag }, line);
    if (++open.branches > MAX_BRANCHES) throw new Problem('tooManyParts', {}, line);
    if (tag === 'elif') return statement([name('elif', line), ...rooted(rest, line)], line);
    if (rest.length > 0) throw new Problem('unexpected', { text: rest[0].value }, line);
    open.last = true;
    return statement([name('else', line)], line);
  }

  #close(tag: string, rest: Token[], line: number): Token[] {
    const open = this.#open.pop();
    if (!open) throw new Problem('tagMisplaced', { tag }, line);
    if (tag !== `end${open.tag}`) {
      throw new Problem('wrongEnd', { tag, open: open.tag, openLine: open.line }, line);
    }
    if (rest.length > (tag === 'endblock' ? 1 : 0)) {
      throw new Problem('unexpected', { text: rest[0].value }, line);
    }
    return statement([name(ends[open.tag] ?? tag, line)], line);
  }
}

interface Opened {
  head: Token[];
  /** The statement has no body: `{% set x = 1 %}`. */
  single?: boolean;
}

/** Blocks that are written as a call with a body. */
const ends: Partial<Record<string, string>> = {
  filter: 'endcall',
  with: 'endcall',
  autoescape: 'endcall',
  block: 'endcall',
};

const openers: Record<string, (rest: Token[], line: number) => Opened> = {
  if: (rest, line) => ({ head: [name('if', line), ...rooted(rest, line)] }),
  for: forLoop,
  set,
  macro: (rest, line) => ({ head: [name('macro', line), ...macroHead(rest, line)] }),
  call: callBlock,
  filter: (rest, line) => {
    const body = [name('body:', line), token('Pipe', '|', line), ...rest];
    return { head: block(call('filter', [rooted(body, line)], line), line) };
  },
  with: (rest, line) => ({ head: block(call('with', assignments(rest, line), line), line) }),
  autoescape: (rest, line) => ({ head: block(call('autoescape', [rooted(rest, line)], line), line) }),
  block: (rest, line) => {
    const [title, ...flags] = rest;
    const known = flags.every(({ value }) => value === 'scoped' || value === 'required');
    if (title?.type !== 'Identifier' || !known) throw new Problem('nameMissing', { tag: 'block' }, line);
    const text = token('StringLiteral', title.value, line);
    const scoped = token('NumericLiteral', flags.some(({ value }) => value === 'scoped') ? '1' : '0', line);
    return { head: block(call('block', [[text], [scoped]], line), line) };
  },
};

/** `{% for x in list if condition recursive %}` becomes `for x in loop:(list, condition, 1)`. */
function forLoop(rest: Token[], line: number): Opened {
  const [target, ...behind] = splitAt(rest, ({ type, value }) => type === 'Identifier' && value === 'in');
  if (behind.length === 0 || target.length === 0) throw new Problem('forWithoutIn', {}, line);
  let over = rest.slice(target.length + 1);
  const recursive = over.length > 1 && over.at(-1)?.value === 'recursive' && over.at(-2)?.type !== 'Dot';
  if (recursive) over = over.slice(0, -1);
  const isIf = ({ type, value }: Token, at: number) =>
    type === 'Identifier' && value === 'if' && over[at - 1]?.type !== 'Dot';
  const [list] = splitAt(over, isIf);
  const condition = over.slice(list.length + 1);
  if (list.length < over.length && condition.length === 0) throw new Problem('expressionMissing', {}, line);
  const always = [token('Identifier', 'true', line)];
  const args = [
    rooted(list, line),
    condition.length > 0 ? rooted(condition, line) : always,
    [token('NumericLiteral', `${recursive ? 1 : 0}${condition.length > 0 ? 1 : 0}`, line)],
  ];
  return { head: [name('for', line), ...target, name('in', line), ...call('loop', args, line)] };
}

/** `{% set x = value %}`, or a block `{% set x | filter %}`. */
function set(rest: Token[], line: number): Opened {
  const [target, ...values] = splitAt(rest, ({ type }) => type === 'Equals');
  if (target.length === 0) throw new Problem('nameMissing', { tag: 'set' }, line);
  if (values.length === 0) return { head: [name('set', line), ...rewrite(target)] };
  const value = rooted(rest.slice(target.length + 1), line);
  const equals = token('Equals', '=', line);
  return { head: [name('set', line), ...target, equals, ...value], single: true };
}

function macroHead(rest: Token[], line: number): Token[] {
  const [title, bracket] = rest;
  if (title?.type !== 'Identifier' || bracket?.type !== 'OpenParen') {
    throw new Problem('nameMissing', { tag: 'macro' }, line);
  }
  return rewrite(rest);
}

/** `{% call(x) macro(y) %}` becomes `call (x) call:(macro(y))`: the parser takes only plain names there. */
function callBlock(rest: Token[], line: number): Opened {
  const names = rest[0]?.type === 'OpenParen' ? matching(rest, 0) + 1 : 0;
  const params = names > 0 ? [rest[0], ...rewrite(rest.slice(1, names - 1)), rest[names - 1]] : [];
  return { head: [name('call', line), ...params, ...call('call', [rooted(rest.slice(names), line)], line)] };
}

/** `a = 1, b = 2` as named arguments. */
function assignments(rest: Token[], line: number): Token[][] {
  if (rest.length === 0) return [];
  return splitAt(rest, ({ type }) => type === 'Comma').map((part) => {
    const [target, equals, ...value] = part;
    if (target?.type !== 'Identifier' || equals?.type !== 'Equals') {
      throw new Problem('nameMissing', { tag: 'with' }, line);
    }
    return [target, equals, ...rooted(value, line)];
  });
}

function block(head: Token[], line: number): Token[] {
  return [name('call', line), ...head];
}

function name(value: string, line: number): Token {
  return token('Identifier', value, line);
}

function statement(head: Token[], line: number): Token[] {
  return [token('OpenStatement', '{%', line), ...head, token('CloseStatement', '%}', line)];
}
