/** Why a request was given up: it has had its time, or its caller wants it no more. */
export type GivenUp = 'slow' | 'closed';

/** The time that a request has in all, however slowly its answer drips; also over when its caller gives it up. */
export class TimeLimit {
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly giveUp = () => this.stop('closed');
  /** What ended it first; nothing before that. */
  givenUp: GivenUp | undefined;

  constructor(
    ms: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => this.stop('slow'), ms);
    caller?.addEventListener('abort', this.giveUp, { once: true });
    if (caller?.aborted) this.giveUp();
  }

  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.giveUp);
  }

  private stop(why: GivenUp): void {
    this.givenUp ??= why;
    this.stopping.abort();
  }
}
