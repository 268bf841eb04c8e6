/** Graphs of workflows: what MISP's editor checks and shows of them, and how MISP goes through them. */
import { readWorkflow } from '../../../src/workflow';
import { findCycle, pathWarnings, severalConnections, triggersOf } from '../../../src/workflow/check';
import type { Graph } from '../../../src/workflow/graph';
import { filterLabels } from '../../../src/workflow/labels';
import { walk, type PathType, type Step } from '../../../src/workflow/walk';
import type { Json, JsonObject } from '../vectors';
import type { Adapter, Reading } from './index';

const EMPTY: Graph = { form: 'graph', name: '', description: '', blocks: [], frames: [] };

/** An empty graph is no workflow to import; MISP checks one all the same. */
export function graphOf(graph: Json | undefined): Graph {
  const isEmpty = Object.keys((graph ?? {}) as object).every((key) => key === '_frames');
  return isEmpty ? EMPTY : readWorkflow(graph).graph;
}

const checks: Adapter = ({ graph }) => {
  const read = graphOf(graph);
  const cycle = findCycle(read).map(([from, to]) => [Number(from), Number(to)]);
  const several = [...severalConnections(read)].map(([id, outputs]) => [
    id,
    [...outputs.values()].at(-1)?.map(Number),
  ]);
  const triggers = triggersOf(read).map(({ module }) => module);
  const idsOf = (wanted: string) =>
    read.blocks.filter(({ module }) => module === wanted).map(({ id }) => Number(id));
  return {
    isAcyclic: cycle.length === 0,
    cycle_edges: cycle,
    hasMultipleOutputConnection: several.length > 0,
    multiple_output_edges: Object.fromEntries(several) as object,
    triggers,
    trigger: triggers[0] ?? null,
    concurrent_task_ids: idsOf('concurrent-task'),
    filter_ids: idsOf('generic-filter-data'),
    reset_ids: idsOf('generic-filter-reset'),
    hasOneTrigger: triggers.length === 1,
  };
};

const labels: Adapter = ({ graph }) => ({
  labels: Object.fromEntries(
    [...filterLabels(graphOf(graph))].map(([id, sources]) => [id, Object.fromEntries(sources)]),
  ),
});

const MESSAGE = 'This path leads to a blocking node from a non-blocking context';

const warnings: Adapter = ({ graph }) => {
  const edges = pathWarnings(graphOf(graph)).map(({ from, to, block }) => [
    from,
    to,
    MESSAGE,
    true,
    block.module,
    Number(block.id),
  ]);
  return { hasPathWarnings: edges.length > 0, edges: edges.map((edge) => JSON.stringify(edge)).sort() };
};

/** In which order MISP warns, and how often of the same, says nothing. */
const withoutOrder: Reading = (expected) => {
  const { edges, hasPathWarnings } = expected as { edges: Json[]; hasPathWarnings: boolean };
  return { hasPathWarnings, edges: [...new Set(edges.map((edge) => JSON.stringify(edge)))].sort() };
};

const walked: Adapter = ({ graph, path_type, start, logic_results }) => {
  const results = (logic_results ?? {}) as Record<string, boolean>;
  const evaluated: JsonObject[] = [];
  const visits = walk(graphOf(graph), {
    pathType: path_type as PathType,
    ...(start === undefined ? {} : { start: JSON.stringify(start).replaceAll('"', '') }),
    decide({ id }) {
      evaluated.push({ node: Number(id) });
      return results[id] ?? true;
    },
    handOff: ({ id }, to) => evaluated.push({ node: Number(id), concurrent_target: Number(to) }),
  });
  const visited = [...visits].map(({ block, path }) => ({
    node: Number(block.id),
    path_type,
    path: path.map(stepText),
  }));
  return { visited, evaluated };
};

const stepText = ({ from, output, index, to }: Step) => `${from}:output_${output + 1}:${index}:${to}`;

export const adapters: Record<string, Adapter> = {
  'graph-checks': checks,
  'graph-labels': labels,
  'graph-path-warnings': warnings,
  'graph-walk': walked,
};

export const readings: Record<string, Reading> = { 'graph-path-warnings': withoutOrder };
