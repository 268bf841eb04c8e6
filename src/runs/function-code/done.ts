import type { AnyNode } from 'acorn';
import type { Names } from './names';
import { childrenOf, isFunction, propertyName, walk, type FunctionNode } from './syntax';

/**
 * Code that says itself when it is done.
 * - `none`: it does not, Node-RED calls done when it has returned
 * - `early`: it may say so, or return a message, while it will still act
 * - else the callbacks that may act later, because the code is done only at the end of them
 */
export type Done = 'none' | 'early' | ReadonlySet<FunctionNode>;

/** Node-RED looks for the text first, then for a call of `node.done`. */
export function doneIn(code: string, names: Names): Done {
  const sites: AnyNode[] = [];
  let mentioned = 0;
  walk(names.root, (node) => {
    if (isDone(node)) mentioned++;
    if (node.type === 'CallExpression' && isDone(node.callee)) sites.push(node);
  });
  if (mentioned === 0) return 'none';
  const explicit = /node\.done\s*\(\s*\)/.test(code) && sites.length === mentioned;
  if (!explicit || returnsMessage(names.root.body)) return 'early';
  return new ExplicitDone(names).check(sites);
}

/** Whether the code is `node.done(...)` and nothing else. */
function isDoneCall(node: AnyNode): boolean {
  const call = node.type === 'ExpressionStatement' ? node.expression : node;
  return call.type === 'CallExpression' && isDone(call.callee);
}

function isDone(node: AnyNode): boolean {
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return false;
  return node.object.name === 'node' && propertyName(node) === 'done';
}

class ExplicitDone {
  constructor(private readonly names: Names) {}

  check(sites: AnyNode[]): Done {
    const { body } = this.names.root;
    if (body.type !== 'BlockStatement') return 'early';
    const later = body.body.filter((statement) => handlersOf(statement).some((fn) => this.acts(fn)));
    if (later.length > 1) return 'early';
    const [statement] = later;
    const handlers = statement ? handlersOf(statement).filter((fn) => this.acts(fn)) : [];
    if (statement && this.names.actions.some((at) => at >= statement.end)) return 'early';
    const outside = sites.filter(({ start }) => !handlers.some((fn) => contains(fn, start)));
    const early = outside.some(({ start }) => statement && start >= statement.start);
    if (early || outside.some(({ start }) => !endsWith(body, start))) return 'early';
    return this.endWithDone(handlers, sites) ? new Set(handlers) : 'early';
  }

  /** Nothing acts behind the handler that says done; what catches errors is no more called then. */
  private endWithDone(handlers: FunctionNode[], sites: AnyNode[]): boolean {
    const catches = this.handlersOfErrors();
    let done = false;
    for (const fn of handlers) {
      const own = sites.filter(({ start }) => contains(fn, start));
      if (done && !catches.has(fn)) return false;
      if (own.some(({ start }) => !endsWith(fn.body, start))) return false;
      done ||= own.length > 0;
    }
    return true;
  }

  private acts(fn: FunctionNode): boolean {
    return this.names.actsIn(fn);
  }

  private handlersOfErrors(): Set<FunctionNode> {
    const found = new Set<FunctionNode>();
    walk(this.names.root, (node) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
      const [handler] = node.arguments;
      if (propertyName(node.callee) === 'catch' && isFunction(handler)) found.add(handler);
    });
    return found;
  }
}

const contains = (node: AnyNode, position: number) => node.start <= position && position < node.end;

/** The functions of `setTimeout(fn, ...)` or `x.then(fn, fn).catch(fn).finally(fn)`, in the order of their call. */
function handlersOf(statement: AnyNode): FunctionNode[] {
  if (statement.type !== 'ExpressionStatement') return [];
  const handlers: FunctionNode[] = [];
  for (let call: AnyNode = statement.expression; call.type === 'CallExpression';) {
    const callee: AnyNode = call.callee;
    const args: AnyNode[] = call.arguments;
    if (callee.type === 'Identifier' && /^(setTimeout|setImmediate)$/.test(callee.name)) {
      return args.slice(0, 1).filter((arg) => isFunction(arg));
    }
    if (callee.type !== 'MemberExpression' || !/^(then|catch|finally)$/.test(propertyName(callee) ?? ''))
      break;
    handlers.unshift(...args.filter((arg) => isFunction(arg)));
    call = callee.object;
  }
  return handlers;
}

/** Whether a block that is run once ends with the statement at a position, or returns right behind it. */
function endsWith(node: AnyNode, position: number): boolean {
  switch (node.type) {
    case 'BlockStatement': {
      const at = node.body.findIndex((statement) => contains(statement, position));
      const next = node.body[at + 1];
      if (next?.type === 'ReturnStatement') return isDoneCall(node.body[at]);
      return (
        (next === undefined || returnsInside(node.body[at], position)) && endsWith(node.body[at], position)
      );
    }
    case 'IfStatement':
      return [node.consequent, node.alternate].some(
        (part) => part && contains(part, position) && endsWith(part, position),
      );
    case 'TryStatement':
      if (node.finalizer) return false;
      return [node.block, node.handler?.body].some(
        (part) => part && contains(part, position) && endsWith(part, position),
      );
    default:
      return isDoneCall(node) && node.start === position;
  }
}

/** Whether the code returns right behind the position, so that what stands further on is not run. */
function returnsInside(node: AnyNode, position: number): boolean {
  if (node.type === 'BlockStatement') {
    const at = node.body.findIndex((statement) => contains(statement, position));
    if (node.body[at + 1]?.type === 'ReturnStatement') return isDoneCall(node.body[at]);
    return at >= 0 && returnsInside(node.body[at], position);
  }
  if (node.type !== 'IfStatement' && node.type !== 'TryStatement') return false;
  return childrenOf(node).some((part) => contains(part, position) && returnsInside(part, position));
}

/** Whether the function itself, not one inside it, returns something. */
function returnsMessage(node: AnyNode): boolean {
  if (isFunction(node)) return false;
  if (node.type === 'ReturnStatement' && node.argument)
    return !(node.argument.type === 'Literal' && node.argument.value === null);
  return childrenOf(node).some(returnsMessage);
}
