import type { AnyNode } from 'acorn';
import { foreignCall, plainAfter, syncCallback } from './callbacks';
import { PLAIN_RESULT, READING } from './known';
import type { Proof } from './proof';
import { NotProved } from './unproved';
import {
  FOREIGN,
  inside,
  KEEPS_NOTHING,
  LATER,
  MESSAGE,
  partOf,
  plain,
  textOf,
  union,
  valueOf,
  type Value,
} from './values';

/** Calls of what the language brings: `JSON.parse(...)`, `Object.keys(...)`, `Promise.all(...)`. */
export function builtInCall(proof: Proof, path: string[], name = '', args: readonly AnyNode[]): Value {
  const [root, ...more] = path;
  if (more.length > 0) return borrowed(proof, more, name, args);
  switch (root) {
    case 'Promise':
      return promise(proof, name, args);
    case 'Object':
      return object(proof, name, args);
    case 'JSON':
      return name === 'stringify' ? textOf(given(proof, args)) : valueOf(given(proof, args).bits & MESSAGE);
    case 'Array':
      return name === 'isArray' ? plainAfter(given(proof, args)) : inside(given(proof, args));
    case 'Map':
      return inside(given(proof, args));
    case 'Math':
    case 'Date':
    case 'Number':
    case 'Symbol':
    case 'BigInt':
    case 'Intl':
    case 'console':
      return plainAfter(given(proof, args));
    case 'String':
    case 'Buffer':
      return textOf(given(proof, args));
    case 'util':
      return foreignCall(proof, valueOf(FOREIGN | KEEPS_NOTHING), args);
    default:
      return foreignCall(proof, valueOf(FOREIGN), args);
  }
}

export function newBuiltIn(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (name === 'Promise') return newPromise(proof, args);
  const value = union([plain, ...args.map((arg) => proof.plain(arg))]);
  return name === 'Date' || name === 'RegExp' ? plain : inside(value);
}

/** `new Promise((resolve, reject) => ...)` calls its function at once. */
function newPromise(proof: Proof, args: readonly AnyNode[]): Value {
  const fn = proof.functionOf(args[0]);
  if (!fn) return union([proof.variables.read(proof.anywhere), ...args.map((arg) => proof.plain(arg))]);
  const reject = fn.params[1];
  if (reject?.type === 'Identifier') proof.rejects.add(reject.name);
  const out = syncCallback(proof, fn, plain);
  if (out.bits & LATER) throw new NotProved('sendsLater');
  return proof.variables.read(proof.anywhere);
}

function promise(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (name === 'reject' && !proof.throws.isSomething(args[0])) throw new NotProved('throwsNothing');
  const value = union([plain, ...args.map((arg) => proof.evaluate(arg))]);
  if (value.bits & LATER && !/^(all|allSettled|resolve)$/.test(name)) throw new NotProved('sendsLater');
  const foreign = value.bits & KEEPS_NOTHING ? FOREIGN | KEEPS_NOTHING : 0;
  return partOf({ ...value, bits: value.bits & ~foreign });
}

function object(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (/^(keys|getOwnPropertyNames|is|hasOwn|isFrozen|isSealed)$/.test(name))
    return plainAfter(given(proof, args));
  if (!/^(assign|define|set)/.test(name)) return inside(given(proof, args));
  const values = args.map((arg) => proof.plain(arg));
  const [target, ...more] = values;
  if (!target || isBuiltInTarget(args[0])) throw new NotProved('unknownCode');
  proof.put(target, union([plain, ...more]));
  return union(values);
}

/** Only what the code made, or the message, may be changed in this way. */
function isBuiltInTarget(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' && node.object.type === 'Identifier' && /^[A-Z]/.test(node.object.name)
  );
}

/** `Object.prototype.hasOwnProperty.call(a, b)`, `Array.prototype.slice.call(a)` */
function borrowed(proof: Proof, path: string[], name: string, args: readonly AnyNode[]): Value {
  const method = path.at(-1) ?? '';
  const value = union([plain, ...args.map((arg) => proof.plain(arg))]);
  if (path[0] === 'prototype' && name === 'call' && PLAIN_RESULT.has(method)) return plain;
  if (path[0] === 'prototype' && name === 'call' && READING.has(method)) return partOf(value);
  if (value.bits & MESSAGE) throw new NotProved('keepsMessage');
  return { ...value, bits: value.bits | FOREIGN };
}

/** What is given, with functions that are called at once for each part of it. */
function given(proof: Proof, args: readonly AnyNode[]): Value {
  const values = args.map((arg) => (proof.functionOf(arg) ? plain : proof.plain(arg)));
  const value = union([plain, ...values]);
  const outs = args.flatMap((arg) => {
    const fn = proof.functionOf(arg);
    return fn ? [syncCallback(proof, fn, partOf(value))] : [];
  });
  return union([value, ...outs]);
}
