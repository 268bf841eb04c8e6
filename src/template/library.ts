/**
 * The parser of `@huggingface/jinja`, and what its tree is made of. Only the parser is used: its interpreter
 * copies all data before it begins and knows no limits. The package's types cannot be read from CommonJS.
 */
import { createRequire } from 'node:module';
import type { Token } from './lexer';

interface List<T> {
  value: T[];
}

/** A node of the library's tree, by its `type`. */
export type Tree =
  | { type: 'Identifier' | 'StringLiteral'; value: string }
  | { type: 'IntegerLiteral' | 'FloatLiteral'; value: number }
  | ({ type: 'ArrayLiteral' | 'TupleLiteral' } & List<Tree>)
  | { type: 'ObjectLiteral'; value: Map<Tree, Tree> }
  | { type: 'MemberExpression'; object: Tree; property: Tree; computed: boolean }
  | CallTree
  | { type: 'FilterExpression'; operand: Tree; filter: Tree }
  | { type: 'BinaryExpression'; operator: Token; left: Tree; right: Tree }
  | { type: 'UnaryExpression'; operator: Token; argument: Tree }
  | { type: 'Ternary'; condition: Tree; trueExpr: Tree; falseExpr: Tree }
  | { type: 'SelectExpression'; lhs: Tree; test: Tree }
  | { type: 'SliceExpression'; start?: Tree; stop?: Tree; step?: Tree }
  | { type: 'KeywordArgumentExpression'; key: { value: string }; value: Tree }
  | { type: 'SpreadExpression' | 'KeywordSpreadExpression'; argument: Tree }
  | StatementTree;

export interface CallTree {
  type: 'CallExpression';
  callee: Tree;
  args: Tree[];
}

export type StatementTree =
  | { type: 'If'; test: Tree; body: Tree[]; alternate: Tree[] }
  | { type: 'For'; loopvar: Tree; iterable: CallTree; body: Tree[]; defaultBlock: Tree[] }
  | { type: 'Set'; assignee: Tree; value: Tree | null; body: Tree[] }
  | { type: 'Macro'; name: { value: string }; args: Tree[]; body: Tree[] }
  | { type: 'CallStatement'; call: CallTree; callerArgs: Tree[] | null; body: Tree[] };

interface Library {
  parse: (tokens: Token[]) => { body: Tree[] };
}

export const { parse } = createRequire(__filename)('@huggingface/jinja') as Library;
