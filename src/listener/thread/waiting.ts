import { REDEPLOY_WAIT_MS } from '../protocol';
import type { Scan } from '../scan';
import type { Query } from './query';

/** A request of which all is there. */
export interface Arrived {
  query: Query;
  scan: Scan;
}

/** Requests for triggers that are being redeployed, by module. */
export class Waiting {
  private readonly queries = new Map<string, Arrived[]>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  add(module: string, arrived: Arrived): void {
    const list = this.queries.get(module);
    if (list) list.push(arrived);
    else this.queries.set(module, [arrived]);
  }

  /** Gives the trigger of a module its time to come back, from now on. */
  start(module: string, expired: () => void): void {
    clearTimeout(this.timers.get(module));
    this.timers.set(module, setTimeout(expired, REDEPLOY_WAIT_MS));
  }

  /** Nothing happens any more when its time is up. */
  stop(module: string): void {
    clearTimeout(this.timers.get(module));
    this.timers.delete(module);
  }

  /** Takes out the requests of a module. */
  take(module: string): Arrived[] {
    const list = this.queries.get(module) ?? [];
    this.queries.delete(module);
    return list;
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }
}
