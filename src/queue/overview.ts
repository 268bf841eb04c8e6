/**
 * Why a request was put aside: the process died under it too often, nobody can read it, or no trigger took it for too
 * long.
 */
export type AsideReason = 'died' | 'unreadable' | 'old';

/** A request that was put aside: it is started again, or deleted, by hand. */
export interface AsideRequest {
  id: number;
  module: string;
  receivedAt: number;
  asideAt: number;
  size: number;
  attempts: number;
  reason: AsideReason;
}

export interface QueueOverview {
  waiting: number;
  running: number;
  /** The latest first, as many as a list shows. */
  aside: AsideRequest[];
  /** All of them. */
  asideCount: number;
  /** Modules whose requests wait although no trigger takes them. */
  stranded: { module: string; count: number }[];
}
