import type { About } from '../runs/about';
import type { Cause, Outcome } from '../runs/verdict';
import type { Way } from '../runs/way';

/** What is known of a run, as plain data of bounded size: for lists, pages and files. */
export interface RunRecord {
  run: string;
  /** MISP's id of what happened, and the module that it called. */
  trigger: string;
  module: string;
  /** A run of a workflow of MISP's own, as its debug mode tells of it. */
  source?: 'misp';
  /** The trigger node. */
  node: StepNode;
  blocking: boolean;
  /** A test run, or a replay as dry run: nothing was changed, and MISP was not told. */
  test: boolean;
  /** MISP did not ask: the id of the run whose data it got, or an empty text. */
  replay?: string;
  /** Milliseconds since 1970. */
  at: number;
  about?: About;
  /** What MISP was told; missing while it waits, or if the run was begun anew. */
  outcome?: Outcome;
  cause?: Cause;
  reason?: string;
  /** How long MISP waited, in milliseconds. */
  waited?: number;
  /** A node failed, whatever MISP was told. */
  failed: boolean;
  /** It was only the echo of what this Node-RED wrote: the flow got it all the same, or it ended at the trigger. */
  echo?: 'run' | 'ended';
  /** `known`: nothing can happen any more; `unknown`: nobody can tell. */
  ended?: 'known' | 'unknown';
  steps: Step[];
  /** Steps that are not kept. */
  more: number;
  /** Nothing but the row was kept, because there were too many runs at a time. */
  shortened?: boolean;
  way?: Way;
  /** When the first message came to each node of the way, in milliseconds since 1970. */
  times?: number[];
}

export interface StepNode {
  id: string;
  type: string;
  label: string;
}

/** What happened at a node. */
export type Step = { node?: StepNode; at: number } & (
  | { what: 'decided'; way: string; found: string }
  | { what: 'planned'; dryRun: boolean; operations: OperationBrief[]; more: number }
  | { what: 'did'; operations: OperationBrief[]; more: number }
  | { what: 'failed'; problem: string; counts: boolean }
  /** A block of MISP's: what MISP says came of it. */
  | { what: 'executed'; result: string; errors: string[] }
);

/** An operation in short. */
export interface OperationBrief {
  do: string;
  /** What it changes, in JSON. */
  with: string;
  state?: string;
  problems?: string[];
}

/** The topic on which editors are told that there is something new; what it is they ask for. */
export const RUNS_TOPIC = 'misp-workflows/runs';

/** What of a run a list shows. */
export type RunRow = Omit<RunRecord, 'steps' | 'more' | 'way' | 'times'>;
