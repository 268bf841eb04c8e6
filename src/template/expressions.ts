/** Turns expressions of the tree into functions. */
import { attributeOf, callValue, itemOf } from './access';
import { compileArguments } from './call-arguments';
import type { Arguments } from './call-arguments';
import type { Compiler, Expression } from './compile';
import { filters } from './filters';
import { newList } from './iterate';
import type { CallTree, Tree } from './library';
import { operations, signed } from './operators';
import { Problem } from './problem';
import { ranked } from './ranking';
import { compileSlice } from './slices';
import { tests } from './tests';
import type { Applied } from './values';
import { Dict, Float, isTrue, Tuple, Undefined } from './values';

type Of<T extends Tree['type']> = Extract<Tree, { type: T }>;

const constants = new Map<string, unknown>([
  ...['true', 'True'].map((name): [string, unknown] => [name, true]),
  ...['false', 'False'].map((name): [string, unknown] => [name, false]),
  ...['none', 'None'].map((name): [string, unknown] => [name, null]),
]);

export function compileExpression(tree: Tree, compiler: Compiler): Expression {
  const read = (one: Tree) => compileExpression(one, compiler);
  switch (tree.type) {
    case 'Identifier':
      return name(tree.value, compiler);
    case 'IntegerLiteral':
    case 'StringLiteral':
      return constant(tree.value);
    case 'FloatLiteral':
      return constant(Number.isInteger(tree.value) ? new Float(tree.value) : tree.value);
    case 'ArrayLiteral': {
      const items = tree.value.map(read);
      return (frame) =>
        newList(
          frame.rt,
          items.map((item) => item(frame)),
        );
    }
    case 'ObjectLiteral':
      return dict(tree, compiler);
    case 'MemberExpression':
      return member(tree, compiler);
    case 'CallExpression':
      return call(tree, compiler);
    case 'FilterExpression':
      return filterOrTest(tree, compiler);
    case 'BinaryExpression':
      return binary(tree, compiler);
    case 'UnaryExpression':
      return unary(tree, compiler);
    case 'Ternary':
      return choice(tree.condition, tree.trueExpr, tree.falseExpr, compiler);
    case 'SelectExpression':
      return choice(tree.test, tree.lhs, undefined, compiler);
    default:
      throw compiler.unexpected(tree);
  }
}

function constant(value: unknown): Expression {
  return () => value;
}

function name(value: string, compiler: Compiler): Expression {
  if (constants.has(value)) return constant(constants.get(value));
  compiler.names.add(value);
  return (frame) => frame.get(value);
}

function dict(tree: Of<'ObjectLiteral'>, compiler: Compiler): Expression {
  const pairs = [...tree.value].map(([key, value]) => [
    compileExpression(key, compiler),
    compileExpression(value, compiler),
  ]);
  return (frame) => {
    frame.rt.budget.spend(pairs.length);
    const made = Dict.of(pairs.map(([key, value]) => [key(frame), value(frame)] as const));
    frame.rt.owned.add(made);
    return made;
  };
}

function member(tree: Of<'MemberExpression'>, compiler: Compiler): Expression {
  const object = compileExpression(tree.object, compiler);
  const { property } = tree;
  const path = pathOf(tree);
  if (property.type === 'SliceExpression') {
    return compileSlice(object, property, (one) => compileExpression(one, compiler));
  }
  if (!tree.computed && property.type === 'Identifier') {
    return (frame) => attributeOf(frame.rt, object(frame), property.value, path);
  }
  const key = compileExpression(property, compiler);
  return (frame) => {
    frame.rt.budget.spend();
    return itemOf(frame.rt, object(frame), key(frame), path);
  };
}

/** How a template names an entry, such as `Event.Galaxy[0].name`; undefined for what comes from a call or a filter. */
function pathOf(tree: Tree): string | undefined {
  if (tree.type === 'Identifier') return tree.value;
  if (tree.type !== 'MemberExpression') return undefined;
  const [owner, { property, computed }] = [pathOf(tree.object), tree];
  if (owner === undefined) return undefined;
  if (!computed && property.type === 'Identifier') return `${owner}.${property.value}`;
  if (property.type === 'IntegerLiteral') return `${owner}[${property.value}]`;
  if (property.type === 'StringLiteral') return `${owner}[${JSON.stringify(property.value)}]`;
  const key = property.type === 'Identifier' ? property.value : undefined;
  return key === undefined ? undefined : `${owner}[${key}]`;
}

