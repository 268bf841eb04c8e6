import type { MispGraph } from '../actions/misp-graph';
import { isFilters, paramsIn } from '../misp/ad-hoc';
import { withTriggerData } from './splice';
import type { AdHocWish } from './wish';

/** A graph whose trigger says what it gets: what MISP's user chose stays, if MISP can use it. */
export function withAdHocParams(graph: MispGraph, wish: AdHocWish | undefined): MispGraph {
  if (!wish || paramsIn(graph)) return graph;
  const { scope, filters } = wish;
  return withTriggerData(graph, { indexed_params: { scope, filters } });
}

/** Whether each run is on all events of MISP, whoever starts it. */
export function runsOnAll({ scope, filters }: Pick<AdHocWish, 'scope' | 'filters'>): boolean {
  return scope === 'events' && isFilters(filters) && Object.keys(JSON.parse(filters) as object).length === 0;
}
