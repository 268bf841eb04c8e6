import type { AnyNode } from 'acorn';
import { callValue, newValue } from './calls';
import {
  BUILT_IN,
  CONSTANTS,
  FORBIDDEN,
  FORBIDDEN_PROPERTIES,
  INTERFACES,
  NODE_PROPERTIES,
  isLanguage,
} from './known';
import type { Proof } from './proof';
import { type FunctionNode } from './syntax';
import { NotProved } from './unproved';
import {
  FOREIGN,
  inside,
  KEEPS_NOTHING,
  LATER,
  PENDING,
  partOf,
  plain,
  STORED,
  literalText,
  union,
  valueOf,
  type Value,
} from './values';

/** What an expression may be. `Proof` counts the step. */
export function evaluate(proof: Proof, node: AnyNode): Value {
  switch (node.type) {
    case 'Identifier':
      return identifier(proof, node.name);
    case 'TemplateLiteral':
      return literalText(union([plain, ...node.expressions.map((part) => proof.plain(part))]));
    case 'TaggedTemplateExpression':
      return callValue(proof, node.tag, node.quasi.expressions);
    case 'ArrayExpression':
      return inside(union([plain, ...node.elements.map((part) => (part ? proof.evaluate(part) : plain))]));
    case 'ObjectExpression':
      return inside(union([plain, ...node.properties.map((part) => property(proof, part))]));
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return functionValue(proof, node);
    case 'ClassExpression':
      return classValue(proof, node);
    case 'AssignmentExpression':
      return assignment(proof, node);
    case 'LogicalExpression':
      return logical(proof, node);
    case 'ConditionalExpression':
      return conditional(proof, node);
    case 'CallExpression':
      return callValue(proof, node.callee, node.arguments);
    case 'NewExpression':
      return newValue(proof, node.callee, node.arguments);
    case 'ChainExpression':
      return proof.evaluate(node.expression);
    case 'MemberExpression':
      return member(proof, node);
    case 'SequenceExpression':
      node.expressions.slice(0, -1).forEach((part) => proof.plain(part));
      return proof.evaluate(node.expressions[node.expressions.length - 1]);
    case 'SpreadElement':
      return partOf(proof.plain(node.argument));
    case 'AwaitExpression':
      return awaited(proof.evaluate(node.argument));
    case 'YieldExpression':
      if (node.argument) proof.giveBack(proof.plain(node.argument));
      return proof.variables.read(proof.anywhere);
    case 'BinaryExpression':
      return binary(proof, node);
    case 'UpdateExpression':
      proof.plain(node.argument);
      return plain;
    case 'UnaryExpression':
      if (node.operator !== 'typeof' || node.argument.type !== 'Identifier') proof.plain(node.argument);
      return plain;
    case 'ImportExpression':
      proof.plain(node.source);
      return valueOf(FOREIGN);
    case 'ThisExpression':
    case 'Super':
      if (proof.classes === 0) throw new NotProved('unknownCode');
      return proof.instance;
    case 'Literal':
    case 'MetaProperty':
    case 'PrivateIdentifier':
      return plain;
    default:
      throw new NotProved('unknownCode');
  }
}

function identifier(proof: Proof, name: string): Value {
  if (INTERFACES.has(name)) throw new NotProved('handsOn');
  if (FORBIDDEN.has(name)) throw new NotProved('unknownCode');
  const fn = proof.names.functionOf(name);
  if (proof.rejects.has(name)) throw new NotProved('throwsNothing');
  if (fn) return union([functionValue(proof, fn), proof.variables.read(proof.variable(name))]);
  if (proof.names.isBound(name)) return proof.variables.read(proof.variable(name));
  if (CONSTANTS.has(name)) return plain;
  if (name === 'Promise') throw new NotProved('unknownCode');
  const module = proof.surroundings.modules.get(name);
  if (module) return valueOf(module.keepsNothing ? FOREIGN | KEEPS_NOTHING : FOREIGN);
  if (isLanguage(name)) return valueOf(FOREIGN);
  return valueOf(STORED | FOREIGN);
}

