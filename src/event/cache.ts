/** Keeps what was made of a text, for at most so many texts; those unused for longest make room. */
export class Cache<T> {
  readonly #values = new Map<string, T>();

  constructor(readonly limit: number) {}

  /** What `make` makes of the text, made once while it is kept. An error of `make` is not kept. */
  get(text: string, make: (text: string) => T): T {
    const known = this.#values.get(text);
    if (known !== undefined) {
      this.#values.delete(text);
      this.#values.set(text, known);
      return known;
    }
    const made = make(text);
    this.#values.set(text, made);
    if (this.#values.size > this.limit) {
      const [oldest] = this.#values.keys();
      if (oldest !== undefined) this.#values.delete(oldest);
    }
    return made;
  }

  get size(): number {
    return this.#values.size;
  }
}
