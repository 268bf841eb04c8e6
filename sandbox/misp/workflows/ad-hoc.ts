import { isRecord, textOf } from '../../../src/event/values';
import { toCoreFormat } from '../../../src/event/to-core';
import type { MispEvent } from '../model';
import type { StandIn } from '../stand-in';
import { triggerData } from '../trigger-data';
import { isSince } from '../version';
import { triggerBlock } from './graph';
import type { Outcome } from './outcome';
import type { WorkflowRow } from './store';

export const isAdHoc = ({ trigger_id }: Pick<WorkflowRow, 'trigger_id'>): boolean =>
  trigger_id.startsWith('adhoc_');

/** What the trigger's block says it gets; undefined for one that was never edited. */
export function adHocParams({
  data,
}: WorkflowRow): { scope: string; filters: object | 'broken' } | undefined {
  const params = triggerBlock(data)?.data.indexed_params;
  if (!isRecord(params) || typeof params.scope !== 'string') return undefined;
  try {
    return { scope: params.scope, filters: JSON.parse(textOf(params.filters) || '{}') as object };
  } catch {
    return { scope: params.scope, filters: 'broken' };
  }
}

type AdHocOutcome = 'success' | 'failure' | 'blocked';

/**
 * Runs a workflow for whoever starts it, event by event: the outcome of each. An ordinary one runs on the data that is given.
 * @returns undefined where MISP's own code breaks
 */
export async function runAdHoc(
  misp: StandIn,
  row: WorkflowRow,
  data: Readonly<Record<string, unknown>>,
): Promise<AdHocOutcome[] | undefined> {
  if (!misp.workflowStore.isTriggerOn(row.trigger_id)) return undefined;
  const params = isAdHoc(row) ? adHocParams(row) : ({ scope: 'passed_roaming_data', filters: {} } as const);
  if (!params || params.filters === 'broken') return undefined;
  const env = isSince(misp.version, '2.5.37') && isRecord(data._env) ? { _env: data._env } : {};
  const outcomes: AdHocOutcome[] = [];
  for (const one of dataFor(misp, params.scope, params.filters, data)) {
    outcomes.push(outcomeOf(await misp.fire(row.trigger_id, { ...one, ...env })));
  }
  return outcomes;
}

function dataFor(
  misp: StandIn,
  scope: string,
  filters: object,
  data: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>>[] {
  if (scope === 'passed_roaming_data') {
    const { Event = {}, _env } = data;
    const core = toCoreFormat({ Event }) as Record<string, unknown>;
    return [_env === undefined ? core : { ...core, _env }];
  }
  const search = scope === 'events' ? filters : data;
  return found(misp, search).map((event) => triggerData(event) as unknown as Record<string, unknown>);
}

/** By ids or uuids, or all: what else restSearch takes is not here. Something that is no filter finds nothing. */
function found(misp: StandIn, search: object): MispEvent[] {
  const filters = search as Readonly<Record<string, unknown>>;
  // Variables are taken to be no part of the search: not measured.
  const names = Object.keys(filters).filter((name) => name !== '_env');
  if (names.length === 0) return [...misp.events.values()];
  const wanted = [filters.eventid ?? []].flat().map(textOf);
  return names.includes('eventid') ? wanted.flatMap((key) => misp.event(key) ?? []) : [];
}

/** A module of ours that blocks is a failure; only MISP's own stop is a block. */
function outcomeOf({ blocked, nodeError = '' }: Outcome): AdHocOutcome {
  if (!blocked) return 'success';
  return nodeError.includes('Node `stop-execution`') ? 'blocked' : 'failure';
}
