import { HIGH_WATER_MARK } from './connection';

/** How often this process is asked whether it is awake, in milliseconds. */
export const TICK_MS = 100;

/** A tick that comes this much too late means that something kept the process busy. */
const LATE_MS = 300;

/**
 * Notices when this process did not read for so long that libzmq's own queues may have been full: what the
 * publisher drops then, nobody counts.
 */
export class StallWatch {
  private lastTick: number;
  private since = 0;
  private burst = 0;

  constructor(now: number) {
    this.lastTick = now;
  }

  /** @returns whether the tick came in time */
  tick(now: number): boolean {
    const before = this.lastTick;
    this.lastTick = now;
    if (now - before < TICK_MS + LATE_MS) return true;
    this.since ||= before;
    return false;
  }

  /**
   * Notes a frame that was read.
   * @param more whether another one waits
   * @returns since when frames may be missing, once for each stall
   */
  read(more: () => boolean): number | undefined {
    if (!this.since) return undefined;
    const { since } = this;
    if (++this.burst < HIGH_WATER_MARK && more()) return undefined;
    const full = this.burst >= HIGH_WATER_MARK;
    this.since = this.burst = 0;
    return full ? since : undefined;
  }
}
