import type { Outcome } from '../runs/verdict';

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
  /** Absent: no credentials are asked for. */
  credentials?: { user: string; password: string };
  tls?: TlsMaterial;
  limits: ServiceLimits;
}

/**
 * `live`: its trigger takes requests. `waiting`: its trigger is being redeployed, requests wait for it.
 * `gone`: its trigger was removed; it stays announced and blocks, until it is forgotten.
 */
export type ModuleState = 'live' | 'waiting' | 'gone';

/** How long requests wait for a trigger that is being redeployed, in milliseconds. */
export const REDEPLOY_WAIT_MS = 3000;

/** What a service's thread is started with. */
export interface WorkerStart {
  settings: ServiceSettings;
  /** One 32-bit flag, set when the thread has answered all that was open at the end of the process. */
  drained: SharedArrayBuffer;
}

export type ToWorker =
  | { type: 'settings'; settings: ServiceSettings }
  | { type: 'module'; module: AnnouncedModule; state: ModuleState }
  | { type: 'forget'; name: string }
  | { type: 'answer'; id: number; error?: string }
  /** The main thread is through with a request that the service had answered itself. */
  | { type: 'ended'; id: number }
  /** The process ends: answer all open requests by policy, then set and notify the shared flag. */
  | { type: 'drain' }
  | { type: 'close' };

/** Why the service answered on its own, without the flow. */
export type OwnAnswer = 'deadline' | 'gone' | 'overload' | 'breaker' | 'stopping' | 'rejected';

export interface QueryHead {
  id: number;
  module: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  deadline: number;
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
  | { type: 'counts'; refused: number; rejected: number };

export const DEFAULT_LIMITS: ServiceLimits = {
  bodyBytes: 100 * 1024 * 1024,
  waitingBytes: 160 * 1024 * 1024,
  openRuns: 200,
  depth: 200,
};