/** A call, or one of the marks of `rewrite.ts`. */
function call(tree: CallTree, compiler: Compiler): Expression {
  const { callee } = tree;
  if (callee.type === 'Identifier' && callee.value.endsWith(':')) return mark(callee.value, tree, compiler);
  const target = compileExpression(callee, compiler);
  const args = compileArguments(tree.args, compiler, compileExpression);
  return (frame) => {
    const fn = target(frame);
    const [list, named] = args(frame);
    return callValue(frame.rt, fn, list, named);
  };
}

function mark(title: string, tree: CallTree, compiler: Compiler): Expression {
  const [first, second] = tree.args;
  if (title === 'tuple:') {
    const items = tree.args.map((one) => compileExpression(one, compiler));
    return (frame) => {
      frame.rt.budget.spend(items.length);
      return new Tuple(items.map((item) => item(frame)));
    };
  }
  if (title === 'group:' && first) return compileExpression(first, compiler);
  if (title !== 'at:' || first?.type !== 'IntegerLiteral' || !second) throw compiler.unexpected(tree);
  const line = (compiler.line = first.value);
  const value = compileExpression(second, compiler);
  return (frame) => {
    frame.rt.line = line;
    return value(frame);
  };
}

function filterOrTest(tree: Of<'FilterExpression'>, compiler: Compiler): Expression {
  const { filter } = tree;
  if (filter.type === 'CallExpression' && filter.callee.type === 'CallExpression') {
    const callee: Tree = { ...tree, filter: filter.callee };
    return call({ type: 'CallExpression', callee, args: filter.args }, compiler);
  }
  const title = filter.type === 'CallExpression' ? filter.callee : filter;
  if (title.type !== 'Identifier') throw compiler.unexpected(title);
  const operand = compileExpression(tree.operand, compiler);
  const args = compileArguments(
    filter.type === 'CallExpression' ? filter.args : [],
    compiler,
    compileExpression,
  );
  const [kind, test] = title.value.split(':');
  if (test === undefined || test === '')
    return applied(filters, 'filterUnknown', title.value, operand, args, compiler);
  const check = applied(tests, 'testUnknown', test, operand, args, compiler);
  return kind === 'not' ? (frame) => check(frame) !== true : check;
}

function applied<T>(
  known: ReadonlyMap<string, Applied<T>>,
  unknownCause: 'filterUnknown' | 'testUnknown',
  title: string,
  operand: Expression,
  args: Arguments,
  compiler: Compiler,
): Expression {
  const run = known.get(title);
  if (!run && compiler.conditional === 0) throw compiler.fail(unknownCause, { name: title });
  return (frame) => {
    if (!run) throw new Problem(unknownCause, { name: title });
    frame.rt.budget.spend();
    const value = operand(frame);
    const [list, named] = args(frame);
    return run(frame.rt, value, list, named);
  };
}

function choice(condition: Tree, yes: Tree, no: Tree | undefined, compiler: Compiler): Expression {
  const test = compileExpression(condition, compiler);
  return compiler.inCondition(() => {
    const first = compileExpression(yes, compiler);
    const second = no ? compileExpression(no, compiler) : constant(new Undefined('else'));
    return (frame) => (isTrue(test(frame)) ? first(frame) : second(frame));
  });
}

function unary(tree: Of<'UnaryExpression'>, compiler: Compiler): Expression {
  const argument = compileExpression(tree.argument, compiler);
  const sign = tree.operator.value;
  if (sign === 'not') return (frame) => !isTrue(argument(frame));
  return (frame) => signed(argument(frame), sign);
}

function binary(tree: Of<'BinaryExpression'>, compiler: Compiler): Expression {
  const { value } = tree.operator;
  if (value === 'and' || value === 'or') return logical(tree, value === 'and', compiler);
  const trees: Tree[] = [];
  const signs: string[] = [];
  let left: Tree = tree;
  while (left.type === 'BinaryExpression' && operations[left.operator.value]) {
    trees.push(left.right);
    signs.push(left.operator.value);
    left = left.left;
  }
  signs.reverse();
  const operands = [left, ...trees.reverse()].map((one) => compileExpression(one, compiler));
  return ranked(operands, signs);
}

function logical(tree: Of<'BinaryExpression'>, all: boolean, compiler: Compiler): Expression {
  const left = compileExpression(tree.left, compiler);
  const right = compileExpression(tree.right, compiler);
  return (frame) => {
    const value = left(frame);
    return isTrue(value) === all ? right(frame) : value;
  };
}
