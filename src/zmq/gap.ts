/** Why messages may be missing. */
export type GapReason = 'disconnected' | 'silent' | 'overflow' | 'redeployed';

/** A time in which messages of MISP may have been lost; milliseconds since 1970. */
export interface Gap {
  reason: GapReason;
  from: number;
  to: number;
  /** How many messages are known to be lost; others may be too. */
  lost: number;
}

/** One gap that covers both. */
export function joinGaps(first: Gap | undefined, second: Gap): Gap {
  if (!first) return second;
  return {
    reason: second.reason,
    from: Math.min(first.from, second.from),
    to: Math.max(first.to, second.to),
    lost: first.lost + second.lost,
  };
}

/** The gap in seconds since 1970, as MISP's `timestamp` takes it; never shorter than it was. */
export function inSeconds({ from, to }: Gap): [number, number] {
  return [Math.floor(from / 1000), Math.ceil(to / 1000)];
}
