/** Pause between two lines of the same kind, in milliseconds. */
const PAUSE_MS = 10_000;

/**
 * Writes the first line of a kind at once and then at most one every ten seconds, with how many it stands
 * for: when things go wrong a thousand times a second, the log must stay readable.
 */
export class QuietLog {
  private readonly kinds = new Map<string, { unsaid: number; timer: NodeJS.Timeout }>();

  /** @param write gets the line and how many more of its kind there were since the last one */
  constructor(private readonly write: (line: string, more: number) => void) {}

  tell(kind: string, line: string): void {
    const known = this.kinds.get(kind);
    if (known) {
      known.unsaid++;
      return;
    }
    this.write(line, 0);
    const timer = setInterval(() => this.repeat(kind, line), PAUSE_MS);
    timer.unref();
    this.kinds.set(kind, { unsaid: 0, timer });
  }

  close(): void {
    for (const { timer } of this.kinds.values()) clearInterval(timer);
    this.kinds.clear();
  }

  private repeat(kind: string, line: string): void {
    const known = this.kinds.get(kind);
    if (!known) return;
    if (known.unsaid === 0) {
      clearInterval(known.timer);
      this.kinds.delete(kind);
      return;
    }
    this.write(line, known.unsaid);
    known.unsaid = 0;
  }
}
