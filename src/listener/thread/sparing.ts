import { uptime } from '../../clock';

/** Time-outs in a row after which a module is not asked any more. */
const TIMEOUTS = 3;
/** For how long, in milliseconds. */
const PAUSE_MS = 30_000;

/**
 * Spares MISP a workflow that does not answer: while a `*-before-save` run is open, MISP saves nothing
 * at all (docs/architecture.md, "Each blocking trigger"), so after three time-outs in a row the policy answers at once.
 */
export class Breaker {
  private readonly timeouts = new Map<string, { inARow: number; until: number }>();

  timedOut(module: string, now = uptime()): void {
    const inARow = (this.timeouts.get(module)?.inARow ?? 0) + 1;
    this.timeouts.set(module, { inARow, until: inARow >= TIMEOUTS ? now + PAUSE_MS : 0 });
  }

  answered(module: string): void {
    this.timeouts.delete(module);
  }

  isOpen(module: string, now = uptime()): boolean {
    return (this.timeouts.get(module)?.until ?? 0) > now;
  }
}
