/** What may be kept of a run when it has ended: no data of its message hangs on it. */
export class Trace {
  private hasActed = false;
  private hasEnded = false;
  private tell: (() => void) | undefined;

  /** A node got a message of it that may change something. */
  get acted(): boolean {
    return this.hasActed;
  }

  /** Nothing more is to be noted of it. */
  get isForgotten(): boolean {
    return this.hasEnded;
  }

  /** Somebody is told when it first acts. */
  onAct(tell: () => void): void {
    if (this.hasActed) tell();
    else if (!this.hasEnded) this.tell = tell;
  }

  act(): void {
    if (this.hasActed) return;
    this.hasActed = true;
    this.tell?.();
    this.tell = undefined;
  }

  end(): void {
    this.hasEnded = true;
    this.tell = undefined;
  }
}
