import { getHeapStatistics } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import type { Catalogue, KeyOf, TextParams } from '../text';
import type { Heard } from './contacts';
import type { Access, Credentials } from './credentials';
import type { DebugPost } from '../runs/misp-debug';
import type { AnnouncedModule } from './kinds';
import type { Reply } from './kinds/kind';
import type { ScanNotes } from './request';
import type { UpstreamSettings } from './upstream-settings';

export interface ServiceLimits {
  /** Bytes of one request body. */
  bodyBytes: number;
  /** Bytes of all bodies that are being received or wait for the main thread. */
  waitingBytes: number;
  openRuns: number;
  /** Runs of enrichments, imports and exports: they take none of the places above. */
  moduleRuns: number;
  /** Requests that were answered at once and of which something is still under way. */
  acceptedRuns: number;
  /** Bytes of all requests that the main thread has in hand, answered or not. */
  handedBytes: number;
  /** Levels of nested JSON. */
  depth: number;
  /** So long a query may wait for the misp-modules behind the listener, in milliseconds: its own limit. */
  passMs: number;
}

export interface TlsMaterial {
  key: string;
  cert: string;
  ca?: string;
  passphrase?: string;
}

/** A MISP that calls, without its password. */
export interface ListenerCaller {
  /** By which it logs in. */
  user: string;
  /** What it is called. */
  name: string;
  /** The config node of that MISP, if there is one. */
  server?: string;
}

export interface ServiceSettings {
  host: string;
  port: number;
  access: Access;
  /** Of several MISPs: who they are. */
  callers?: readonly ListenerCaller[];
  /** Who may read the metrics; without, nobody may. */
  metrics?: Credentials;
  tls?: TlsMaterial;
  limits: ServiceLimits;
  /** The misp-modules behind it. */
  upstream?: UpstreamSettings;
  /** Its list, while it is not known how it is reached: before the flows are there. */
  expected?: string;
}

/** A list that is served, whole. */
export interface ServedList {
  access: Credentials;
  /** Nothing yet: it was never written. */
  bytes?: Uint8Array;
  etag: string;
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
  key: KeyOf<'module' | 'problem' | 'types'>;
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
  /** What it speaks. */
  messages: Catalogue;
  /** One 32-bit flag, set when the thread has answered all that was open at the end of the process. */
  drained: SharedArrayBuffer;
}

export type ToWorker =
  | { type: 'settings'; settings: ServiceSettings }
  | { type: 'module'; module: AnnouncedModule; state: ModuleState }
  | { type: 'forget'; name: string }
  | { type: 'absence'; absence: Absence | undefined }
  /** Modules that others have announced are being asked for, or are there. */
  | { type: 'listComes'; isComing: boolean }
  /** `goesOn`: the request was accepted only; the main thread tells with `ended` when nothing of it is left. */
  | { type: 'answer'; id: number; reply: Reply; goesOn?: boolean }
  | { type: 'list'; name: string; list: ServedList }
  | { type: 'forgetList'; name: string }
  /** The flows run: there are no lists but those that came. */
  | { type: 'listsCame' }
  /** Breaks the connection of a request off, as if the process had died. */
  | { type: 'drop'; id: number }
  /** The main thread is through with a request that was answered before. */
  | { type: 'ended'; id: number }
  /** What was asked; nothing if it could not be found out. */
  | { type: 'told'; what: 'health' | 'metrics'; answer: string | undefined }
  /** So many bytes of a post of MISP's debug mode were taken. */
  | { type: 'debugTaken'; bytes: number }
  /** The process ends: answer all open requests by policy, then set and notify the shared flag. */
  | { type: 'drain' }
  /** Accepted requests are kept there, in place of what was told before. */
  | { type: 'queue'; entrance: MessagePort }
  | { type: 'close' };

/** Why the service answered on its own, without the flow. */
export type OwnAnswer =
  'deadline' | 'gone' | 'overload' | 'breaker' | 'stopping' | 'rejected' | 'absent' | 'unkept';

export interface QueryHead extends ScanNotes {
  id: number;
  module: string;
  /** The user who asked; empty where nobody has to say so. */
  caller: string;
  /** Moments of `uptime`. */
  receivedAt: number;
  deadline: number;
  /** Seconds after which MISP gives up, if it said so and that is before the flow's own deadline. */
  mispTimeout?: number;
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
  | { type: 'heard'; heard: Heard }
  /** A monitor outside asks whether the main thread is there, or what it has counted. */
  | { type: 'ask'; what: 'health' | 'metrics' }
  /** MISP tells of a workflow of its own. `from`: the address of who did. */
  | { type: 'debug'; told: DebugPost; from: string; body: Uint8Array }
  /** The list of the misp-modules behind the listener is another one. */
  | { type: 'upstream'; list: string };

export interface ServiceCounts {
  /** Callers with wrong credentials, ever. */
  refused: number;
  /** Addresses and known users that were refused and have not come in since. */
  shutOut: number;
  rejected: number;
  /** Of users that are known and were refused: how often, and from how many addresses they have not come in since. */
  byUser?: readonly { user: string; refused: number; out: number }[];
}

/** Of the memory for requests, what those may take that MISP does not wait for: the rest is for the gate. */
export const SHARE_OF_ACCEPTED = 0.75;

export const DEFAULT_LIMITS: Omit<ServiceLimits, 'handedBytes'> = {
  bodyBytes: 100 * 1024 * 1024,
  waitingBytes: 128 * 1024 * 1024,
  openRuns: 200,
  moduleRuns: 50,
  acceptedRuns: 200,
  depth: 200,
  passMs: 300_000,
};

/** A quarter of the memory that this thread may use for its heap: what a request becomes takes more than its text. */
export const quarterOfHeap = (): number => Math.floor(getHeapStatistics().heap_size_limit / 4);
