/** Bounds of what is kept: the oldest runs go first. */
export interface StoreLimits {
  runs: number;
  bytes: number;
  days: number;
  /** Of what runs began with; without them none of it is kept. */
  inputs?: { bytes: number; days: number };
}

/** What a run began with. */
export interface StoredInput {
  trigger: string;
  bytes: Uint8Array;
  flattenedCut: boolean;
}

/** A run, with what it is found by. */
export interface StoredRun {
  run: string;
  /** Milliseconds since 1970. */
  at: number;
  trigger: string;
  /** What MISP was told; empty if nothing. */
  outcome: string;
  failed: boolean;
  /** What it was about, in small letters. */
  eventId: string;
  eventUuid: string;
  /** In small letters; what a search for text looks at. */
  text: string;
  /** JSON: what a list shows, and the rest. */
  row: string;
  details: string;
  input?: StoredInput;
  /** It was recorded by another process, which lives: what has no end yet is under way there. */
  isLiving?: boolean;
}

/** Where a run stands: they are in the order of their times, those of one moment in that of their ids. */
export interface Place {
  at: number;
  run: string;
}

/** Which runs are looked for; what is left out or empty does not matter. */
export interface Search {
  trigger?: string;
  /** `failed`: a node failed, whatever MISP was told; `open`: it was told nothing. */
  outcome?: 'allow' | 'block' | 'failed' | 'open';
  /** A part of the run's `text`, in any case. */
  text?: string;
  /** The event's id or uuid. */
  event?: string;
  /** Only those before this moment, in milliseconds since 1970. */
  until?: number;
  /** Only those before this run; none if it is not known. */
  before?: string;
  /** Only those before this place, whether there is such a run or not. */
  older?: Place;
  most: number;
}

export interface StoredPage {
  /** The `row` of each run that fits, the latest first. */
  rows: string[];
  /** How many runs are kept, fitting or not. */
  total: number;
  /** Those of them that a process has recorded that lives: what has no end yet is under way there. */
  living?: string[];
}

/**
 * What must outlast the process. All that it promises is kept when the promise is; a promise that it cannot keep is
 * rejected with the reason in words. Nothing of it is kept then on disk; in Redis, which may be lost while it answers, a
 * part of it may be: what is kept again is there once.
 */
export interface Store {
  /** Keeps runs; one that is known is replaced. */
  record(runs: readonly StoredRun[]): Promise<void>;
  list(search: Search): Promise<StoredPage>;
  get(run: string): Promise<StoredRun | undefined>;
  /**
   * Forgets a run, or all: no byte of them is left in the store.
   * @returns how many
   */
  forget(which: { run: string } | 'all'): Promise<number>;
}
