import type { AnyNode, Expression, Pattern } from 'acorn';
import { callValue, newValue } from './calls';
import { doneIn, type Done } from './done';
import {
  BUILT_IN,
  CONSTANTS,
  FORBIDDEN,
  FORBIDDEN_PROPERTIES,
  INTERFACES,
  NODE_PROPERTIES,
  PLAIN_PROPERTY,
  TIMERS,
  TO_PLAIN,
  TO_TEXT,
} from './known';
import { joins } from './joins';
import type { Names } from './names';
import { childrenOf, isFunction, propertyName, type FunctionNode } from './syntax';
import { Throws } from './throws';
import { NotProved } from './unproved';
import {
  FOREIGN,
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
  Variables,
  type Value,
  type Variable,
} from './values';

/** Steps that a proof may take; code that needs more is held. */
const MOST_STEPS = 1_000_000;
/** Variables of promises that are looked for in all of the code. */
const MOST_JOINED = 20;
/** Passes over the code until nothing new is found; code that needs more is held. */
const LOOP_LIMIT = 25;

export interface Surroundings {
  /** Modules that the code uses, by the name of their variable: what the module does to what it is given. */
  modules: ReadonlyMap<string, { keepsNothing: boolean; changes: boolean }>;
  /** Names of properties that the function node's code defines anywhere. */
  defined: ReadonlySet<string>;
}

/**
 * Follows what values in the code may be (`values.ts`), and throws where something happens that may act after the
 * code has returned, or that keeps the message. Flow and order are not looked at: what a variable may be at one
 * place it may be everywhere. So each pass finds more, and the proof is through when a pass found nothing new.
 */
export class Proof {
  readonly variables = new Variables();
  readonly throws: Throws;
  readonly done: Done;
  /** What goes through functions that are called without their being known. */
  readonly anywhere = this.variables.named('*anywhere');
  /** Names of the functions that reject a promise of the code. */
  readonly rejects = new Set<string>();
  private readonly self = this.variables.named('*this');
  private readonly results = new Map<FunctionNode, Variable>();
  private readonly escaped = new Set<FunctionNode>();
  /** Variables whose promises are all awaited. */
  private readonly joined = new Set<string>();
  private readonly notPlain = new Set<string>();
  private visited = new Set<FunctionNode>();
  private within: FunctionNode;
  private classes = 0;
  private steps = 0;

  constructor(
    code: string,
    readonly names: Names,
    readonly surroundings: Surroundings,
  ) {
    this.throws = new Throws(code, names);
    this.done = doneIn(code, names);
    this.within = names.root;
  }

  /** @throws NotProved */
  run(): void {
    if (this.done === 'early') throw new NotProved('doneEarly');
    this.variables.add(this.variable('msg'), valueOf(MESSAGE));
    for (let pass = 0; pass === 0 || this.variables.changed; pass++) {
      if (pass === LOOP_LIMIT) throw new NotProved('tooLong');
      this.variables.changed = false;
      this.visited = new Set();
      this.visit(this.names.root);
    }
    if (this.resultOf(this.names.root).bits & PENDING & ~LATER) throw new NotProved('sendsLater');
  }

  variable(name: string): Variable {
    return this.variables.named(this.names.rootOf(name));
  }

  /** Goes through a function, once in each pass. */
  visit(fn: FunctionNode): void {
    if (this.visited.has(fn)) return;
    this.visited.add(fn);
    const outer = this.within;
    this.within = fn;
    for (const param of fn.params) if (fn !== this.names.root) this.assign(param, plain);
    if (fn.body.type === 'BlockStatement') this.execute(fn.body);
    else this.giveBack(this.evaluate(fn.body));
    this.within = outer;
  }

  resultOf(fn: FunctionNode): Value {
    return this.variables.read(this.resultVariable(fn));
  }

