import type { AnyNode } from 'acorn';
import { ACTIONS, CONSTANTS } from './known';
import { isFunction, namesIn, propertyName, walk, type FunctionNode } from './syntax';
import { NotProved } from './unproved';

/** In `defined`: the code defines a function under a name that is not known. */
export const ANY_NAME = '*';

/** Functions that call each other to act. */
const LONGEST_CHAIN = 200;

interface Binding {
  times: number;
  /** The function that the name stands for, if it stands for nothing else. */
  fn?: FunctionNode;
  init?: AnyNode;
  assigned: boolean;
  /** How often it is bound to what was thrown or rejected. */
  caught: number;
}

/**
 * What is to be known of the names in a piece of code before it is followed. Scopes are not told apart: variables
 * of one name are taken for one variable, which can only make the proof fail.
 */
export class Names {
  private readonly bindings = new Map<string, Binding>();
  private readonly uses: { name: string; start: number }[] = [];
  private readonly blocks = new Map<string, readonly AnyNode[]>();
  private readonly aliases = new Map<string, string>();
  private readonly assignedEarly = new Set<string>();
  /** Names for what failed: parameters of error handlers. */
  private readonly rejected: string[] = [];
  /** Where the code acts, or calls a function of its own that does. */
  private acts: number[] = [];
  /** Names of properties that the code defines, so that they may not do what they do elsewhere. */
  readonly defined = new Set<string>();

  constructor(readonly root: FunctionNode) {
    walk(root, (node) => this.collect(node));
    this.uses.sort((a, b) => a.start - b.start);
    this.findActing();
  }

  isBound(name: string): boolean {
    return this.bindings.has(name);
  }

  isAssigned(name: string): boolean {
    return this.bindings.get(name)?.assigned === true;
  }

  boundOnce(name: string): boolean {
    return this.bindings.get(name)?.times === 1;
  }

  /** The function that a name always stands for. */
  functionOf(name: string): FunctionNode | undefined {
    const binding = this.bindings.get(name);
    return binding?.times === 1 && !binding.assigned ? binding.fn : undefined;
  }

  /** Whether the name only stands for parameters, or whatever else is caught in passing. */
  boundOnlyAsParam(name: string): boolean {
    const binding = this.bindings.get(name);
    return binding !== undefined && !binding.fn && !binding.init && !binding.assigned;
  }

  /** The statements that the declaration of a variable stands among. */
  blockOf(name: string): readonly AnyNode[] {
    return this.blocks.get(name) ?? [];
  }

  /** What a variable is declared with. */
  initOf(name: string): AnyNode | undefined {
    return this.bindings.get(name)?.init;
  }

  /** Whether the name only ever holds what was caught. */
  isCaught(name: string): boolean {
    const binding = this.bindings.get(name);
    return binding !== undefined && binding.caught === binding.times && !binding.assigned;
  }

  /** The name under which all aliases of a variable are kept. */
  rootOf(name: string): string {
    let root = name;
    for (let next = this.aliases.get(root); next !== undefined; next = this.aliases.get(root)) root = next;
    // The way is short next time.
    for (let at = name; at !== root;) {
      const next = this.aliases.get(at) ?? root;
      this.aliases.set(at, root);
      at = next;
    }
    return root;
  }

  actsIn({ start, end }: { start: number; end: number }): boolean {
    const at = firstFrom(this.acts, start);
    return at < this.acts.length && this.acts[at] < end;
  }

  get actions(): readonly number[] {
    return this.acts;
  }

  /** The names used in a part of the code. */
  usedIn({ start, end }: { start: number; end: number }): string[] {
    const names: string[] = [];
    const starts = this.uses;
    for (let at = firstFrom(starts, start); at < starts.length && starts[at].start < end; at++)
      names.push(starts[at].name);
    return names;
  }

