import type { AnyNode } from 'acorn';
import { foreignCall, keepFrom, plainAfter, syncCallback } from './callbacks';
import { PLAIN_RESULT, READING } from './known';
import type { Proof } from './proof';
import { NotProved } from './unproved';
import {
  FOREIGN,
  inside,
  KEEPS_NOTHING,
  LATER,
  LATER_LIST,
  MESSAGE,
  PENDING,
  partOf,
  plain,
  literalText,
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
      return name === 'stringify'
        ? literalText(withCallback(proof, args))
        : valueOf(withCallback(proof, args).bits & MESSAGE);
    case 'Array':
      return name === 'isArray'
        ? plainAfter(proof, args)
        : inside(name === 'from' ? withCallback(proof, args) : given(proof, args));
    case 'Map':
      return inside(withCallback(proof, args));
    case 'Math':
    case 'Date':
    case 'Number':
    case 'BigInt':
    case 'Intl':
    case 'console':
      return plainAfter(proof, args);
    case 'String':
    case 'Symbol':
    case 'Buffer':
      return literalText(given(proof, args));
    case 'util':
      return foreignCall(proof, valueOf(FOREIGN | KEEPS_NOTHING), args);
    default:
      return foreignCall(proof, valueOf(FOREIGN), args);
  }
}

export function newBuiltIn(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (name === 'Promise') return newPromise(proof, args);
  const value = union([plain, ...args.map((arg) => proof.plain(arg))]);
  if (name.endsWith('Error')) proof.noteNamed('message', value);
  if (name === 'RegExp') return literalText(value);
  return name === 'Date' ? plain : inside(value);
}

/** `new Promise((resolve, reject) => ...)` calls its function at once. */
function newPromise(proof: Proof, args: readonly AnyNode[]): Value {
  const fn = proof.functionOf(args[0]);
  if (!fn) return union([proof.variables.read(proof.anywhere), ...args.map((arg) => proof.plain(arg))]);
  if (fn.params.some(({ type }) => type === 'RestElement')) throw new NotProved('throwsNothing');
  const reject = fn.params[1];
  if (reject) noteReject(proof, reject);
  const out = syncCallback(proof, fn, plain);
  if (out.bits & PENDING) throw new NotProved('sendsLater');
  return proof.variables.read(proof.anywhere);
}

function noteReject(proof: Proof, param: AnyNode): void {
  if (param.type !== 'Identifier' || !proof.names.boundOnlyAsParam(param.name))
    throw new NotProved('throwsNothing');
  if (!proof.rejects.has(param.name)) proof.variables.changed = true;
  proof.rejects.add(param.name);
}

function promise(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (!/^(all|allSettled|race|any|resolve|reject)$/.test(name)) throw new NotProved('unknownCode');
  if (name === 'allSettled') proof.noteNamed('value', valueOf(MESSAGE));
  if (name === 'reject' && !proof.throws.isSomething(args[0])) throw new NotProved('throwsNothing');
  const value = union([plain, ...args.map((arg) => proof.evaluate(arg))]);
  if (value.bits & PENDING && !/^(all|allSettled|resolve)$/.test(name)) throw new NotProved('sendsLater');
  const list = name === 'resolve' ? 0 : value.bits & LATER_LIST;
  const foreign = value.bits & KEEPS_NOTHING ? FOREIGN | KEEPS_NOTHING : 0;
  const bits = (value.bits & ~(foreign | list)) | (list ? LATER : 0);
  return partOf({ ...value, bits });
}

function object(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (/^(keys|getOwnPropertyNames|is|hasOwn|isFrozen|isSealed)$/.test(name)) return plainAfter(proof, args);
  if (name.startsWith('getOwnPropertyDescriptor')) proof.noteNamed('value', valueOf(MESSAGE));
  if (!/^(assign|define|set)/.test(name))
    return inside(name === 'groupBy' ? withCallback(proof, args) : given(proof, args));
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
  if (path[0] !== 'prototype') throw new NotProved('unknownCode');
  if (name === 'call' && PLAIN_RESULT.has(method)) return plain;
  if (name === 'call' && READING.has(method)) return partOf(value);
  if (value.bits & MESSAGE) throw new NotProved('keepsMessage');
  return { ...value, bits: value.bits | FOREIGN };
}

function given(proof: Proof, args: readonly AnyNode[]): Value {
  return union([plain, ...args.map((arg) => proof.plain(arg))]);
}

/** What is given, with a function that is called at once for each part of it. */
function withCallback(proof: Proof, args: readonly AnyNode[]): Value {
  const values = args.map((arg) => (proof.functionOf(arg) ? plain : proof.plain(arg)));
  const value = union([plain, ...values]);
  args.slice(1).forEach((arg, at) => keepFrom(proof, arg, values[at + 1], value));
  const outs = args.flatMap((arg) => {
    const fn = proof.functionOf(arg);
    if (!fn) return [];
    const out = syncCallback(proof, fn, partOf(value));
    if (out.bits & PENDING || (fn.async && proof.acts(fn))) throw new NotProved('sendsLater');
    return [out];
  });
  return union([value, ...outs]);
}
