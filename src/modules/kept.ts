import { uptime } from '../clock';

/** Values at most, and bytes of all answers together. */
export const MOST_KEPT = 10_000;
export const MOST_KEPT_BYTES = 64 * 1024 * 1024;

interface Entry {
  text: string;
  until: number;
}

/**
 * Answers that are kept for a while, in memory only. They are kept as text: what is taken out is nobody else's, and
 * what it costs is known. The oldest go when there are too many.
 */
export class KeptAnswers {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(
    private readonly keptMs: number,
    private readonly now: () => number = uptime,
  ) {}

  /** A copy of what is kept; nothing if it is not, or not any more. */
  get(key: string): unknown {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.until > this.now()) return JSON.parse(entry.text) as unknown;
    this.forget(key, entry);
    return undefined;
  }

  set(key: string, answer: unknown): void {
    const entry = { text: JSON.stringify(answer), until: this.now() + this.keptMs };
    const size = sizeOf(key, entry);
    if (this.keptMs <= 0 || size > MOST_KEPT_BYTES / 4) return;
    const before = this.entries.get(key);
    if (before) this.forget(key, before);
    this.entries.set(key, entry);
    this.bytes += size;
    for (const [oldest, old] of this.entries) {
      if (this.entries.size <= MOST_KEPT && this.bytes <= MOST_KEPT_BYTES) break;
      this.forget(oldest, old);
    }
  }

  /** How many are kept, and what they take. */
  get size(): { values: number; bytes: number } {
    return { values: this.entries.size, bytes: this.bytes };
  }

  private forget(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.bytes -= sizeOf(key, entry);
  }
}

/** Texts have two bytes a character at most. */
function sizeOf(key: string, { text }: Entry): number {
  return 2 * (key.length + text.length);
}
