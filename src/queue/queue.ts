import type { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type { RecordSet } from '../records/records';
import type { Said } from '../text';
import type { QueueOverview } from './overview';

/** What the scan of a request's bytes told, as the parser needs it later. */
export interface QueuedNotes {
  /** The flattened list was an exact copy of the attributes and was cut out. */
  flattenedCut: boolean;
  suspicious: boolean;
  keyed?: boolean;
}

/** A request as it is kept. */
export interface QueuedRequest {
  module: string;
  /** The user who asked; empty where nobody has to say so. */
  caller: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  notes: QueuedNotes;
  body: Uint8Array<ArrayBuffer>;
}

/** A request whose turn it is. */
export interface TakenRequest extends QueuedRequest {
  /** The listener that took it. */
  source: string;
  id: number;
  /** 1, or more if a flow may have had it before, or MISP may not have been told that it was accepted. */
  attempt: number;
}

/** Bounds of what is kept. */
export interface QueueLimits {
  requests: number;
  bytes: number;
  /** What waits longer is put aside; what was put aside is deleted after as long again. */
  days: number;
  /** After so many deaths of the process under a run it is put aside. */
  attempts: number;
}

/** What holds without any setting. */
export const DEFAULT_QUEUE: QueueLimits = {
  requests: 100_000,
  bytes: 1024 * 1024 * 1024,
  days: 14,
  attempts: 4,
};

/** How much of one listener may be under way at a time. */
export interface QueuePlaces {
  runs: number;
  bytes: number;
}

export type QueueState =
  | { state: 'opening' | 'open' }
  /** Nothing is taken in. */
  | { state: 'failed'; problem: Said };

export interface QueueEvents {
  state: [QueueState];
  /** What should be known although it works. */
  notice: [Said];
  taken: [TakenRequest];
  /** What an overview shows has changed. */
  changed: [];
  /** What another process that shares it has told, and how long ago. */
  shared: [news: string, ageMs: number];
  /** Another process has changed a set of records that is watched. */
  records: [set: string];
}

/**
 * Accepted requests, kept until their runs have ended: what is promised of one is on disk when the promise is told. It
 * is the same whatever keeps them; how it is kept stands in an implementation alone.
 *
 * A listener's thread hands requests in through an entrance (`QueueEntry`, `EntryAnswer`). A request that is in is taken
 * when its module is open and there is a place: the event `taken` tells. Whoever takes it says what became of it.
 */
export interface RequestQueue extends EventEmitter<QueueEvents> {
  readonly current: QueueState;
  /** Gives a listener's thread a way in, and another one whenever the keeping begins anew; the one before is closed. */
  connect(source: string, give: (entrance: MessagePort) => void): void;
  disconnect(source: string): void;
  /** How much of a listener may be under way. */
  setPlaces(source: string, places: QueuePlaces): void;
  /** Requests of a module are taken from now on. */
  open(source: string, module: string): void;
  /** They are not taken any more; what was taken goes on. */
  pause(source: string, module: string): void;
  /** Nothing of it is under way as far as can be seen: its place is free. */
  quiet(id: number): void;
  /** Its run has ended: it is not needed any more. */
  done(id: number): void;
  /** Its run was broken off: it is taken again. */
  again(id: number): void;
  /** Nobody can read it. */
  unreadable(id: number): void;
  setLimits(limits: QueueLimits): void;
  overview(): Promise<QueueOverview>;
  /** Starts what was put aside again. @returns how many */
  restart(which: { id: number } | 'all'): Promise<number>;
  /** Deletes what was put aside. @returns how many */
  forget(which: { id: number } | 'all'): Promise<number>;
  /** Tells the other processes that share it; left out where there are none. */
  share?(news: string): void;
  /** A set of records that all of them have in common; left out where there are none. */
  records?(set: string): RecordSet;
  /** Waits until what was told is written. */
  close(): void;
}

/** What a listener's thread says at its entrance. `key`: of a request, unique among all that ever come in. */
export type QueueEntry =
  /** To be kept; its bytes are handed over. */
  | (QueuedRequest & {
      enter: 'put';
      key: string;
      /** One at a time for each event. */
      inOrder: boolean;
      /** The trigger whose keys and passwords are not kept. */
      withoutSecrets?: string;
    })
  /** MISP was told that it was accepted, or will not hear anything any more: it may run. */
  | { enter: 'confirm'; keys: readonly string[] }
  /** MISP was refused meanwhile: it never runs. */
  | { enter: 'withdraw'; key: string }
  /** After another process of keeping has begun: which of them are kept? Each gets its answer. */
  | { enter: 'recall'; keys: readonly string[] };

/** What it is answered. */
export type EntryAnswer =
  { entry: 'kept'; keys: readonly string[] } | { entry: 'refused'; keys: readonly string[]; problem: Said };
