/**
 * Work that waits in line: MISP's background worker does one job after the other, and MISP saves one thing at a
 * time while a `*-before-save` workflow runs (test/fixtures/behaviour/concurrency.json).
 */
export class Lane {
  private tail: Promise<unknown> = Promise.resolve();

  /** Runs the work when everything before it has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Until nothing is left of what stands in line now. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
