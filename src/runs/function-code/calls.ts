import type { AnyNode } from 'acorn';
import { builtInCall, newBuiltIn } from './built-in';
import {
  BUILT_IN,
  FORBIDDEN,
  FORBIDDEN_PROPERTIES,
  INTERFACES,
  NODE_METHODS,
  PLAIN_RESULT,
  PUTTING,
  READING,
  RED_UTIL,
  SYNCHRONOUS,
  TIMERS,
  TO_PLAIN,
  TO_TEXT,
} from './known';
import { foreignCall, keepFrom, plainAfter, resultOfCall, syncCallback } from './callbacks';
import type { Proof } from './proof';
import { ANY_NAME } from './names';
import { NotProved } from './unproved';
import { isFunction, propertyName, walk, type FunctionNode } from './syntax';
import {
  FOREIGN,
  HOLDS_FOREIGN,
  HOLDS_STORED,
  inside,
  KEEPS_NOTHING,
  LATER,
  MESSAGE,
  PENDING,
  partOf,
  plain,
  STORED,
  literalText,
  union,
  valueOf,
  type Value,
} from './values';

type Member = AnyNode & { type: 'MemberExpression' };

/** What a call gives, and whether it may be made. */
export function callValue(proof: Proof, callee: AnyNode, args: readonly AnyNode[]): Value {
  if (callee.type === 'MemberExpression') return methodCall(proof, callee, args);
  if (isFunction(callee)) return localCall(proof, callee, args);
  if (callee.type === 'Identifier') return namedCall(proof, callee.name, args);
  return unknownCall(proof, proof.plain(callee), args);
}

/** What `new` gives. */
export function newValue(proof: Proof, callee: AnyNode, args: readonly AnyNode[]): Value {
  if (callee.type === 'Identifier' && !proof.names.isBound(callee.name)) {
    const { name } = callee;
    if (BUILT_IN.has(name)) return newBuiltIn(proof, name, args);
    return foreignCall(proof, proof.evaluate(callee), args);
  }
  const made = unknownCall(proof, proof.plain(callee), args);
  return union([made, proof.instance]);
}

function namedCall(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (INTERFACES.has(name)) throw new NotProved('handsOn');
  if (FORBIDDEN.has(name)) throw new NotProved('unknownCode');
  const fn = proof.names.functionOf(name);
  if (fn) return localCall(proof, fn, args);
  if (proof.names.isBound(name)) {
    if (proof.rejects.has(name) && !proof.throws.isSomething(args[0])) throw new NotProved('throwsNothing');
    return unknownCall(proof, proof.variables.read(proof.variable(name)), args);
  }
  if (TIMERS.has(name)) return timer(proof, args);
  if (TO_PLAIN.has(name)) return plainAfter(proof, args);
  const given = () => union([plain, ...args.map((arg) => proof.plain(arg))]);
  if (TO_TEXT.has(name)) return literalText(given());
  if (BUILT_IN.has(name)) {
    const value = given();
    if (name.endsWith('Error')) proof.noteNamed('message', value);
    return inside(value);
  }
  const kept = name === 'fetch' && !proof.surroundings.modules.has(name);
  return foreignCall(
    proof,
    kept ? valueOf(FOREIGN | KEEPS_NOTHING) : proof.evaluate({ ...identifier, name }),
    args,
  );
}

const identifier = { type: 'Identifier', name: '', start: 0, end: 0 } as const;

/** Timers call later. What fails in them is reported later. */
function timer(proof: Proof, args: readonly AnyNode[]): Value {
  const [callback, ...more] = args;
  if (!callback) return plain;
  const given = union([plain, ...more.map((arg) => proof.plain(arg))]);
  proof.variables.add(proof.anywhere, inside(given));
  const fn = proof.functionOf(callback);
  if (fn) {
    walk(fn, (node) => {
      if (node.type === 'ThrowStatement') throw new NotProved('sendsLater');
    });
    if (proof.mayActLater(fn)) {
      proof.visit(fn);
      return plain;
    }
  }
  keepFrom(proof, callback, proof.plain(callback), given);
  return plain;
}

