/** `{% call macro() %}...{% endcall %}`. */
import { callValue } from './access';
import { compileArguments } from './call-arguments';
import type { Compiler, Statement } from './compile';
import { compileExpression } from './expressions';
import type { StatementTree, Tree } from './library';
import { compileMacro } from './macro';
import { printed } from './operators';

type Body = (trees: readonly Tree[], compiler: Compiler) => Statement;

/** Calls with the body as `caller`. */
export function callCaller(
  tree: Extract<StatementTree, { type: 'CallStatement' }>,
  compiler: Compiler,
  compileBody: Body,
): Statement {
  const root = tree.call.args[0];
  const [line, call] = root?.type === 'CallExpression' ? root.args : [];
  if (line?.type !== 'IntegerLiteral' || call?.type !== 'CallExpression')
    throw compiler.fail('callNeedsCall');
  compiler.line = line.value;
  if (call.callee.type === 'Identifier' && call.callee.value.endsWith(':'))
    throw compiler.fail('callNeedsCall');
  const target = compileExpression(call.callee, compiler);
  const args = compileArguments(call.args, compiler, compileExpression);
  const makeCaller = compileMacro('caller', tree.callerArgs ?? [], tree.body, compiler, compileBody);
  return (frame) => {
    const { rt, out } = frame;
    rt.line = line.value;
    const [list, named] = args(frame);
    const withCaller = new Map(named).set('caller', makeCaller(frame));
    out.write(printed(rt, callValue(rt, target(frame), list, withCaller)));
  };
}
