/**
 * Milliseconds of the machine's clock that nobody can set, the same in all threads of the process. All that
 * decides when MISP is answered is counted by it: a wall clock that is set back or forward changes nothing.
 */
export function uptime(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** The wall-clock time of a moment of `uptime`, for people and messages. */
export function wallClock(moment: number): number {
  return Date.now() + moment - uptime();
}

/** The moment of `uptime` that a wall-clock time means, as the two clocks stand now. */
export function momentOf(time: number): number {
  return uptime() + time - Date.now();
}
