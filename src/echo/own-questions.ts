import { uptime } from '../clock';

export interface QuestionLimits {
  names: number;
  keptMs: number;
}

const LIMITS: QuestionLimits = { names: 10_000, keptMs: 10 * 60_000 };

/** Attributes that actions of this Node-RED had enriched lately: MISP, or an action itself, then asks about them. */
export class OwnQuestions {
  private readonly asked = new Map<string, { until: number; told: Set<string> }>();

  constructor(
    private readonly limits = LIMITS,
    private readonly now: () => number = uptime,
  ) {}

  /** Remembers that something will be asked. @param names ids and uuids of the attributes */
  note(names: readonly string[]): void {
    const until = this.now() + this.limits.keptMs;
    for (const name of names) {
      this.asked.delete(name);
      this.asked.set(name, { until, told: new Set() });
    }
    for (const [oldest, { until: end }] of this.asked) {
      if (end > this.now() && this.asked.size <= this.limits.names) break;
      this.asked.delete(oldest);
    }
  }

  /** Whether one of ours has led to a question, which then has accounted for it. @param by the node that is asked */
  account(names: readonly string[], by: string): boolean {
    const found = names.flatMap((name) => this.asked.get(name) ?? []);
    const led = found.some(({ until, told }) => until > this.now() && !told.has(by));
    for (const { told } of found) told.add(by);
    return led;
  }
}
