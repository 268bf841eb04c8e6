import { getHeapStatistics } from 'node:v8';
import type { Outcome } from '../runs/verdict';
import type { TextParams } from '../text';
import type { Heard } from './contacts';
import type { Access } from './credentials';

/** What the service needs to know of a MISP module that a trigger announces. */
export interface AnnouncedModule {
  /** The name in MISP: lower-case letters, digits and underscores. */
  name: string;
  description: string;
  /** MISP waits for the answer and a block stops the operation. */
  blocking: boolean;
  /** A `*-before-save` trigger: MISP saves nothing else while it waits. */
  stallsSaving: boolean;
  /** Milliseconds from the request until the service answers by policy. */
  deadlineMs: number;
  onDeadline: Outcome;
  supportFilters: boolean;
  /** Parameters that MISP's user fills in, as MISP declares them. */
  params: Record<string, ModuleParam>;
}

/** A parameter of a module as MISP reads it from `meta.config.params`. */
export interface ModuleParam {
  type: 'string' | 'large_string' | 'hash_path';
  description: string;
  value: string;
  jinja_supported?: boolean;
}

export interface ServiceLimits {
  /** Bytes of one request body. */
  bodyBytes: number;
  /** Bytes of all bodies that are being received or wait for the main thread. */
  waitingBytes: number;
  openRuns: number;
  /** Requests that were answered at once and of which something is still under way. */
  acceptedRuns: number;
  /** Bytes of all requests that the main thread has in hand, answered or not. */
  handedBytes: number;
  /** Levels of nested JSON. */
  depth: number;
}

export interface TlsMaterial {
  key: string;
  cert: string;
  ca?: string;
  passphrase?: string;
}

export interface ServiceSettings {
  host: string;
  port: number;
  access: Access;
  tls?: TlsMaterial;
  limits: ServiceLimits;
}

/**
 * `live`: its trigger takes requests. `waiting`: its trigger is being redeployed, requests wait for it.
 * `gone`: its trigger was removed; it stays announced and blocks, until it is forgotten.
 */
export type ModuleState = 'live' | 'waiting' | 'gone';

/**
 * Why no trigger can take requests: the flows do not run, or the listener is not set up. All modules block meanwhile,
 * whatever the policy of their triggers is: nobody decides.
 */
export interface Absence {
  /** The key of the text that is answered. */
  key: string;
  params?: TextParams;
  /** Requests wait, because the flows are about to run. */
  waits?: boolean;
}

/** How long requests wait for a trigger that is being redeployed, in milliseconds. */
export const REDEPLOY_WAIT_MS = 3000;

/** What a service's thread is started with. */
export interface WorkerStart {
  settings: ServiceSettings;
  absence: Absence | undefined;
  /** One 32-bit flag, set when the thread has answered all that was open at the end of the process. */
  drained: SharedArrayBuffer;
}

export type ToWorker =
  | { type: 'settings'; settings: ServiceSettings }
  | { type: 'module'; module: AnnouncedModule; state: ModuleState }
  | { type: 'forget'; name: string }
  | { type: 'absence'; absence: Absence | undefined }
  /** `goesOn`: the request was accepted only; the main thread tells with `ended` when nothing of it is left. */
  | { type: 'answer'; id: number; error?: string; goesOn?: boolean }
  /** The main thread is through with a request that was answered before. */
  | { type: 'ended'; id: number }
  /** The process ends: answer all open requests by policy, then set and notify the shared flag. */
  | { type: 'drain' }
  | { type: 'close' };

/** Why the service answered on its own, without the flow. */
export type OwnAnswer = 'deadline' | 'gone' | 'overload' | 'breaker' | 'stopping' | 'rejected' | 'absent';

export interface QueryHead {
  id: number;
  module: string;
  /** Moments of `uptime`. */
  receivedAt: number;
  deadline: number;
  /** Seconds after which MISP gives up, if it said so and that is before the flow's own deadline. */
  mispTimeout?: number;
  /** The flattened list was an exact copy of the attributes and was cut out. */
  flattenedCut: boolean;
  /** The text holds the key `__proto__`. */
  suspicious: boolean;
  /** The text may hold a list that PHP sent as an object with numbers for names; unknown: look. */
  keyed?: boolean;
}

export type FromWorker =
  | { type: 'listening' }
  | { type: 'failed'; code: string; message: string }
  | { type: 'closed' }
  | { type: 'query'; head: QueryHead; body: Uint8Array }
  | { type: 'answered'; id: number; by: OwnAnswer; module: string; blocked: boolean }
  | { type: 'late'; id: number; module: string; wouldBlock: boolean }
  | { type: 'lost'; id: number; module: string }
  | { type: 'counts'; counts: ServiceCounts }
  | { type: 'heard'; heard: Heard };

export interface ServiceCounts {
  /** Callers with wrong credentials, ever. */
  refused: number;
  /** Addresses that were refused and have not come in since. */
  shutOut: number;
  rejected: number;
}

export const DEFAULT_LIMITS: Omit<ServiceLimits, 'handedBytes'> = {
  bodyBytes: 100 * 1024 * 1024,
  waitingBytes: 128 * 1024 * 1024,
  openRuns: 200,
  acceptedRuns: 200,
  depth: 200,
};

/** A quarter of the memory that this thread may use for its heap: what a request becomes takes more than its text. */
export const quarterOfHeap = (): number => Math.floor(getHeapStatistics().heap_size_limit / 4);
