/** `{% for %}`, and the variable `loop` in it. */
import type { Compiler, Statement } from './compile';
import { equal } from './compare';
import { compileExpression } from './expressions';
import { Output } from './frame';
import type { Frame } from './frame';
import { iterate, toArray } from './iterate';
import type { StatementTree, Tree } from './library';
import { STEPS_PER_ROUND } from './limits';
import { Problem } from './problem';
import { compileTarget } from './target';
import type { Target } from './target';
import { Callable, isTrue, Markup, Thing, Undefined } from './values';

type Body = (trees: readonly Tree[], compiler: Compiler) => Statement;

interface Loop {
  target: Target;
  /** The condition behind `if`. */
  keep?: (frame: Frame) => unknown;
  recursive: boolean;
  body: Statement;
  otherwise: Statement;
}

export function compileLoop(
  tree: Extract<StatementTree, { type: 'For' }>,
  compiler: Compiler,
  compileBody: Body,
): Statement {
  const [list, condition, flags] = tree.iterable.args;
  if (flags?.type !== 'IntegerLiteral') throw compiler.unexpected(tree.iterable);
  const items = compileExpression(list, compiler);
  const test = compileExpression(condition, compiler);
  const loop: Loop = {
    target: compileTarget(tree.loopvar, compiler),
    ...(flags.value % 10 === 1 ? { keep: test } : {}),
    recursive: flags.value >= 10,
    body: compileBody(tree.body, compiler),
    otherwise: compileBody(tree.defaultBlock, compiler),
  };
  return (frame) => run(loop, frame, items(frame), 1);
}

function run(loop: Loop, frame: Frame, list: unknown, depth: number): void {
  const items = kept(loop, frame, list);
  if (items.length === 0) return loop.otherwise(frame.inner());
  const state = { index: 0, changed: undefined as unknown[] | undefined };
  const variable = loopVariable(loop, frame, items, state, depth);
  for (state.index = 0; state.index < items.length; state.index++) {
    frame.rt.budget.spend(STEPS_PER_ROUND);
    const inner = frame.inner();
    inner.set('loop', variable);
    loop.target(inner, items[state.index] ?? null);
    loop.body(inner);
  }
}

function kept(loop: Loop, frame: Frame, list: unknown): readonly unknown[] {
  const { keep, target } = loop;
  if (!keep) return toArray(frame.rt, list);
  const items: unknown[] = [];
  for (const item of iterate(frame.rt, list)) {
    frame.rt.budget.spend(STEPS_PER_ROUND);
    const inner = frame.inner();
    target(inner, item);
    if (isTrue(keep(inner))) items.push(item);
  }
  return items;
}

function loopVariable(
  loop: Loop,
  frame: Frame,
  items: readonly unknown[],
  state: { index: number; changed: unknown[] | undefined },
  depth: number,
): Thing {
  const { rt } = frame;
  const last = items.length - 1;
  const neighbour = (at: number, name: string) =>
    at < 0 || at > last ? new Undefined(`loop.${name}`) : (items[at] ?? null);
  const attributes: Readonly<Record<string, () => unknown>> = {
    index: () => state.index + 1,
    index0: () => state.index,
    revindex: () => last - state.index + 1,
    revindex0: () => last - state.index,
    first: () => state.index === 0,
    last: () => state.index === last,
    length: () => items.length,
    depth: () => depth,
    depth0: () => depth - 1,
    previtem: () => neighbour(state.index - 1, 'previtem'),
    nextitem: () => neighbour(state.index + 1, 'nextitem'),
    cycle: () =>
      new Callable('cycle', (args) => {
        if (args.length === 0) throw new Problem('argumentMissing', { name: 'loop.cycle', argument: '1' });
        return args[state.index % args.length];
      }),
    changed: () =>
      new Callable('changed', (args) => {
        const same = state.changed !== undefined && equal(rt, state.changed, args);
        state.changed = args;
        return !same;
      }),
  };
  const again = (args: unknown[]) => {
    const inner = frame.inner(new Output(rt.budget));
    run(loop, inner, args[0], depth + 1);
    return rt.autoescape ? new Markup(inner.out.text()) : inner.out.text();
  };
  const attribute = (name: string) => (Object.hasOwn(attributes, name) ? attributes[name]() : undefined);
  return new Thing('LoopContext', attribute, undefined, loop.recursive ? again : undefined);
}
