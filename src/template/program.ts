/** Turns the statements of the tree into functions. */
import { callCaller } from './call-block';
import type { Compiler, Statement } from './compile';
import { compileExpression } from './expressions';
import type { Frame } from './frame';
import { Output } from './frame';
import type { CallTree, StatementTree, Tree } from './library';
import { compileLoop } from './loop';
import { compileMacro } from './macro';
import { printed } from './operators';
import { compileTarget } from './target';
import { isTrue, Markup } from './values';

type Of<T extends StatementTree['type']> = Extract<StatementTree, { type: T }>;

/** Statements and text one after the other. */
export function compileBody(trees: readonly Tree[], compiler: Compiler): Statement {
  const statements = trees.map((tree) => compileStatement(tree, compiler));
  return (frame) => {
    for (const statement of statements) statement(frame);
  };
}

function compileStatement(tree: Tree, compiler: Compiler): Statement {
  switch (tree.type) {
    case 'StringLiteral':
      return (frame) => frame.out.write(tree.value);
    case 'If':
      return condition(tree, compiler);
    case 'For':
      return compileLoop(tree, compiler, compileBody);
    case 'Set':
      return set(tree, compiler);
    case 'Macro':
      return macro(tree, compiler);
    case 'CallStatement':
      return callStatement(tree, compiler);
    default: {
      const value = compileExpression(tree, compiler);
      return (frame) => {
        frame.rt.budget.spend();
        const shown = value(frame);
        frame.out.write(printed(frame.rt, shown));
      };
    }
  }
}

function condition(tree: Of<'If'>, compiler: Compiler): Statement {
  const test = compileExpression(tree.test, compiler);
  const [yes, no] = compiler.inCondition(() => [
    compileBody(tree.body, compiler),
    compileBody(tree.alternate, compiler),
  ]);
  return (frame) => {
    frame.rt.budget.spend();
    return isTrue(test(frame)) ? yes(frame) : no(frame);
  };
}

function macro(tree: Of<'Macro'>, compiler: Compiler): Statement {
  const title = tree.name.value;
  const make = compileMacro(title, tree.args, tree.body, compiler, compileBody);
  return (frame) => frame.set(title, make(frame));
}

/** `{% set x = value %}`; or what a block writes, through its filters. */
function set(tree: Of<'Set'>, compiler: Compiler): Statement {
  if (tree.value) {
    const assign = compileTarget(tree.assignee, compiler);
    const value = compileExpression(tree.value, compiler);
    return (frame) => assign(frame, value(frame));
  }
  const { target, filtered } = splitFilters(tree.assignee);
  const assign = compileTarget(target, compiler);
  const value = compileExpression(filtered, compiler);
  const body = compileBody(tree.body, compiler);
  return (frame) => assign(frame, value(withBody(frame, body)));
}

/** Of `x | upper | trim` the name x, and the filters applied to the text of the block. */
function splitFilters(tree: Tree): { target: Tree; filtered: Tree } {
  if (tree.type !== 'FilterExpression')
    return { target: tree, filtered: { type: 'Identifier', value: 'body:' } };
  const { target, filtered } = splitFilters(tree.operand);
  return { target, filtered: { ...tree, operand: filtered } };
}

/** A scope in which `body:` is what a block writes. */
function withBody(frame: Frame, body: Statement): Frame {
  const inner = frame.inner(new Output(frame.rt.budget));
  body(inner);
  const text = inner.out.text();
  const scope = frame.inner();
  scope.set('body:', frame.rt.autoescape ? new Markup(text) : text);
  return scope;
}

/** A call with a body; or a statement that `statements.ts` wrote as one. */
function callStatement(tree: Of<'CallStatement'>, compiler: Compiler): Statement {
  const title = tree.call.callee.type === 'Identifier' ? tree.call.callee.value : '';
  if (title === 'call:') return callCaller(tree, compiler, compileBody);
  if (title === 'filter:') return filterBlock(tree.call, tree.body, compiler);
  if (title === 'with:') return withBlock(tree.call, tree.body, compiler);
  if (title === 'autoescape:') return autoescape(tree.call, tree.body, compiler);
  return block(tree.call, tree.body, compiler);
}

function filterBlock({ args }: CallTree, trees: Tree[], compiler: Compiler): Statement {
  const value = compileExpression(args[0], compiler);
  const body = compileBody(trees, compiler);
  return (frame) => frame.out.write(printed(frame.rt, value(withBody(frame, body))));
}

function withBlock({ args }: CallTree, trees: Tree[], compiler: Compiler): Statement {
  const values = args.map((arg) => {
    if (arg.type !== 'KeywordArgumentExpression') throw compiler.unexpected(arg);
    return { name: arg.key.value, value: compileExpression(arg.value, compiler) };
  });
  const body = compileBody(trees, compiler);
  return (frame) => {
    const inner = frame.inner();
    for (const { name, value } of values) inner.set(name, value(frame));
    body(inner);
  };
}

function autoescape({ args }: CallTree, trees: Tree[], compiler: Compiler): Statement {
  const wanted = compileExpression(args[0], compiler);
  const body = compileBody(trees, compiler);
  return (frame) => {
    const { rt } = frame;
    const before = rt.autoescape;
    rt.autoescape = isTrue(wanted(frame));
    body(frame.inner());
    rt.autoescape = before;
  };
}

/** A block is written where it stands; other templates cannot replace it. */
function block({ args }: CallTree, trees: Tree[], compiler: Compiler): Statement {
  const [title, scoped] = args;
  if (title?.type !== 'StringLiteral' || scoped?.type !== 'IntegerLiteral')
    throw compiler.unexpected(args[0]);
  if (compiler.blocks.has(title.value)) throw compiler.fail('blockTwice', { name: title.value });
  compiler.blocks.set(title.value, () => undefined);
  const body = compileBody(trees, compiler);
  compiler.blocks.set(title.value, (frame) => body(frame.root().inner(frame.out)));
  const outer = scoped.value === 0;
  return (frame) => body(outer ? frame.root().inner(frame.out) : frame.inner());
}