  /** A function that somebody calls whom nobody knows, with what goes around. */
  escape(fn: FunctionNode): void {
    this.escaped.add(fn);
    this.bindAll(fn, this.variables.read(this.anywhere));
    this.visit(fn);
    const result = this.resultOf(fn);
    this.variables.add(this.anywhere, { ...result, bits: result.bits & ~PENDING });
  }

  bindAll(fn: FunctionNode, value: Value): void {
    for (const param of fn.params) this.assign(param, value);
  }

  /** The function that an expression is for sure. */
  functionOf(node: AnyNode | undefined): FunctionNode | undefined {
    if (isFunction(node)) return node;
    return node?.type === 'Identifier' ? this.names.functionOf(node.name) : undefined;
  }

  acts(fn: FunctionNode): boolean {
    return this.names.actsIn(fn);
  }

  mayActLater(fn: FunctionNode): boolean {
    return typeof this.done === 'object' && this.done.has(fn);
  }

  /** The value of an expression behind which nothing is left to be awaited. */
  plain(node: AnyNode): Value {
    const value = this.evaluate(node);
    if (value.bits & PENDING) throw new NotProved('sendsLater');
    return value;
  }

  evaluate(node: AnyNode): Value {
    if (++this.steps > MOST_STEPS) throw new NotProved('tooLong');
    switch (node.type) {
      case 'Identifier':
        return this.identifier(node.name);
      case 'TemplateLiteral':
        return literalText(union([plain, ...node.expressions.map((part) => this.plain(part))]));
      case 'TaggedTemplateExpression':
        return callValue(this, node.tag, node.quasi.expressions);
      case 'ArrayExpression':
        return inside(union([plain, ...node.elements.map((part) => (part ? this.evaluate(part) : plain))]));
      case 'ObjectExpression':
        return inside(union([plain, ...node.properties.map((part) => this.property(part))]));
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.functionValue(node);
      case 'ClassExpression':
        return this.classValue(node);
      case 'AssignmentExpression':
        return this.assignment(node);
      case 'LogicalExpression':
        return this.logical(node);
      case 'ConditionalExpression':
        return this.conditional(node);
      case 'CallExpression':
        return callValue(this, node.callee, node.arguments);
      case 'NewExpression':
        return newValue(this, node.callee, node.arguments);
      case 'ChainExpression':
        return this.evaluate(node.expression);
      case 'MemberExpression':
        return this.member(node);
      case 'SequenceExpression':
        node.expressions.slice(0, -1).forEach((part) => this.plain(part));
        return this.evaluate(node.expressions[node.expressions.length - 1]);
      case 'SpreadElement':
        return partOf(this.plain(node.argument));
      case 'AwaitExpression':
        return awaited(this.evaluate(node.argument));
      case 'YieldExpression':
        if (node.argument) this.giveBack(this.plain(node.argument));
        return this.variables.read(this.anywhere);
      case 'BinaryExpression':
        return this.binary(node);
      case 'UpdateExpression':
        this.plain(node.argument);
        return plain;
      case 'UnaryExpression':
        if (node.operator !== 'typeof' || node.argument.type !== 'Identifier') this.plain(node.argument);
        return plain;
      case 'ImportExpression':
        this.plain(node.source);
        return valueOf(FOREIGN);
      case 'ThisExpression':
      case 'Super':
        if (this.classes === 0) throw new NotProved('unknownCode');
        return this.variables.read(this.self);
      case 'Literal':
      case 'MetaProperty':
      case 'PrivateIdentifier':
        return plain;
      default:
        throw new NotProved('unknownCode');
    }
  }

