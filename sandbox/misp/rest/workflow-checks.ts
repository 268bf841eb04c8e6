import { isRecord } from '../../../src/event/values';
import type { Graph } from '../../../src/workflow';
import { findCycle, pathWarnings, severalConnections, triggersOf } from '../../../src/workflow/check';
import { graphOf } from '../workflows/graph';
import { problem } from './answers';
import { BROKEN, type Answer } from './workflow-pages';

/** Why MISP saves a graph not. */
export function faultOf(data: unknown): string | undefined {
  const graph = graphOf(data);
  if (triggersOf(graph).length !== 1) return 'Cannot save a workflow containing no or more than one trigger';
  if (severalConnections(graph).size > 0) {
    return 'Cannot save a workflow having more than one connection per output';
  }
  return findCycle(graph).length > 0 ? 'Cannot save a workflow containing a cycle' : undefined;
}

export const checkGraph: Answer = ({ body, url }) => {
  const { graph: text } = (body ?? {}) as { graph?: unknown };
  if (!isRecord(body) || typeof text !== 'string') return problem(500, BROKEN, url);
  return { status: 200, body: checked(graphOf(text)) };
};

const LATE = 'This path leads to a blocking node from a non-blocking context';

function checked(graph: Graph): object {
  const cycles = findCycle(graph);
  const several = severalConnections(graph);
  const warnings = pathWarnings(graph);
  const edges = Object.fromEntries(
    [...several].map(([block, outputs]) => [block, [...outputs.values()].at(-1)?.map(Number)]),
  );
  return {
    is_acyclic: { is_acyclic: cycles.length === 0, cycles: cycles.map((edge) => edge.map(Number)) },
    multiple_output_connection: {
      has_multiple_output_connection: several.size > 0,
      edges: several.size > 0 ? edges : [],
    },
    path_warnings: {
      has_path_warnings: warnings.length > 0,
      edges: warnings.map(({ from, to, block }) => [from, to, LATE, true, block.module, Number(block.id)]),
    },
  };
}
