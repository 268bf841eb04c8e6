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
  most: number;
}

export interface StoredPage {
  /** The `row` of each run that fits, the latest first. */
  rows: string[];
  /** How many runs are kept, fitting or not. */
  total: number;
}

/**
 * What must outlast the process. All that it promises is on disk when the promise is kept; a promise that it cannot
 * keep is rejected with the reason in words, and nothing of it is kept.
 */
export interface Store {
  /** Keeps runs, all or none; one that is known is replaced. */
  record(runs: readonly StoredRun[]): Promise<void>;
  list(search: Search): Promise<StoredPage>;
  get(run: string): Promise<StoredRun | undefined>;
  /**
   * Forgets a run, or all: no byte of them is left in the store's files.
   * @returns how many
   */
  forget(which: { run: string } | 'all'): Promise<number>;
}
