/** What a template may cost. All of it is counted, not timed, so that a template always ends the same way. */
import { Problem } from './problem';

/** The longest text that a template gives or makes on its way, in characters. */
export const MAX_TEXT = 1_000_000;
/** Steps of one rendering: a value looked up, an entry of a list looked at, 16 characters written. */
export const MAX_STEPS = 5_000_000;
/** Steps for each of many renderings of one template: all of them together take time in proportion to their number. */
export const STEPS_PER_RENDERING = 500;
/** The longest `range()`, as in Jinja2's sandbox. */
export const MAX_RANGE = 100_000;
/** Brackets in brackets, and blocks in blocks, in a template's text. */
export const MAX_NESTING = 100;
/** `{% elif %}` in one `{% if %}`: the parser reads each inside the one before. */
export const MAX_BRANCHES = 500;
/** The longest template. */
export const MAX_TEMPLATE = 500_000;
/** Macros calling macros, and lists in lists where they are printed or compared. */
export const MAX_DEPTH = 100;
/** The longest integer, in digits. */
export const MAX_DIGITS = 1000;

const CHARACTERS_PER_STEP = 16;
/** What a round of a loop, a call and a new list cost, even if nothing is in them. */
export const STEPS_PER_ROUND = 4;
export const STEPS_PER_CALL = 20;
export const STEPS_PER_LIST = 20;
/** What an entry that is sorted costs besides being compared: what it is sorted by is a list of its own. */
export const STEPS_PER_KEY = 10;

/** What one rendering has used up, or many that share it. */
export class Budget {
  #steps = 0;
  #depth = 0;

  constructor(readonly limit = MAX_STEPS) {}

  /** @throws {Problem} when the template has done too much */
  spend(steps = 1): void {
    this.#steps += steps;
    if (!(this.#steps <= this.limit)) throw new Problem('tooManySteps', { limit: this.limit });
  }

  /** A text was made or read through: its length counts. */
  read(length: number): void {
    this.spend(length / CHARACTERS_PER_STEP);
  }

  /** Refuses a length that no text may have; the length itself costs nothing. */
  fits(length: number): void {
    if (!(length <= MAX_TEXT)) throw new Problem('tooLong', { limit: MAX_TEXT });
  }

  /** Says beforehand how long a text will be. Infinite and impossible lengths are too long. */
  room(length: number): void {
    this.fits(length);
    this.read(Math.max(length, 0));
  }

  /** A text that was made. */
  made(text: string): string {
    this.room(text.length);
    return text;
  }

  /** Runs something that may come back to itself. */
  deeper<T>(work: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw new Problem('tooManyLevels', { limit: MAX_DEPTH });
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }
}
