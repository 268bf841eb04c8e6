import type { EventEmitter } from 'node:events';
import type { Operation, OperationResult, Plan } from '../actions/plan';
import type { Actor } from '../audit/entry';
import type { Said } from '../text';

/** Something that failed because the other side was away, as it is kept: plain data, without what it does. */
export interface RetryHead {
  id: string;
  /** The node as it runs: it has the credentials. */
  node: string;
  /** What the node's settings were: one that is another now must not do it. */
  settings: string;
  actor: Actor;
  /** What it does, and how often. */
  what: Operation['do'];
  count: number;
  /** Milliseconds since 1970. */
  since: number;
  until: number;
  next: number;
  tries: number;
  /** Why it failed last. */
  problem: Said;
  /** What may have been done is done again all the same. */
  repeats: boolean;
  /** A try has begun: if the process died since, nobody knows what came of it. */
  trying: boolean;
  /** Of all that is kept of it. */
  bytes: number;
}

/** What it does, and for which message. */
export interface RetryBody {
  plan: Plan;
  message: Record<string, unknown>;
}

export interface RetryStoreEvents {
  state: [{ state: 'opening' | 'open' } | { state: 'failed'; problem: Said }];
  notice: [Said];
}

/** Where it is kept: what is promised is on disk when the promise is kept. */
export interface RetryStore extends EventEmitter<RetryStoreEvents> {
  readonly current: RetryStoreEvents['state'][0];
  all(): Promise<RetryHead[]>;
  body(id: string): Promise<RetryBody | undefined>;
  /** Keeps an entry, or what is new of it; without a body that stays as it is. */
  put(head: RetryHead, body?: RetryBody): Promise<void>;
  forget(ids: readonly string[]): Promise<void>;
  close(): void;
}

/** How an entry ended. */
export interface RetryEnd {
  head: RetryHead;
  message: Record<string, unknown>;
  results: OperationResult[];
  /** Why it was not done, or may not have been; nothing if it was. */
  problem?: Said;
}

/** A node that tries what it could not do. */
export interface Retrying {
  /** Its settings as they count for a plan. */
  settings(plan: Plan): string;
  perform(plan: Plan, message: Record<string, unknown>): Promise<OperationResult[]>;
}
