import { uptime } from '../clock';

/** Questions beyond this are forgotten, the oldest first. */
const MOST = 10_000;

/** What was asked lately, or is being asked: the same question is not asked again before its time. */
export class AskedLately {
  private readonly askedAt = new Map<string, number>();

  constructor(
    private readonly most = MOST,
    private readonly now: () => number = uptime,
  ) {}

  /**
   * Whether the question may be asked now; it then counts as asked.
   * @param pauseMs how long it is not asked again
   */
  claim(question: string, pauseMs: number): boolean {
    const before = this.askedAt.get(question);
    const now = this.now();
    if (before !== undefined && now - before < pauseMs) return false;
    this.askedAt.delete(question);
    this.askedAt.set(question, now);
    for (const oldest of this.askedAt.keys()) {
      if (this.askedAt.size <= this.most) break;
      this.askedAt.delete(oldest);
    }
    return true;
  }

  /** It was not asked after all. */
  release(question: string): void {
    this.askedAt.delete(question);
  }
}