  private collect(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        this.uses.push({ name: node.name, start: node.start });
        break;
      case 'BlockStatement':
        for (const statement of node.body)
          if (statement.type === 'VariableDeclaration')
            for (const { id } of statement.declarations)
              if (id.type === 'Identifier') this.blocks.set(id.name, node.body);
        break;
      case 'VariableDeclarator':
        this.declare(node.id, node.init ?? undefined);
        break;
      case 'FunctionDeclaration':
        this.bind(node.id, node);
        for (const param of node.params) this.bind(param);
        break;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node !== this.root) this.bind('id' in node ? (node.id ?? null) : null);
        for (const param of node.params) this.bind(param);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.bind(node.id ?? null);
        break;
      case 'CatchClause':
        this.bind(node.param ?? null, undefined, true);
        break;
      case 'AssignmentExpression':
        this.assign(node.left);
        if (node.left.type === 'MemberExpression') this.define(node.left, node.right);
        this.alias(node.left, node.right);
        break;
      case 'UpdateExpression':
        this.assign(node.argument);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.assign(node.left);
        break;
      case 'Property':
        this.define(node, node.value);
        break;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        this.define(node, node.value ?? node);
        break;
      case 'CallExpression':
        this.collectRejected(node);
        break;
      case 'MemberExpression':
        if (isAction(node)) this.acts.push(node.start);
        break;
    }
  }

  private bind(pattern: AnyNode | null, fn?: FunctionNode, caught = false): void {
    for (const name of namesIn(pattern)) {
      const binding = this.bindings.get(name) ?? { times: 0, assigned: false, caught: 0 };
      this.bindings.set(name, binding);
      binding.times++;
      binding.fn = fn;
      if (caught && pattern?.type === 'Identifier') binding.caught++;
    }
  }

  private declare(id: AnyNode, init: AnyNode | undefined): void {
    this.bind(id, isFunction(init) && id.type === 'Identifier' ? init : undefined);
    const binding = id.type === 'Identifier' ? this.bindings.get(id.name) : undefined;
    if (binding) binding.init = init;
    if (init) this.alias(id, init);
  }

  private assign(target: AnyNode): void {
    for (const name of namesIn(target)) {
      const binding = this.bindings.get(name);
      if (binding) binding.assigned = true;
      else this.assignedEarly.add(name); // its declaration comes further down, if there is one
    }
  }

  private define(property: AnyNode, value: AnyNode): void {
    const name = propertyName(property);
    if (name === undefined && isFunction(value)) this.defined.add(ANY_NAME);
    if (name !== undefined && value.type !== 'Literal' && value.type !== 'TemplateLiteral')
      this.defined.add(name);
  }

  private alias(target: AnyNode, value: AnyNode): void {
    if (target.type !== 'Identifier' || value.type !== 'Identifier' || CONSTANTS.has(value.name)) return;
    const [a, b] = [this.rootOf(target.name), this.rootOf(value.name)];
    if (a !== b) this.aliases.set(a, b);
  }

  /** `.catch((error) => ...)` and `.on('error', (error) => ...)` are given what failed. */
  private collectRejected({ callee, arguments: args }: AnyNode & { type: 'CallExpression' }): void {
    if (callee.type !== 'MemberExpression') return;
    const name = propertyName(callee) ?? '';
    const onError =
      /^(on|once)$/.test(name) && args[0]?.type === 'Literal' && args[0].value === 'error'
        ? args[1]
        : undefined;
    const handler = name === 'catch' ? args[0] : onError;
    const param = isFunction(handler) ? handler.params[0] : undefined;
    if (param?.type === 'Identifier') this.rejected.push(param.name);
  }

  private findActing(): void {
    for (const name of this.assignedEarly) {
      const binding = this.bindings.get(name);
      if (binding) binding.assigned = true;
    }
    for (const name of this.rejected) {
      const binding = this.bindings.get(name);
      if (binding) binding.caught++;
    }
    this.acts.sort(ascending);
    const waiting = new Set([...this.bindings.keys()].filter((name) => this.functionOf(name)));
    for (let found = true, rounds = 0; found; rounds++) {
      if (rounds === LONGEST_CHAIN) throw new NotProved('tooLong');
      const acting = [...waiting].filter((name) => this.actsIn(this.functionOf(name) as FunctionNode));
      found = acting.length > 0;
      if (!found) break;
      for (const name of acting) waiting.delete(name);
      const names = new Set(acting);
      for (const use of this.uses) if (names.has(use.name)) this.acts.push(use.start);
      this.acts.sort(ascending);
    }
  }
}

function isAction(node: AnyNode & { type: 'MemberExpression' }): boolean {
  if (node.object.type !== 'Identifier' || node.object.name !== 'node') return false;
  return ACTIONS.has(propertyName(node) ?? 'send');
}

const ascending = (a: number, b: number) => a - b;

/** The first index of a sorted list from which on positions are not before `start`. */
function firstFrom(sorted: readonly (number | { start: number })[], start: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    if ((typeof entry === 'number' ? entry : entry.start) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
