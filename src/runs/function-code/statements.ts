import type { AnyNode, Expression, Pattern } from 'acorn';
import { classValue, functionValue } from './expressions';
import type { Proof } from './proof';
import { childrenOf, type FunctionNode } from './syntax';
import { NotProved } from './unproved';
import { PENDING, partOf, plain, type Value } from './values';

/** Follows what a statement does. */
export function execute(proof: Proof, node: AnyNode): void {
  switch (node.type) {
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations) if (init) declare(proof, id, init);
      return;
    case 'FunctionDeclaration':
      if (proof.names.functionOf(node.id?.name ?? '') !== node) functionValue(proof, node);
      else proof.visit(node);
      return;
    case 'ClassDeclaration':
      return proof.assign(node.id as Pattern, classValue(proof, node));
    case 'ExpressionStatement':
      return void proof.plain(node.expression);
    case 'ReturnStatement':
      if (node.argument) proof.giveBack(proof.evaluate(node.argument));
      return;
    case 'ThrowStatement':
      if (!proof.throws.isSomething(node.argument)) throw new NotProved('throwsNothing');
      proof.variables.add(proof.anywhere, proof.plain(node.argument));
      return;
    case 'IfStatement':
      proof.plain(node.test);
      proof.throws.guarded(node.test, () => proof.execute(node.consequent));
      if (node.alternate) proof.execute(node.alternate);
      return;
    case 'ForOfStatement':
      loopOver(proof, node.left, partOf(proof.plain(node.right)));
      return proof.execute(node.body);
    case 'ForInStatement':
      proof.plain(node.right);
      loopOver(proof, node.left, plain);
      return proof.execute(node.body);
    case 'CatchClause':
      if (node.param) proof.assign(node.param, proof.variables.read(proof.anywhere));
      return proof.execute(node.body);
    case 'WithStatement':
      throw new NotProved('unknownCode');
    case 'BlockStatement':
    case 'TryStatement':
    case 'SwitchStatement':
    case 'SwitchCase':
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      for (const child of childrenOf(node)) proof.execute(child);
      return;
    case 'LabeledStatement':
      return proof.execute(node.body);
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'EmptyStatement':
    case 'DebuggerStatement':
      return;
    default:
      proof.plain(node);
  }
}

function declare(proof: Proof, id: Pattern, init: Expression): void {
  if (id.type === 'Identifier' && proof.names.functionOf(id.name) === init)
    return proof.visit(init as FunctionNode);
  const value = proof.evaluate(init);
  const pending = value.bits & PENDING;
  if (pending && id.type === 'Identifier') proof.collect(id.name, pending);
  else if (pending) throw new NotProved('sendsLater');
  proof.assign(id, { ...value, bits: value.bits & ~PENDING });
}

function loopOver(proof: Proof, left: AnyNode, value: Value): void {
  if (left.type !== 'VariableDeclaration') return proof.assign(left, value);
  for (const { id } of left.declarations) proof.assign(id, value);
}
