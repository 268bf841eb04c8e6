import { parse, type AnyNode, type Function as AnyFunction } from 'acorn';

export type FunctionNode = AnyNode & AnyFunction;

/**
 * The function that Node-RED makes of the code of a function node; undefined if the code is no code, or reaches
 * out of that function.
 */
export function parseCode(code: string, isAsync: boolean): FunctionNode | undefined {
  const text = wrap(code, isAsync);
  const [statement, ...more] = parse(text, { ecmaVersion: 'latest', sourceType: 'script' }).body;
  if (more.length > 0 || statement?.type !== 'ExpressionStatement') return undefined;
  const { expression } = statement;
  const whole = expression.start === 1 && expression.end === text.length - 1;
  return whole && isFunction(expression) ? expression : undefined;
}

/** The text that positions in the parsed code refer to. */
export function wrap(code: string, isAsync: boolean): string {
  return `(${isAsync ? 'async ' : ''}function(msg,__send__,__done__){var node;\n${code}\n})`;
}

export function isFunction(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression' ||
    node?.type === 'FunctionDeclaration'
  );
}

export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as AnyNode).type === 'string';
}

/** The name of a property, if the code says it. */
export function propertyName(node: AnyNode): string | undefined {
  const [key, computed] =
    node.type === 'MemberExpression'
      ? [node.property, node.computed]
      : node.type === 'Property' || node.type === 'MethodDefinition' || node.type === 'PropertyDefinition'
        ? [node.key, node.computed]
        : [undefined, true];
  if (key?.type === 'Literal') return String(key.value);
  return !computed && (key?.type === 'Identifier' || key?.type === 'PrivateIdentifier')
    ? key.name
    : undefined;
}

/** Calls `visit` with the node and everything in it but the names of properties and labels. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) if (!isLabelOrKey(node, child)) walk(child, visit);
}

function isLabelOrKey(parent: AnyNode, child: AnyNode): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return child === parent.property && !parent.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return child === parent.key && !parent.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return child === parent.label;
    case 'MetaProperty':
      return true;
    default:
      return false;
  }
}

/** The names that a pattern binds. */
export function namesIn(pattern: AnyNode | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((entry) => namesIn(entry.type === 'Property' ? entry.value : entry));
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn);
    case 'RestElement':
      return namesIn(pattern.argument);
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    default:
      return [];
  }
}
