import type { AnyNode } from 'acorn';
import { assign } from './assignments';
import { doneIn, type Done } from './done';
import { evaluate } from './expressions';
import { joins } from './joins';
import { FORBIDDEN, INTERFACES, PLAIN_PROPERTY } from './known';
import type { Names } from './names';
import { execute } from './statements';
import { isFunction, propertyName, type FunctionNode } from './syntax';
import { Throws } from './throws';
import { NotProved } from './unproved';
import {
  FOREIGN,
  LATER,
  MESSAGE,
  PENDING,
  partOf,
  plain,
  STORED,
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
  /** Variables whose promises are all awaited. */
  private readonly joined = new Set<string>();
  private readonly notPlain = new Set<string>();
  /** Classes that the code at hand stands in. */
  classes = 0;
  private visited = new Set<FunctionNode>();
  private within: FunctionNode;
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

  evaluate(node: AnyNode): Value {
    this.step();
    return evaluate(this, node);
  }

  /** Where a value goes; parts of patterns are evaluated on the way. */
  assign(target: AnyNode, value: Value): void {
    assign(this, target, value);
  }

  /** A value is put into what `into` is. */
  put(into: Value, value: Value): void {
    if (value.bits & MESSAGE && into.bits & (STORED | FOREIGN)) throw new NotProved('keepsMessage');
    for (const place of into.from) this.variables.put(place, value);
    for (const place of into.holds) this.variables.put(place, value);
  }

  execute(node: AnyNode): void {
    this.step();
    execute(this, node);
  }

  /** @throws NotProved when the proof takes too long */
  step(count = 1): void {
    this.steps += count;
    if (this.steps > MOST_STEPS) throw new NotProved('tooLong');
  }

  /** The value of an expression behind which nothing is left to be awaited. */
  plain(node: AnyNode): Value {
    const value = this.evaluate(node);
    if (value.bits & PENDING) throw new NotProved('sendsLater');
    return value;
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

  /** A property of a plain name that gets something else is not plain. */
  noteNamed(name: string | undefined, { bits }: Value): void {
    if (name === undefined || !(bits & MESSAGE) || !this.isPlain(name)) return;
    this.notPlain.add(name);
    this.variables.changed = true;
  }

  keyOf(
    node: AnyNode & { type: 'Property' | 'MemberExpression' | 'AssignmentProperty' },
  ): string | undefined {
    const key = 'property' in node ? node.property : node.key;
    if (node.computed) this.plain(key);
    return propertyName(node);
  }

  isVariable(name: string): boolean {
    return (
      this.names.isBound(name) &&
      !this.names.functionOf(name) &&
      !INTERFACES.has(name) &&
      !FORBIDDEN.has(name)
    );
  }

  giveBack(value: Value): void {
    this.variables.add(this.resultVariable(this.within), value);
  }

  private resultVariable(fn: FunctionNode): Variable {
    let variable = this.results.get(fn);
    if (!variable) this.results.set(fn, (variable = this.variables.named(`*result ${fn.start}`)));
    return variable;
  }
}
