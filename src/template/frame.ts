/** Where a template's names live while it is rendered, and where its text goes. */
import type { Budget } from './limits';
import type { Runtime } from './values';
import { entry, isDict, Undefined } from './values';

/** The text of a template, a macro or a block as it grows. */
export class Output {
  readonly #parts: string[] = [];
  #length = 0;

  constructor(readonly budget: Budget) {}

  write(text: string): void {
    this.#length += text.length;
    this.budget.fits(this.#length);
    this.budget.read(text.length);
    this.#parts.push(text);
  }

  text(): string {
    return this.#parts.join('');
  }
}

/** A scope: what is set in a loop, a macro or a block is gone behind it. */
export class Frame {
  readonly #names = new Map<string, unknown>();

  constructor(
    readonly rt: Runtime,
    readonly out: Output,
    readonly parent: Frame | undefined,
    /** The data, then the functions of Jinja2: what is read where no scope has the name. */
    readonly globals: readonly unknown[],
  ) {}

  get(name: string): unknown {
    this.rt.budget.spend();
    const own = this.#find(name);
    if (own !== undefined) return own;
    for (const one of this.globals) {
      const value = isDict(one) ? entry(one, name) : undefined;
      if (value !== undefined) return value;
    }
    return new Undefined(name, name);
  }

  #find(name: string): unknown {
    if (this.#names.has(name)) return this.#names.get(name);
    return this.parent ? this.parent.#find(name) : undefined;
  }

  set(name: string, value: unknown): void {
    this.#names.set(name, value);
  }

  /** A scope inside this one, writing to the same text unless another is given. */
  inner(out = this.out): Frame {
    return new Frame(this.rt, out, this, this.globals);
  }

  /** The outermost scope: that of the template itself. */
  root(): Frame {
    return this.parent ? this.parent.root() : this;
  }
}