  /** Where a value goes; `PLAIN` parts of patterns are evaluated on the way. */
  assign(target: AnyNode, value: Value): void {
    if (value.bits & PENDING) throw new NotProved('sendsLater');
    switch (target.type) {
      case 'Identifier':
        return this.assignName(target.name, value);
      case 'MemberExpression':
        return this.assignMember(target, value);
      case 'ObjectPattern':
        for (const entry of target.properties) {
          if (entry.type === 'RestElement') this.assign(entry.argument, value);
          else this.assign(entry.value, this.partNamed(value, this.keyOf(entry)));
        }
        return;
      case 'ArrayPattern':
        for (const entry of target.elements) if (entry) this.assign(entry, partOf(value));
        return;
      case 'RestElement':
        return this.assign(target.argument, inside(value));
      case 'AssignmentPattern':
        return this.assign(target.left, union([value, this.plain(target.right)]));
      default:
        throw new NotProved('unknownCode');
    }
  }

  /** A value is put into what `into` is. */
  put(into: Value, value: Value): void {
    if (value.bits & MESSAGE && into.bits & (STORED | FOREIGN)) throw new NotProved('keepsMessage');
    for (const place of into.from) this.variables.put(place, value);
    for (const place of into.holds) this.variables.put(place, value);
  }

  /** A promise that the variable's promises are awaited with. */
  collect(name: string, pending: number): void {
    if (!this.joined.has(name)) {
      if (this.joined.size === MOST_JOINED) throw new NotProved('tooLong');
      if (!joins(this.names, name)) throw new NotProved('sendsLater');
      this.joined.add(name);
    }
    this.variables.add(this.variable(name), valueOf(pending));
  }

  partNamed(value: Value, name: string | undefined): Value {
    if (name !== undefined && this.isPlain(name) && !(value.bits & FOREIGN)) return plain;
    return partOf(value);
  }

  get instance(): Value {
    return this.variables.read(this.self);
  }

  private isPlain(name: string): boolean {
    return PLAIN_PROPERTY.has(name) && !this.notPlain.has(name);
  }

  private identifier(name: string): Value {
    if (INTERFACES.has(name)) throw new NotProved('handsOn');
    if (FORBIDDEN.has(name)) throw new NotProved('unknownCode');
    const fn = this.names.functionOf(name);
    if (this.rejects.has(name)) throw new NotProved('throwsNothing');
    if (fn) return union([this.functionValue(fn), this.variables.read(this.variable(name))]);
    if (this.names.isBound(name)) return this.variables.read(this.variable(name));
    if (CONSTANTS.has(name)) return plain;
    if (name === 'Promise') throw new NotProved('unknownCode');
    const module = this.surroundings.modules.get(name);
    if (module) return valueOf(module.keepsNothing ? FOREIGN | KEEPS_NOTHING : FOREIGN);
    if (isLanguage(name)) return valueOf(FOREIGN);
    return valueOf(STORED | FOREIGN);
  }

  /** A function that is handed on as a value: it may be called any time, and keeps what it can reach. */
  private functionValue(fn: FunctionNode): Value {
    if (this.acts(fn)) throw new NotProved('sendsLater');
    this.escape(fn);
    const reached = this.names.usedIn(fn).filter((name) => this.names.isBound(name) && !INTERFACES.has(name));
    this.steps += reached.length;
    const values = [...new Set(reached)].map((name) => this.variables.read(this.variable(name)));
    return inside(union([plain, ...values]));
  }

  private classValue(node: AnyNode & { type: 'ClassExpression' | 'ClassDeclaration' }): Value {
    if (this.names.actsIn(node)) throw new NotProved('sendsLater');
    const parent = node.superClass ? this.plain(node.superClass) : plain;
    this.classes++;
    for (const part of node.body.body) {
      if (part.type === 'StaticBlock') part.body.forEach((statement) => this.execute(statement));
      else {
        if (part.computed) this.plain(part.key);
        if (part.value) this.put(this.instance, this.plain(part.value));
      }
    }
    this.classes--;
    return union([parent, this.instance]);
  }

  private property(node: AnyNode): Value {
    if (node.type !== 'Property') return partOf(this.evaluate(node));
    const name = this.keyOf(node);
    if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
    const value = this.plain(node.value);
    this.noteNamed(name, value);
    return value;
  }