function localCall(proof: Proof, fn: FunctionNode, args: readonly AnyNode[]): Value {
  args.forEach((arg, at) => {
    const value = proof.plain(arg);
    if (arg.type === 'SpreadElement') return proof.bindAll(fn, value);
    const param = fn.params[Math.min(at, fn.params.length - 1)];
    if (param && (at < fn.params.length || param.type === 'RestElement')) proof.assign(param, value);
  });
  if (fn.generator && proof.acts(fn)) throw new NotProved('sendsLater');
  proof.visit(fn);
  return resultOfCall(proof, fn);
}

/** A function of the code itself, but nobody knows which. */
function unknownCall(proof: Proof, callee: Value, args: readonly AnyNode[]): Value {
  if (callee.bits & (FOREIGN | STORED)) return foreignCall(proof, callee, args);
  for (const arg of args) proof.variables.add(proof.anywhere, proof.plain(arg));
  return union([callee, proof.variables.read(proof.anywhere)]);
}

function methodCall(proof: Proof, callee: Member, args: readonly AnyNode[]): Value {
  const name = propertyName(callee);
  const { object } = callee;
  if (name === undefined) proof.plain(callee.property);
  else if (FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
  const path = pathOf(object);
  const [root] = path;
  if (INTERFACES.has(root)) return interfaceCall(proof, path.join('.'), name, args);
  if (BUILT_IN.has(root) && !proof.names.isBound(root)) return builtInCall(proof, path, name, args);
  const { defined } = proof.surroundings;
  const known = name !== undefined && !defined.has(name) && !defined.has(ANY_NAME);
  if (known && /^(then|catch|finally)$/.test(name)) return chained(proof, proof.evaluate(object), args);
  if (name === 'push') return push(proof, object, args);
  const receiver = proof.plain(object);
  if (name === 'next') proof.noteNamed('value', message);
  if (/^(on|once)$/.test(name ?? '') && isReject(proof, args[1]) && isErrorEvent(args[0])) return receiver;
  if (known && SYNCHRONOUS.has(name) && !(receiver.bits & FOREIGN)) {
    const at = name.startsWith('replace') ? 1 : 0;
    const fn = proof.functionOf(args[at]);
    if (fn)
      return synchronous(
        proof,
        name,
        receiver,
        fn,
        args.filter((_arg, index) => index !== at),
      );
  }
  if (receiver.bits & FOREIGN) {
    const changes = proof.surroundings.modules.get(root)?.changes === true;
    const made = foreignCall(proof, receiver, args, changes);
    return name === 'digest' ? plain : made;
  }
  return method(proof, known ? name : undefined, receiver, args);
}

function method(proof: Proof, name: string | undefined, receiver: Value, args: readonly AnyNode[]): Value {
  const values = args.map((arg) => proof.plain(arg));
  const given = union([plain, ...values]);
  if (SYNCHRONOUS.has(name ?? ''))
    args.forEach((arg, at) => keepFrom(proof, arg, values[at], union([receiver, given])));
  if (name !== undefined && PLAIN_RESULT.has(name)) return plain;
  if (name !== undefined && READING.has(name)) {
    const taken = /^(concat|with|toSpliced)$/.test(name) ? given : literalText(given);
    return partOf(union([receiver, taken]));
  }
  proof.put(receiver, given);
  if (!PUTTING.has(name ?? '') && receiver.bits & (HOLDS_STORED | HOLDS_FOREIGN) && given.bits & MESSAGE)
    throw new NotProved('keepsMessage');
  if (/^(call|apply|bind)$/.test(name ?? 'call')) proof.put(given, given);
  if (name !== undefined && PUTTING.has(name)) return union([receiver, given]);
  proof.variables.add(proof.anywhere, given);
  const stored = receiver.bits & STORED ? FOREIGN : 0;
  const made = union([receiver, given, proof.variables.read(proof.anywhere)]);
  return { ...made, bits: made.bits | stored };
}

/** `list.push(promise)`: the list has to be awaited then. */
function push(proof: Proof, object: AnyNode, args: readonly AnyNode[]): Value {
  const receiver = proof.evaluate(object);
  const given = union([plain, ...args.map((arg) => proof.evaluate(arg))]);
  if (given.bits & PENDING) {
    if (object.type !== 'Identifier') throw new NotProved('sendsLater');
    proof.collect(object.name, inside(given).bits & PENDING);
  }
  proof.put(receiver, { ...given, bits: given.bits & ~PENDING });
  return plain;
}

/** Methods of lists and texts that call a function for each part. */
function synchronous(
  proof: Proof,
  name: string,
  receiver: Value,
  fn: FunctionNode,
  more: readonly AnyNode[],
): Value {
  const given = union([plain, ...more.map((arg) => proof.plain(arg))]);
  const part = partOf(receiver);
  const folds = name.startsWith('reduce');
  const value = folds ? union([more.length > 0 ? given : part, proof.resultOf(fn)]) : part;
  const indexed = /^(map|flatMap|filter|some|every|find|findIndex|findLast|findLastIndex)$/.test(name);
  const others = indexed ? [plain, receiver] : folds ? [part, plain, receiver] : [part, receiver];
  const out = syncCallback(proof, fn, value, others);
  if (name === 'map' || name === 'flatMap') return inside(out);
  if (out.bits & PENDING || (fn.async && proof.acts(fn))) throw new NotProved('sendsLater');
  if (folds) return union([value, out]);
  if (name === 'replace' || name === 'replaceAll') return literalText(union([receiver, out, given]));
  return PLAIN_RESULT.has(name) || /^(forEach|some|every|findIndex|findLastIndex)$/.test(name) ? plain : part;
}

/** `promise.then(...)`: what acts in it acts later, until the whole is awaited. */
function chained(proof: Proof, receiver: Value, args: readonly AnyNode[]): Value {
  const foreign = receiver.bits & KEEPS_NOTHING ? FOREIGN | KEEPS_NOTHING : 0;
  const result = { ...receiver, bits: receiver.bits & ~(LATER | foreign) };
  if (receiver.bits & PENDING & ~LATER) throw new NotProved('sendsLater');
  let later = receiver.bits & LATER;
  const outs = args.map((arg) => {
    const fn = proof.functionOf(arg);
    if (!fn && isReject(proof, arg)) return plain;
    if (!fn) {
      const value = proof.plain(arg);
      keepFrom(proof, arg, value, result);
      return value;
    }
    const out = syncCallback(proof, fn, result);
    if (out.bits & PENDING & ~LATER) throw new NotProved('sendsLater');
    if ((proof.acts(fn) || out.bits & LATER) && !proof.mayActLater(fn)) later = LATER;
    return { ...out, bits: out.bits & ~LATER };
  });
  const made = union([result, ...outs]);
  return { ...made, bits: made.bits | later };
}

/** Calls of what Node-RED gives function code. */
function interfaceCall(proof: Proof, path: string, name = '', args: readonly AnyNode[]): Value {
  if (path === 'RED.util') return redUtil(proof, name, args);
  const isNode = path === 'node' && NODE_METHODS.has(name);
  const isStore =
    /^(context|flow|global|context\.flow|context\.global)$/.test(path) && /^(get|set|keys)$/.test(name);
  if (!isNode && !isStore && !(path === 'env' && name === 'get')) throw new NotProved('handsOn');
  if (isStore) for (const fn of args.map((arg) => proof.functionOf(arg))) if (fn) proof.bindAll(fn, stored);
  const given = union([plain, ...args.map((arg) => proof.plain(arg))]);
  if (isStore && name === 'set' && given.bits & MESSAGE) throw new NotProved('keepsMessage');
  return isStore && name === 'get' ? stored : plain;
}

const stored = valueOf(STORED);
const message = valueOf(MESSAGE);

/** `.catch(reject)`, `.on('error', reject)`: what failed is something. */
function isReject(proof: Proof, node: AnyNode | undefined): boolean {
  return node?.type === 'Identifier' && proof.rejects.has(node.name);
}

const isErrorEvent = (node: AnyNode) => node.type === 'Literal' && node.value === 'error';

function redUtil(proof: Proof, name: string, args: readonly AnyNode[]): Value {
  if (!RED_UTIL.has(name)) throw new NotProved('handsOn');
  const given = args.map((arg) => proof.plain(arg));
  if (name.startsWith('set') && given.length > 1) proof.put(given[0], union(given.slice(1)));
  if (/^(generateId|compareObjects|getSetting)$/.test(name)) return plain;
  return partOf(union([plain, ...given]));
}

/** `a.b.c` as a list of names; what is no name is empty. */
function pathOf(node: AnyNode): string[] {
  if (node.type === 'Identifier') return [node.name];
  if (node.type !== 'MemberExpression') return [''];
  return [...pathOf(node.object), propertyName(node) ?? ''];
}
