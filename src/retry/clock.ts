/** Times of what is tried again: they outlast the process, so they are those of the wall. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Does something later; the function returned calls it off. */
  after(ms: number, work: () => void): () => void;
}

/** The machine's. */
export const CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
  },
};