  /** A property of a plain name that gets something else is not plain. */
  noteNamed(name: string | undefined, { bits }: Value): void {
    if (name === undefined || !(bits & MESSAGE) || !this.isPlain(name)) return;
    this.notPlain.add(name);
    this.variables.changed = true;
  }

  private keyOf(
    node: AnyNode & { type: 'Property' | 'MemberExpression' | 'AssignmentProperty' },
  ): string | undefined {
    const key = 'property' in node ? node.property : node.key;
    if (node.computed) this.plain(key);
    return propertyName(node);
  }

  private member(node: AnyNode & { type: 'MemberExpression' }): Value {
    const name = this.keyOf(node);
    if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
    const { object } = node;
    if (object.type === 'Identifier' && object.name === 'node' && NODE_PROPERTIES.has(name ?? ''))
      return plain;
    if (object.type === 'Identifier' && name !== undefined && this.isVariable(object.name)) {
      const variable = this.variable(object.name);
      const value = this.variables.read(variable, name);
      // The message was put into it under a name that nobody knows.
      return variable.touched.has('') ? partOf(value) : this.partNamed(value, name);
    }
    if (object.type === 'Identifier' && object.name === 'RegExp') throw new NotProved('unknownCode'); // RegExp.$1
    const value = this.evaluate(object);
    if (value.bits & PENDING) throw new NotProved('sendsLater');
    if (name === 'length') return plain;
    return this.partNamed(value, name);
  }

  private isVariable(name: string): boolean {
    return (
      this.names.isBound(name) &&
      !this.names.functionOf(name) &&
      !INTERFACES.has(name) &&
      !FORBIDDEN.has(name)
    );
  }

  private binary(node: AnyNode & { type: 'BinaryExpression' }): Value {
    const left = this.plain(node.left);
    if (node.operator === 'instanceof' && node.right.type === 'Identifier' && BUILT_IN.has(node.right.name))
      return plain;
    const right = this.plain(node.right);
    return node.operator === '+' ? literalText(union([left, right])) : plain;
  }

  private logical(node: AnyNode & { type: 'LogicalExpression' }): Value {
    // A promise is something: behind `&&` nobody has it any more.
    const left = node.operator === '&&' ? this.plain(node.left) : this.evaluate(node.left);
    let right = plain;
    const evaluate = () => void (right = this.evaluate(node.right));
    if (node.operator === '&&') this.throws.guarded(node.left, evaluate);
    else evaluate();
    return union([left, right]);
  }

  private conditional(node: AnyNode & { type: 'ConditionalExpression' }): Value {
    this.plain(node.test);
    let then = plain;
    this.throws.guarded(node.test, () => void (then = this.evaluate(node.consequent)));
    return union([then, this.evaluate(node.alternate)]);
  }

  private assignment(node: AnyNode & { type: 'AssignmentExpression' }): Value {
    let value = this.plain(node.right);
    if (node.operator === '+=') value = literalText(value);
    else if (!/^(=|\|\|=|&&=|\?\?=)$/.test(node.operator)) value = plain;
    this.assign(node.left, value);
    return value;
  }

  private assignName(name: string, value: Value): void {
    if (INTERFACES.has(name) || FORBIDDEN.has(name)) throw new NotProved('handsOn');
    if (this.names.isBound(name)) this.variables.add(this.variable(name), value);
    else if (isLanguage(name)) throw new NotProved('unknownCode');
    else if (value.bits & MESSAGE) throw new NotProved('keepsMessage');
  }

  private assignMember(target: AnyNode & { type: 'MemberExpression' }, value: Value): void {
    const name = this.keyOf(target);
    if (name !== undefined && FORBIDDEN_PROPERTIES.has(name)) throw new NotProved('unknownCode');
    this.noteNamed(name, value);
    const { object } = target;
    if (object.type === 'Identifier' && this.isVariable(object.name)) {
      const variable = this.variable(object.name);
      if (variable.bits & PENDING) throw new NotProved('sendsLater');
      if (name === undefined) return this.put(this.variables.read(variable), value);
      // What a property holds is known by its name, so only the variable's own kind counts here.
      if (value.bits & MESSAGE && variable.bits & (STORED | FOREIGN)) throw new NotProved('keepsMessage');
      return this.variables.setField(variable, name, value);
    }
    if (isBuiltIn(object) && !this.names.isBound(rootName(object))) throw new NotProved('unknownCode');
    this.put(this.plain(object), value);
  }