/** A function that is handed on as a value: it may be called any time, and keeps what it can reach. */
export function functionValue(proof: Proof, fn: FunctionNode): Value {
  if (proof.acts(fn)) throw new NotProved('sendsLater');
  proof.escape(fn);
  const reached = proof.names.usedIn(fn).filter((name) => proof.names.isBound(name) && !INTERFACES.has(name));
  proof.step(reached.length);
  const values = [...new Set(reached)].map((name) => proof.variables.read(proof.variable(name)));
  return inside(union([plain, ...values]));
}

export function classValue(
  proof: Proof,
  node: AnyNode & { type: 'ClassExpression' | 'ClassDeclaration' },
): Value {
  if (proof.names.actsIn(node)) throw new NotProved('sendsLater');
  const parent = node.superClass ? proof.plain(node.superClass) : plain;
  proof.classes++;
  for (const part of node.body.body) {
    if (part.type === 'StaticBlock') part.body.forEach((statement) => proof.execute(statement));
    else {
      if (part.computed) proof.plain(part.key);
      if (part.value) proof.put(proof.instance, proof.plain(part.value));
    }
  }
  proof.classes--;
  return union([parent, proof.instance]);
}

function property(proof: Proof, node: AnyNode): Value {
  if (node.type !== 'Property') return partOf(proof.evaluate(node));
  const name = proof.keyOf(node);
  if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
  const value = proof.plain(node.value);
  proof.noteNamed(name, value);
  return value;
}

function member(proof: Proof, node: AnyNode & { type: 'MemberExpression' }): Value {
  const name = proof.keyOf(node);
  if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
  const { object } = node;
  if (object.type === 'Identifier' && object.name === 'node' && NODE_PROPERTIES.has(name ?? '')) return plain;
  if (object.type === 'Identifier' && name !== undefined && proof.isVariable(object.name)) {
    const variable = proof.variable(object.name);
    const value = proof.variables.read(variable, name);
    // The message was put into it under a name that nobody knows.
    return variable.touched.has('') ? partOf(value) : proof.partNamed(value, name);
  }
  if (object.type === 'Identifier' && object.name === 'RegExp') throw new NotProved('unknownCode'); // RegExp.$1
  const value = proof.evaluate(object);
  if (value.bits & PENDING) throw new NotProved('sendsLater');
  if (name === 'length') return plain;
  return proof.partNamed(value, name);
}

function binary(proof: Proof, node: AnyNode & { type: 'BinaryExpression' }): Value {
  const left = proof.plain(node.left);
  if (node.operator === 'instanceof' && node.right.type === 'Identifier' && BUILT_IN.has(node.right.name))
    return plain;
  const right = proof.plain(node.right);
  return node.operator === '+' ? literalText(union([left, right])) : plain;
}

function logical(proof: Proof, node: AnyNode & { type: 'LogicalExpression' }): Value {
  // A promise is something: behind `&&` nobody has it any more.
  const left = node.operator === '&&' ? proof.plain(node.left) : proof.evaluate(node.left);
  let right = plain;
  const evaluate = () => void (right = proof.evaluate(node.right));
  if (node.operator === '&&') proof.throws.guarded(node.left, evaluate);
  else evaluate();
  return union([left, right]);
}

function conditional(proof: Proof, node: AnyNode & { type: 'ConditionalExpression' }): Value {
  proof.plain(node.test);
  let then = plain;
  proof.throws.guarded(node.test, () => void (then = proof.evaluate(node.consequent)));
  return union([then, proof.evaluate(node.alternate)]);
}

function assignment(proof: Proof, node: AnyNode & { type: 'AssignmentExpression' }): Value {
  let value = proof.plain(node.right);
  if (node.operator === '+=') value = literalText(value);
  else if (!/^(=|\|\|=|&&=|\?\?=)$/.test(node.operator)) value = plain;
  proof.assign(node.left, value);
  return value;
}

/** What a promise gives; a module that keeps nothing gives data. */
function awaited(value: Value): Value {
  const foreign = value.bits & KEEPS_NOTHING ? FOREIGN | KEEPS_NOTHING : 0;
  return { ...value, bits: value.bits & ~(LATER | foreign) };
}
