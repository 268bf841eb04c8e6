import { reachedFrom } from './check';
import type { Graph, Note } from './graph';
import { inShort } from './read';

/** After enrich-event MISP's tag conditions find no tags, until the event is loaded again; here they do. */
export function thinTags(graph: Graph): Note[] {
  const enriched = graph.blocks.filter(({ module }) => module === 'enrich-event');
  if (enriched.length === 0) return [];
  const behind = reachedFrom(graph, enriched, ({ module }) => module !== 'reload-full-event');
  const about = graph.blocks
    .filter(({ id, module }) => module === 'tag-if' && behind.has(id))
    .map(({ id }) => id);
  if (about.length === 0) return [];
  return [{ level: 'info', key: 'workflow.tagsAfterEnrich', params: { blocks: inShort(about) }, about }];
}
