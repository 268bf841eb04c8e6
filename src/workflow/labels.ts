import type { Graph } from './graph';
import { textOf } from './plain';
import { walk } from './walk';

/** The labels of the filters that are active on connections: by the block they lead to, and the one they come from. */
export type Labels = Map<string, Map<string, string[]>>;

/** As MISP's editor shows them, for blocks that at least one active filter leads to. */
export function filterLabels(graph: Graph): Labels {
  const labels: Labels = new Map();
  const modules = new Map(graph.blocks.map((block) => [block.id, block]));
  for (const { block, path } of walk(graph, { pathType: 'include-logic' })) {
    const last = path.at(-1);
    if (!last) continue;
    let active: string[] = [];
    for (const { from } of path) {
      const { module, params = {} } = modules.get(from) ?? {};
      const label = textOf(params['filtering-label']);
      if (module === 'generic-filter-data') active = [...active, label];
      if (module === 'generic-filter-reset')
        active = label === 'all' ? [] : active.filter((other) => other !== label);
    }
    const known = labels.get(block.id) ?? new Map<string, string[]>();
    labels.set(block.id, known.set(last.from, active));
  }
  return new Map(
    [...labels].filter(([, sources]) => [...sources.values()].some((active) => active.length > 0)),
  );
}
