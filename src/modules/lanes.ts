/** So many at a time; who comes later waits for a place. */
export class Lanes {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** Does work as soon as there is a place for it; not at all if its signal comes before that. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(new NoPlace());
    if (this.taken < this.most) {
      this.taken += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(new NoPlace());
      };
      const start = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      this.waiting.push(start);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** The place goes to whoever has waited longest. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}

/** There was no place before the signal came: the work has not begun. */
export class NoPlace extends Error {}
