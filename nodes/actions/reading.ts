/** Reads from MISP that end when the node is closed. */
export class Reading {
  private readonly closing = new AbortController();

  get signal(): AbortSignal {
    return this.closing.signal;
  }

  /** What `work` gives; nothing if the node was closed meanwhile, whatever came of it. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      return this.signal.aborted ? undefined : result;
    } catch (error) {
      if (this.signal.aborted) return undefined;
      throw error;
    }
  }

  close(): void {
    this.closing.abort();
  }
}
