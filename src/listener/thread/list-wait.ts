/** MISP waits 1 second for the list, in milliseconds. */
const MOST_MS = 700;

/** Whoever asks for the list while it is being completed waits for that, but no longer than MISP does. */
export class ListWait {
  private waiting: Set<() => void> | undefined;

  /** The list is being completed, or is complete. */
  set(isComing: boolean): void {
    if (isComing) {
      this.waiting ??= new Set();
      return;
    }
    const { waiting } = this;
    this.waiting = undefined;
    for (const work of waiting ?? []) work();
  }

  /** Runs work when the list is complete. */
  then(work: () => void): void {
    const { waiting } = this;
    if (!waiting) return work();
    const once = () => {
      clearTimeout(timer);
      if (waiting.delete(once)) work();
    };
    const timer = setTimeout(once, MOST_MS);
    waiting.add(once);
  }
}
