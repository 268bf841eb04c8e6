import type { AnyNode } from 'acorn';
import type { Names } from './names';
import { walk } from './syntax';

/** A question is remembered for this many characters of code. */
const GUARDED_LENGTH = 2_000;

/**
 * Node-RED takes a function that throws nothing (`throw ''`, `throw undefined`) for one that has finished. So what
 * is thrown or rejected has to be something for sure: an error, a text or object written there, what was caught,
 * or what the code has just asked for (`if (err) throw err`).
 */
export class Throws {
  private readonly guards: { text: string; start: number }[] = [];
  /** Classes of the code itself that extend an error. */
  private readonly errorClasses = new Set<string>();

  constructor(
    private readonly code: string,
    private readonly names: Names,
  ) {
    walk(names.root, (node) => {
      if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return;
      if (node.id && node.superClass && this.isErrorName(node.superClass))
        this.errorClasses.add(node.id.name);
    });
  }

  /** Runs `then` where `test` was found true. */
  guarded(test: AnyNode, then: () => void): void {
    const before = this.guards.length;
    this.addGuards(test);
    then();
    this.guards.length = before;
  }

  isSomething(node: AnyNode | null | undefined): boolean {
    switch (node?.type) {
      case 'Literal':
        return Boolean(node.value);
      case 'TemplateLiteral':
        return node.quasis.some(({ value }) => value.raw !== '');
      case 'ObjectExpression':
      case 'ArrayExpression':
        return true;
      case 'NewExpression':
      case 'CallExpression':
        return this.isErrorName(node.callee);
      case 'BinaryExpression':
        return node.operator === '+' && (isSomeText(node.left) || isSomeText(node.right));
      case 'ConditionalExpression':
        return this.isSomething(node.consequent) && this.isSomething(node.alternate);
      case 'LogicalExpression':
        return node.operator === '||' && this.isSomething(node.right);
      case 'Identifier':
        return this.names.isCaught(node.name) || this.isError(node.name) || this.isGuarded(node);
      case 'MemberExpression':
        return this.isGuarded(node);
      default:
        return false;
    }
  }

  private isErrorName(node: AnyNode): boolean {
    if (node.type !== 'Identifier') return false;
    if (this.errorClasses.has(node.name)) return true;
    return (
      /^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error$/.test(node.name) &&
      !this.names.isBound(node.name)
    );
  }

  /** `const err = new Error(...)` */
  private isError(name: string): boolean {
    if (!this.names.boundOnce(name) || this.names.isAssigned(name)) return false;
    const init = this.names.initOf(name);
    return init?.type === 'NewExpression' && this.isErrorName(init.callee);
  }

  private addGuards(test: AnyNode): void {
    if (test.type === 'LogicalExpression' && test.operator === '&&') {
      this.addGuards(test.left);
      this.addGuards(test.right);
    } else if (test.type === 'Identifier' || test.type === 'MemberExpression') {
      this.guards.push({ text: this.textOf(test), start: test.end });
    }
  }

  private isGuarded(node: AnyNode): boolean {
    const text = this.textOf(node);
    return this.guards.some(
      (guard) =>
        guard.text === text &&
        node.start - guard.start < GUARDED_LENGTH &&
        !setsIn(this.code.slice(guard.start, node.start), text),
    );
  }

  private textOf({ start, end }: AnyNode): string {
    return this.code.slice(start, end);
  }
}

/** Whether the code may give `text` another value. */
function setsIn(code: string, text: string): boolean {
  for (let at = code.indexOf(text); at >= 0; at = code.indexOf(text, at + 1)) {
    if (/^\s*([-+*/%&|^?<>]*=(?!=)|\+\+|--)/.test(code.slice(at + text.length, at + text.length + 20)))
      return true;
  }
  return false;
}

function isSomeText(node: AnyNode): boolean {
  if (node.type === 'Literal') return typeof node.value === 'string' && node.value !== '';
  if (node.type === 'TemplateLiteral') return node.quasis.some(({ value }) => value.raw !== '');
  return (
    node.type === 'BinaryExpression' &&
    node.operator === '+' &&
    (isSomeText(node.left) || isSomeText(node.right))
  );
}
