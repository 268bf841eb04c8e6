/** `{% macro %}`, and the body of `{% call %}`, which is a macro named `caller`. */
import type { Compiler, Expression, Statement } from './compile';
import { compileExpression } from './expressions';
import { Output } from './frame';
import type { Frame } from './frame';
import { newList } from './iterate';
import type { Tree } from './library';
import { Problem } from './problem';
import { Callable, Dict, Markup, Tuple, Undefined } from './values';
import type { Named } from './values';

type Body = (trees: readonly Tree[], compiler: Compiler) => Statement;

interface Parameter {
  name: string;
  otherwise: Expression | undefined;
}

interface Macro {
  name: string;
  parameters: Parameter[];
  body: Statement;
  /** Names that the body uses. */
  names: ReadonlySet<string>;
}

/** What makes the macro in the scope where it stands. */
export function compileMacro(
  name: string,
  args: readonly Tree[],
  trees: readonly Tree[],
  compiler: Compiler,
  compileBody: Body,
): (frame: Frame) => Callable {
  const outer = compiler.names;
  compiler.names = new Set();
  const parameters = args.map((arg) => parameter(arg, compiler));
  const macro: Macro = { name, parameters, body: compileBody(trees, compiler), names: compiler.names };
  compiler.names = new Set([...outer, ...macro.names]);
  const attributes = {
    name,
    arguments: new Tuple(parameters.map((one) => one.name)),
    catch_kwargs: macro.names.has('kwargs'),
    catch_varargs: macro.names.has('varargs'),
    caller: macro.names.has('caller'),
  };
  return (frame) => {
    const escaping = frame.rt.autoescape;
    return new Callable(name, (given, named) => invoke(macro, frame, given, named, escaping), attributes);
  };
}

function parameter(arg: Tree, compiler: Compiler): Parameter {
  if (arg.type === 'Identifier') return { name: arg.value, otherwise: undefined };
  if (arg.type !== 'KeywordArgumentExpression') throw compiler.unexpected(arg);
  return { name: arg.key.value, otherwise: compileExpression(arg.value, compiler) };
}

function invoke(macro: Macro, outer: Frame, given: unknown[], named: Named, escaping: boolean): unknown {
  const { rt } = outer;
  const frame = outer.inner(new Output(rt.budget));
  const rest = bindParameters(macro, frame, given, named);
  if (macro.names.has('caller')) frame.set('caller', rest.get('caller') ?? new Undefined('caller'));
  else if (rest.has('caller')) throw new Problem('callerUnused', { name: macro.name });
  rest.delete('caller');
  if (macro.names.has('kwargs')) frame.set('kwargs', Dict.of(rest));
  else for (const argument of rest.keys()) throw new Problem('wrongArgument', { name: macro.name, argument });
  const more = given.slice(macro.parameters.length);
  if (macro.names.has('varargs')) frame.set('varargs', new Tuple(newList(rt, more)));
  else if (more.length > 0) throw new Problem('tooManyArguments', { name: macro.name });
  const before = { line: rt.line, autoescape: rt.autoescape };
  rt.autoescape = escaping;
  macro.body(frame);
  rt.line = before.line;
  rt.autoescape = before.autoescape;
  return rt.autoescape ? new Markup(frame.out.text()) : frame.out.text();
}

/** Sets the parameters; gives the named arguments that are left. */
function bindParameters(macro: Macro, frame: Frame, given: unknown[], named: Named): Map<string, unknown> {
  const rest = new Map(named);
  macro.parameters.forEach(({ name, otherwise }, index) => {
    if (index < given.length) {
      if (rest.has(name)) throw new Problem('argumentTwice', { argument: name });
      return frame.set(name, given[index]);
    }
    const value = rest.get(name);
    rest.delete(name);
    frame.set(name, value ?? (value === null ? null : (otherwise?.(frame) ?? new Undefined(name))));
  });
  return rest;
}