  private giveBack(value: Value): void {
    this.variables.add(this.resultVariable(this.within), value);
  }

  private resultVariable(fn: FunctionNode): Variable {
    let variable = this.results.get(fn);
    if (!variable) this.results.set(fn, (variable = this.variables.named(`*result ${fn.start}`)));
    return variable;
  }

  private execute(node: AnyNode): void {
    if (++this.steps > MOST_STEPS) throw new NotProved('tooLong');
    switch (node.type) {
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) if (init) this.declare(id, init);
        return;
      case 'FunctionDeclaration':
        if (this.names.functionOf(node.id?.name ?? '') !== node) this.functionValue(node);
        else this.visit(node);
        return;
      case 'ClassDeclaration':
        return this.assign(node.id as Pattern, this.classValue(node));
      case 'ExpressionStatement':
        return void this.plain(node.expression);
      case 'ReturnStatement':
        if (node.argument) this.giveBack(this.evaluate(node.argument));
        return;
      case 'ThrowStatement':
        if (!this.throws.isSomething(node.argument)) throw new NotProved('throwsNothing');
        this.variables.add(this.anywhere, this.plain(node.argument));
        return;
      case 'IfStatement':
        this.plain(node.test);
        this.throws.guarded(node.test, () => this.execute(node.consequent));
        if (node.alternate) this.execute(node.alternate);
        return;
      case 'ForOfStatement':
        this.loopOver(node.left, partOf(this.plain(node.right)));
        return this.execute(node.body);
      case 'ForInStatement':
        this.plain(node.right);
        this.loopOver(node.left, plain);
        return this.execute(node.body);
      case 'CatchClause':
        if (node.param) this.assign(node.param, this.variables.read(this.anywhere));
        return this.execute(node.body);
      case 'WithStatement':
        throw new NotProved('unknownCode');
      case 'BlockStatement':
      case 'TryStatement':
      case 'SwitchStatement':
      case 'SwitchCase':
      case 'ForStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        for (const child of childrenOf(node)) this.execute(child);
        return;
      case 'LabeledStatement':
        return this.execute(node.body);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'EmptyStatement':
      case 'DebuggerStatement':
        return;
      default:
        this.plain(node);
    }
  }

  private declare(id: Pattern, init: Expression): void {
    if (id.type === 'Identifier' && this.names.functionOf(id.name) === init)
      return this.visit(init as FunctionNode);
    const value = this.evaluate(init);
    const pending = value.bits & PENDING;
    if (pending && id.type === 'Identifier') this.collect(id.name, pending);
    else if (pending) throw new NotProved('sendsLater');
    this.assign(id, { ...value, bits: value.bits & ~PENDING });
  }

  private loopOver(left: AnyNode, value: Value): void {
    if (left.type !== 'VariableDeclaration') return this.assign(left, value);
    for (const { id } of left.declarations) this.assign(id, value);
  }
}

/** What a promise gives; a module that keeps nothing gives data. */
function awaited(value: Value): Value {
  const foreign = value.bits & KEEPS_NOTHING ? FOREIGN | KEEPS_NOTHING : 0;
  return { ...value, bits: value.bits & ~(LATER | foreign) };
}

function rootName(node: AnyNode): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? rootName(node.object) : '';
}

const isBuiltIn = (node: AnyNode) => isLanguage(rootName(node));

function isLanguage(name: string): boolean {
  return BUILT_IN.has(name) || TIMERS.has(name) || TO_PLAIN.has(name) || TO_TEXT.has(name);
}
