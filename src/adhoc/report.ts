import type { ParameterValues } from './parameters';

/** An event of a run, in short. */
export interface ChosenEvent {
  id: string;
  uuid: string;
  info: string;
  date: string;
  org: string;
}

/**
 * How an event stands: `waiting`: nothing was begun; `planned`: a dry run has its plan; `done`; `blocked`: the flow has
 * stopped it; `failed`: something in it failed; `unknown`: it was begun, and what came of it nobody can tell; `missing`:
 * MISP does not show it.
 */
export type EventState =
  'waiting' | 'running' | 'planned' | 'done' | 'blocked' | 'failed' | 'unknown' | 'missing';

/** `interrupted`: Node-RED was stopped, or the flow deployed anew; `failed`: it could not go on. */
export type RunState = 'running' | 'finished' | 'stopped' | 'interrupted' | 'failed';

/** What came of an event. */
export interface EventResult {
  state: Exclude<EventState, 'waiting' | 'running' | 'missing'>;
  /** What was planned, done, or failed, line by line. */
  lines: string[];
  /** The run in the history. */
  run?: string;
}

export interface EventRow extends ChosenEvent {
  state: EventState;
  lines: string[];
  run?: string;
}

/** What a run is about; it does not change. */
export interface RunHead {
  run: string;
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** Who started it; empty if Node-RED knows no users. */
  by: string;
  /** A message has started it. */
  byMessage: boolean;
  dryRun: boolean;
  /** The dry run whose events these are. */
  of?: string;
  parameters: ParameterValues;
}

/** What became of a run: true at any moment. */
export interface Report extends RunHead {
  state: RunState;
  endedAt?: number;
  problem?: string;
  counts: Partial<Record<EventState, number>>;
  events: EventRow[];
}

export function countsOf(rows: readonly Pick<EventRow, 'state'>[]): Report['counts'] {
  const counts: Report['counts'] = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** So many rows are told of at once: with a thousand plans an answer would be large. */
export const MOST_TOLD = 500;

/** What has changed of a run. */
export interface Changed {
  rows: { index: number; row: EventRow }[];
  revision: number;
  more: boolean;
}

/** The same of a report, whose rows are numbered in their order. */
export function rowsSince({ events }: Report, revision: number): Changed {
  const end = Math.min(events.length, revision + MOST_TOLD);
  const rows = events.slice(revision, end).map((row, index) => ({ index: revision + index, row }));
  return { rows, revision: end, more: end < events.length };
}
