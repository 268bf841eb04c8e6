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

/** Code that is not seen may keep what it gets and call functions whenever it likes. */
export function foreignCall(proof: Proof, callee: Value, args: readonly AnyNode[]): Value {
  const kind = callee.bits & (FOREIGN | KEEPS_NOTHING | STORED);
  const given = union([
    plain,
    ...args.map((arg) => {
      const fn = proof.functionOf(arg);
      if (!fn) return proof.plain(arg);
      if (proof.acts(fn)) throw new NotProved('sendsLater');
      proof.bindAll(fn, valueOf(kind | FOREIGN));
      proof.escape(fn);
      return proof.resultOf(fn);
    }),
  ]);
  if (given.bits & PENDING) throw new NotProved('sendsLater');
  if (given.bits & MESSAGE && !(kind & KEEPS_NOTHING)) throw new NotProved('keepsMessage');
  return { ...given, bits: kind | FOREIGN | (given.bits & MESSAGE) };
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

/** A function that is not seen, given as a callback, must not be given the message. */
export function keepFrom(proof: Proof, callbacks: readonly AnyNode[], ...values: Value[]): void {
  if (!values.some(({ bits }) => bits & MESSAGE)) return;
  for (const callback of callbacks) {
    if (proof.functionOf(callback) || (callback.type === 'Identifier' && isConversion(proof, callback.name)))
      continue;
    if (proof.plain(callback).bits & (FOREIGN | STORED)) throw new NotProved('keepsMessage');
  }
}

/** `filter(Boolean)`, `map(String)` */
function isConversion(proof: Proof, name: string): boolean {
  return (TO_PLAIN.has(name) || TO_TEXT.has(name)) && !proof.names.isBound(name);
}
