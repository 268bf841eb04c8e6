/** The time that a request has in all, however slowly its answer drips; also over when its caller gives it up. */
export class TimeLimit {
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly giveUp = () => this.stopping.abort();
  /** The time is over, and nobody has given the call up. */
  isOver = false;

  constructor(
    ms: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => {
      this.isOver = !this.stopping.signal.aborted;
      this.stopping.abort();
    }, ms);
    caller?.addEventListener('abort', this.giveUp, { once: true });
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.giveUp);
  }
}
