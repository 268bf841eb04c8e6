/** Takes what a path finds, value by value. */
export interface Sink {
  add(value: unknown): unknown;
}

const CHUNK = 4096;

/**
 * A list that grows in pieces: the first as it is needed, the others of their final size at once. One list that
 * grows to some 100,000 entries is moved again and again, which beside a large event takes longer than finding
 * them.
 */
export class Finds implements Sink {
  private readonly full: unknown[][] = [];
  private last = new Array<unknown>(8);
  private count = 0;

  add(value: unknown): void {
    if (this.count === CHUNK) {
      this.full.push(this.last);
      this.last = new Array<unknown>(CHUNK);
      this.count = 0;
    }
    this.last[this.count++] = value;
  }

  list(): unknown[] {
    this.last.length = this.count;
    return this.full.length === 0 ? this.last : ([] as unknown[]).concat(...this.full, this.last);
  }
}
