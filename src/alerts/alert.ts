import type { About } from '../runs/about';
import type { Outcome } from '../runs/verdict';
import type { Said } from '../text';

/** Why somebody is told, of a run. */
export const RUN_CAUSES = ['failed', 'blocked', 'deadline', 'policy', 'lost'] as const;

/** Why somebody is told: of runs, of the listener, and of what is kept. */
export const CAUSES = [...RUN_CAUSES, 'refused', 'deaf', 'silent', 'history', 'setUp', 'list'] as const;

export type RunCause = (typeof RUN_CAUSES)[number];
export type Cause = (typeof CAUSES)[number];

/** A node, as the journal names it. */
export interface Place {
  id: string;
  type: string;
  label: string;
}

/** What somebody is to be told. Nothing of an event but what it is called. */
export interface Alert {
  cause: Cause;
  /** Milliseconds since 1970. */
  at: number;
  /** In words; empty if there is nothing more to say. */
  reason: Said;
  /** Whose it is: of one cause, each is told of for itself. */
  of: string;
  /** The node that failed, else the trigger; or the listener. */
  node?: Place;
  run?: string;
  /** MISP's id of what happened. */
  trigger?: string;
  module?: string;
  /** What MISP was told. */
  outcome?: Outcome;
  about?: About;
  /** Of several MISPs: the name of the one that was refused. */
  caller?: string;
  /** How often callers were refused since the listener opened. */
  count?: number;
  /** Since when it is so, in milliseconds since 1970. */
  since?: number;
}

/** Takes what is to be told. */
export type Tell = (alert: Alert) => void;
