/**
 * Work that waits in line: MISP's background worker does one job after the other, and MISP saves one thing at a
 * time while a `*-before-save` workflow runs (test/fixtures/behaviour/concurrency.json).
 */
export class Lane {
  /** Work that was not begun yet. */
  waiting = 0;
  private tail: Promise<unknown> = Promise.resolve();
  private gate: Promise<void> | undefined;
  private open: () => void = () => undefined;

  /** Runs the work when everything before it has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const begin = () => {
      this.waiting -= 1;
      return work();
    };
    const result = this.tail.then(() => this.gate).then(begin);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Until nothing is left of what stands in line now. */
  async idle(): Promise<void> {
    await this.tail;
  }

  /** Nothing more is begun. */
  stop(): void {
    this.gate ??= new Promise((resolve) => (this.open = resolve));
  }

  goOn(): void {
    this.gate = undefined;
    this.open();
  }
}
