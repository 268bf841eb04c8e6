import type { MispGraph } from '../actions/misp-graph';
import { isRecord, textOf } from '../event/values';
import { AD_HOC_SCOPES, isFilters } from '../misp/ad-hoc';
import { triggerBlock, withTriggerData } from './splice';
import type { AdHocWish } from './wish';

/** What the trigger of an ad hoc workflow says it gets; undefined if it says nothing that MISP can use: then no run works. */
export function adHocParams(graph: MispGraph): Pick<AdHocWish, 'scope' | 'filters'> | undefined {
  const params = triggerBlock(graph)?.[1].data.indexed_params;
  if (!isRecord(params)) return undefined;
  const scope = AD_HOC_SCOPES.find((one) => one === params.scope);
  const filters = textOf(params.filters) || '{}';
  return scope && isFilters(filters) ? { scope, filters } : undefined;
}

/** A graph whose trigger says what it gets: what MISP's user chose stays, if MISP can use it. */
export function withAdHocParams(graph: MispGraph, wish: AdHocWish | undefined): MispGraph {
  if (!wish || adHocParams(graph)) return graph;
  const { scope, filters } = wish;
  return withTriggerData(graph, { indexed_params: { scope, filters } });
}

/** Whether each run is on all events of MISP, whoever starts it. */
export function runsOnAll({ scope, filters }: Pick<AdHocWish, 'scope' | 'filters'>): boolean {
  return scope === 'events' && isFilters(filters) && Object.keys(JSON.parse(filters) as object).length === 0;
}
