import type { AnyNode } from 'acorn';
import { FORBIDDEN, FORBIDDEN_PROPERTIES, INTERFACES, isLanguage } from './known';
import type { Proof } from './proof';
import { NotProved } from './unproved';
import { FOREIGN, inside, MESSAGE, PENDING, partOf, STORED, union, type Value } from './values';

/** Where a value goes; parts of patterns are evaluated on the way. */
export function assign(proof: Proof, target: AnyNode, value: Value): void {
  if (value.bits & PENDING) throw new NotProved('sendsLater');
  switch (target.type) {
    case 'Identifier':
      return assignName(proof, target.name, value);
    case 'MemberExpression':
      return assignMember(proof, target, value);
    case 'ObjectPattern':
      for (const entry of target.properties) {
        if (entry.type === 'RestElement') proof.assign(entry.argument, value);
        else proof.assign(entry.value, proof.partNamed(value, proof.keyOf(entry)));
      }
      return;
    case 'ArrayPattern':
      for (const entry of target.elements) if (entry) proof.assign(entry, partOf(value));
      return;
    case 'RestElement':
      return proof.assign(target.argument, inside(value));
    case 'AssignmentPattern':
      return proof.assign(target.left, union([value, proof.plain(target.right)]));
    default:
      throw new NotProved('unknownCode');
  }
}

function assignName(proof: Proof, name: string, value: Value): void {
  if (INTERFACES.has(name) || FORBIDDEN.has(name)) throw new NotProved('handsOn');
  if (proof.names.isBound(name)) proof.variables.add(proof.variable(name), value);
  else if (isLanguage(name)) throw new NotProved('unknownCode');
  else if (value.bits & MESSAGE) throw new NotProved('keepsMessage');
}

function assignMember(proof: Proof, target: AnyNode & { type: 'MemberExpression' }, value: Value): void {
  const name = proof.keyOf(target);
  if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
  proof.noteNamed(name, value);
  const { object } = target;
  if (object.type === 'Identifier' && proof.isVariable(object.name)) {
    const variable = proof.variable(object.name);
    if (variable.bits & PENDING) throw new NotProved('sendsLater');
    if (name === undefined) return proof.put(proof.variables.read(variable), value);
    // What a property holds is known by its name, so only the variable's own kind counts here.
    if (value.bits & MESSAGE && variable.bits & (STORED | FOREIGN)) throw new NotProved('keepsMessage');
    return proof.variables.setField(variable, name, value);
  }
  if (isBuiltIn(object) && !proof.names.isBound(rootName(object))) throw new NotProved('unknownCode');
  proof.put(proof.plain(object), value);
}

function rootName(node: AnyNode): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? rootName(node.object) : '';
}

const isBuiltIn = (node: AnyNode) => isLanguage(rootName(node));
