import type { AnyNode } from 'acorn';
import { TO_PLAIN, TO_TEXT } from './known';
import type { Proof } from './proof';
import type { FunctionNode } from './syntax';
import { NotProved } from './unproved';
import {
  FOREIGN,
  KEEPS_NOTHING,
  LATER,
  MESSAGE,
  PENDING,
  plain,
  STORED,
  union,
  valueOf,
  type Value,
} from './values';

/** A function that the code hands over and that is called at once. */
export function syncCallback(
  proof: Proof,
  fn: FunctionNode,
  value: Value,
  others: readonly Value[] = [],
): Value {
  if (fn.generator && proof.acts(fn)) throw new NotProved('sendsLater');
  fn.params.forEach((param, at) => proof.assign(param, at === 0 ? value : (others[at - 1] ?? value)));
  proof.visit(fn);
  return resultOfCall(proof, fn);
}

/**
 * Code that is not seen may keep what it gets and call functions whenever it likes.
 * @param changesFirst whether it puts what it gets into the first thing it gets
 */
export function foreignCall(
  proof: Proof,
  callee: Value,
  args: readonly AnyNode[],
  changesFirst = false,
): Value {
  const kind = callee.bits & (FOREIGN | KEEPS_NOTHING | STORED);
  const values = args.map((arg) => foreignArgument(proof, kind, arg));
  const given = union([plain, ...values]);
  if (given.bits & PENDING) throw new NotProved('sendsLater');
  if (given.bits & MESSAGE && !(kind & KEEPS_NOTHING)) throw new NotProved('keepsMessage');
  if (changesFirst && values.length > 1) proof.put(values[0], union(values.slice(1)));
  return { ...given, bits: kind | FOREIGN | (given.bits & MESSAGE) };
}

function foreignArgument(proof: Proof, kind: number, arg: AnyNode): Value {
  const fn = proof.functionOf(arg);
  if (!fn) return proof.plain(arg);
  if (proof.acts(fn)) throw new NotProved('sendsLater');
  proof.bindAll(fn, valueOf(kind | FOREIGN));
  proof.escape(fn);
  return proof.resultOf(fn);
}

export function resultOfCall(proof: Proof, fn: FunctionNode): Value {
  const result = proof.resultOf(fn);
  if (!fn.async) return result;
  return { ...result, bits: (result.bits & ~LATER) | (proof.acts(fn) ? LATER : 0) };
}

/** Evaluates what is given, for what has a plain value whatever that is. */
export function plainAfter(proof: Proof, args: readonly AnyNode[]): Value {
  for (const arg of args) proof.plain(arg);
  return plain;
}

/** A function that is not seen (`value`), given as a callback, must not be given the message. */
export function keepFrom(proof: Proof, callback: AnyNode, value: Value, given: Value): void {
  if (!(given.bits & MESSAGE) || !(value.bits & (FOREIGN | STORED))) return;
  if (callback.type !== 'Identifier' || !isConversion(proof, callback.name))
    throw new NotProved('keepsMessage');
}

/** `filter(Boolean)`, `map(String)` */
function isConversion(proof: Proof, name: string): boolean {
  return (TO_PLAIN.has(name) || TO_TEXT.has(name)) && !proof.names.isBound(name);
}
