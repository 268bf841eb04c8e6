import { WorkflowError } from '../text';
import { append, distinct, sort } from './lists';
import { linearMatcher } from './regex';

/** A JSONata expression that was read, as the library `jsonata` gives it. */
export interface Expression {
  evaluate(input: unknown, bindings?: Record<string, unknown>): Promise<unknown>;
  assign(name: string, value: unknown): void;
  registerFunction(name: string, implementation: (this: Focus, ...values: never[]) => unknown): void;
  ast(): unknown;
}

/** How long one evaluation may take, in milliseconds. A MISP that saves gives 3 s. */
export const MOST_MS = 2000;
/** How deep functions may call themselves, in steps of the evaluation. */
const MOST_LEVELS = 5000;
/** How often `^(...)` may look at an item to sort some: enough for 5,000, and the library's memory grows by their square. */
const MOST_LOOKS = 130_000;

/** The library calls these, if they are there, before and after each step. Their names depend on its version. */
const HOOKS = {
  before: ['__evaluate_entry', Symbol.for('jsonata.__evaluate_entry')],
  after: ['__evaluate_exit', Symbol.for('jsonata.__evaluate_exit')],
};

/** Where a function is called. */
interface Focus {
  environment: Frame;
}

interface Step {
  type?: string;
  value?: unknown;
  /** What `^(...)` sorts by. */
  terms?: { expression: unknown }[];
}

/** What one evaluation has cost. */
interface Spent {
  since: number;
  levels: number;
  looks: number;
}

/** One of these belongs to each evaluation. */
interface Frame {
  timestamp: object;
}

/**
 * Gives an expression bounds that hold whatever text it meets: time and depth, regular expressions in linear time, and
 * no text that becomes an expression.
 * @throws {WorkflowError} for a regular expression that takes more than linear time
 */
export function bound(expression: Expression, mostMs = MOST_MS): void {
  const sortedBy = prepare(expression);
  expression.assign('distinct', distinct);
  expression.assign('sort', sort);
  expression.assign('eval', () => {
    throw new WorkflowError('expression.noEval');
  });
  const evaluations = new WeakMap<object, Spent>();
  const spentOf = ({ timestamp }: Frame) => {
    const known = evaluations.get(timestamp);
    if (known) return known;
    const spent = { since: performance.now(), levels: 0, looks: 0 };
    evaluations.set(timestamp, spent);
    return spent;
  };
  const checkTime = ({ since }: Spent) => {
    if (performance.now() - since > mostMs)
      throw new WorkflowError('expression.tooSlow', { limit: mostMs / 1000 });
  };
  const before = (step: object, _input: unknown, frame: Frame) => {
    const spent = spentOf(frame);
    if (++spent.levels > MOST_LEVELS) throw new WorkflowError('expression.tooDeep');
    if (sortedBy.has(step) && ++spent.looks > MOST_LOOKS) throw new WorkflowError('expression.tooMany');
    checkTime(spent);
  };
  const after = (_step: object, _input: unknown, frame: Frame) => {
    spentOf(frame).levels--;
  };
  // `$reduce(list, $append)` takes no step of its own for an item, and copies all for each.
  expression.registerFunction('append', function (first: unknown, second: unknown) {
    checkTime(spentOf(this.environment));
    return append(first, second);
  });
  for (const name of HOOKS.before) expression.assign(name as string, before);
  for (const name of HOOKS.after) expression.assign(name as string, after);
}

/**
 * Each regular expression becomes the name of a function that does the same in linear time.
 * @returns what the expression sorts by
 */
function prepare(expression: Expression): WeakSet<object> {
  const seen = new Set<unknown>();
  const sortedBy = new WeakSet<object>();
  let count = 0;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || part instanceof RegExp || seen.has(part)) return;
    seen.add(part);
    const step = part as Step;
    if (step.type === 'sort') for (const term of step.terms ?? []) sortedBy.add(term.expression as object);
    if (step.type === 'regex' && step.value instanceof RegExp) {
      const name = `__regex_${count++}`;
      expression.assign(name, linearMatcher(step.value));
      Object.assign(step, { type: 'variable', value: name });
    } else if (step.type === 'variable' && String(step.value).startsWith('__')) {
      // An expression that takes the place of what bounds it.
      throw new WorkflowError('expression.reserved', { name: `$${String(step.value)}` });
    }
    Object.values(step).forEach(visit);
  };
  visit(expression.ast());
  return sortedBy;
}
