/** Takes what a path finds, value by value. */
export interface Sink {
  add(value: unknown): unknown;
}

const CHUNK = 4096;

/**
 * A list that grows in pieces. One list that grows to some 100,000 entries is moved again and again, which
 * beside a large event takes longer than finding them.
 */
export class Finds implements Sink {
  readonly #full: unknown[][] = [];
  #last: unknown[] = [];

  add(value: unknown): void {
    if (this.#last.length === CHUNK) {
      this.#full.push(this.#last);
      this.#last = [];
    }
    this.#last.push(value);
  }

  list(): unknown[] {
    return this.#full.length === 0 ? this.#last : ([] as unknown[]).concat(...this.#full, this.#last);
  }
}
