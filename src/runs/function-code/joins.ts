import type { AnyNode } from 'acorn';
import type { Names } from './names';
import { childrenOf, isFunction, propertyName } from './syntax';

/**
 * Whether all promises of a variable are awaited: it is a constant, the block that declares it awaits it further
 * down (`await p`, `await Promise.all(p)`, `await Promise.all([p, q])`, or returns it so), nothing between leaves
 * the block, and nothing is added to it afterwards.
 */
export function joins(names: Names, name: string): boolean {
  if (!names.boundOnce(name) || names.isAssigned(name)) return false;
  const list = names.blockOf(name);
  const from = list.findIndex((statement) => declares(statement, name));
  const to = list.findIndex((statement, at) => at > from && awaits(statement, name));
  if (to < 0) return false;
  const between = list.slice(from + 1, to);
  const after = list.slice(to + 1);
  return (
    !between.some((statement) => leaves(statement)) &&
    !after.some((statement) => uses(statement, name)) &&
    onlyAddedInside(list.slice(from, to), name)
  );
}

function declares(statement: AnyNode, name: string): boolean {
  if (statement.type !== 'VariableDeclaration') return false;
  return statement.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name);
}

/** Whether the statement is one that waits for the variable whatever else happens. */
function awaits(statement: AnyNode, name: string): boolean {
  switch (statement.type) {
    case 'ExpressionStatement':
      return isAwait(statement.expression, name);
    case 'VariableDeclaration':
      return statement.declarations.some(({ init }) => init && isAwait(init, name));
    case 'ReturnStatement':
      return Boolean(
        statement.argument && (isAwait(statement.argument, name) || isAll(statement.argument, name)),
      );
    default:
      return false;
  }
}

function isAwait(node: AnyNode, name: string): boolean {
  if (node.type === 'AssignmentExpression') return node.operator === '=' && isAwait(node.right, name);
  return node.type === 'AwaitExpression' && isAll(node.argument, name);
}

function isAll(node: AnyNode, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name;
  if (node.type === 'ArrayExpression')
    return node.elements.some(
      (part) => part && (isAll(part, name) || (part.type === 'SpreadElement' && isAll(part.argument, name))),
    );
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { object } = node.callee;
  const all = /^(all|allSettled)$/.test(propertyName(node.callee) ?? '');
  return all && object.type === 'Identifier' && object.name === 'Promise' && isAll(node.arguments[0], name);
}

/** Whether the statement may leave the block it stands in; `break` and `continue` of a loop inside it do not. */
function leaves(node: AnyNode, inLoop = false): boolean {
  if (isFunction(node)) return false;
  if (node.type === 'ReturnStatement' || node.type === 'ThrowStatement') return true;
  if (node.type === 'BreakStatement' || node.type === 'ContinueStatement')
    return !inLoop || Boolean(node.label);
  const loop = inLoop || /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
  return childrenOf(node).some((child) => leaves(child, loop));
}

/** Whether the code uses the variable for more than its length. */
function uses(node: AnyNode, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name;
  if (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    propertyName(node) === 'length'
  )
    return false;
  return childrenOf(node).some((child) => uses(child, name));
}

/** Functions that are called further down must not add to it: only those of array methods may use it. */
function onlyAddedInside(statements: AnyNode[], name: string): boolean {
  return statements.every(check);

  function check(node: AnyNode): boolean {
    if (isFunction(node)) return !uses(node, name);
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression')
      return childrenOf(node).every(check);
    const direct = propertyName(node.callee) === 'forEach';
    return (
      check(node.callee) &&
      node.arguments.every((part) => (direct && isFunction(part) ? check(part.body) : check(part)))
    );
  }
}
