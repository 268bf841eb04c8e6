/** What a template is while it is turned from a tree into functions. */
import type { Tree } from './library';
import { Problem, type Cause, type Fault } from './problem';
import type { Frame } from './frame';

export type Expression = (frame: Frame) => unknown;
export type Statement = (frame: Frame) => void;

export class Compiler {
  /** The line of the statement that is read. */
  line = 1;
  /** Names that the macro which is read uses: `caller`, `varargs` and `kwargs` are given only if they are. */
  names = new Set<string>();
  /** Inside a condition: an unknown filter there is an error only if it is reached, as in Jinja2. */
  conditional = 0;
  /** Names of blocks with what they write. */
  readonly blocks = new Map<string, Statement>();

  fail<C extends Cause>(cause: C, ...[params]: Fault<C>): Problem {
    return new Problem(cause, ...([params, this.line] as unknown as Fault<C>));
  }

  /** What cannot stand where it stands. */
  unexpected(tree: Tree): Problem {
    const value = 'value' in tree && typeof tree.value === 'string' ? tree.value : tree.type;
    return this.fail('unexpected', { text: value.replace(/:$/, '').slice(0, 40) });
  }

  /** Reads what runs only under a condition. */
  inCondition<T>(read: () => T): T {
    this.conditional++;
    try {
      return read();
    } finally {
      this.conditional--;
    }
  }
}
