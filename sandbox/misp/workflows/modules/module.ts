import type { FilterState } from '../../../../src/event/data-filter';
import type { StandIn } from '../../stand-in';

/** The data that goes from block to block. */
export interface Roaming {
  misp: StandIn;
  data: unknown;
  /** The block of the trigger says so: else an event is not read anew. */
  isCoreFormat: boolean;
  filters?: FilterState;
}

/** What an action says of itself. */
export interface Verdict {
  ok: boolean;
  error?: string;
}

/** MISP's own code breaks: the run ends where it stands, and so does what started it. */
export class MispCrash extends Error {}

export const failed = (error: string): Verdict => ({ ok: false, error });
