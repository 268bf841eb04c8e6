import { Compiler } from './compile';
import type { Statement } from './compile';
import { filters } from './filters';
import { Frame, Output } from './frame';
import { globalsOf } from './globals';
import { readTemplate } from './grammar';
import { Budget, MAX_DEPTH, MAX_STEPS, STEPS_PER_RENDERING } from './limits';
import { Problem } from './problem';
import { compileBody } from './program';
import { tests } from './tests';
import { WorkflowError } from '../text';
import type { Runtime } from './values';
import { Callable, Thing } from './values';

/** A template that has been read and can be rendered with data. */
export interface Template {
  /**
   * The text for some data, which is read by reference, and only where the template looks.
   * @throws {WorkflowError} with line and cause, if the data does not fit or a limit is reached
   * @param names stand beside the data, and before it: `_env`, `__currentAttribute`
   */
  render(data: unknown, names?: Names): string;
  /**
   * Renders it many times with other names beside the same data. All renderings share one limit, so that they take
   * time in proportion to their number, whatever the template does.
   * @param count how many there will be at most
   */
  renderer(data: unknown, count: number): (names: Names) => string;
  /** Whether the template names this. */
  mentions(name: string): boolean;
}

/** Names that a template knows besides those of the data. */
export type Names = Readonly<Record<string, unknown>>;

export interface TemplateOptions {
  /** `{{ a.b.c }}` is nothing where `a.b` is missing; Jinja2 and MISP fail there. */
  missingIsEmpty?: boolean;
}

/**
 * Reads a Jinja2 template as MISP's modules do: nothing is escaped by itself, a missing value is nothing, one
 * line end at the very end is dropped. What is not supported and all limits: docs/templates.md.
 * @throws {WorkflowError} with line and cause, if it cannot be read
 */
export function compileTemplate(source: string, options: TemplateOptions = {}): Template {
  const compiler = new Compiler();
  const body = guarded('template.syntax', compiler, () => compileBody(readTemplate(source), compiler));
  const renderWith = (data: unknown, names: Names | undefined, budget: Budget) => {
    const rt = newRuntime(options, budget);
    return guarded('template.failed', rt, () =>
      renderBody(body, compiler, rt, names ? [names, data] : [data]),
    );
  };
  return {
    render: (data, names) => renderWith(data, names, new Budget()),
    renderer(data, count) {
      const budget = new Budget(MAX_STEPS + count * STEPS_PER_RENDERING);
      return (names) => renderWith(data, names, budget);
    },
    mentions: (name) => source.includes(name),
  };
}

function newRuntime({ missingIsEmpty = false }: TemplateOptions, budget: Budget): Runtime {
  return {
    budget,
    line: 1,
    autoescape: false,
    chainable: missingIsEmpty,
    owned: new WeakSet(),
    filters,
    tests,
  };
}

function renderBody(body: Statement, compiler: Compiler, rt: Runtime, data: readonly unknown[]): string {
  const root = new Frame(rt, new Output(rt.budget), undefined, [...data, globalsOf(rt)]);
  if (compiler.blocks.size > 0) root.set('self', blocksOf(compiler, root));
  body(root);
  return root.out.text();
}

/** `self.title()`: a block once more. */
function blocksOf({ blocks }: Compiler, root: Frame): Thing {
  return new Thing('TemplateReference', (name) => {
    const block = blocks.get(name);
    if (!block) return undefined;
    return new Callable(name, () => {
      const inner = root.inner(new Output(root.rt.budget));
      block(inner);
      return inner.out.text();
    });
  });
}

/** Turns what went wrong into an error that names the line; nothing else leaves here. */
function guarded<T>(key: 'template.syntax' | 'template.failed', at: { line: number }, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problem = error instanceof RangeError ? new Problem('tooManyLevels', { limit: MAX_DEPTH }) : error;
    if (!(problem instanceof Problem)) throw error;
    const line = problem.line ?? at.line;
    throw new WorkflowError(key, { line, problem: problem.said }, { cause: error });
  }
}
