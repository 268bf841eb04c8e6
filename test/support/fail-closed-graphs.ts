import { recording } from '../sandbox/support/recordings';

interface Block {
  data: Record<string, unknown>;
  outputs: Record<string, { connections: { node: string }[] }>;
}
type Graph = Record<string, Block>;

const F = () => structuredClone(recording<{ graph: Graph }>('fail-closed/workflow-F.json').graph);

/** The graphs of the measurements: F, and what is missing in those that let something through. */
export const GRAPHS: Record<string, () => Graph> = {
  F,
  /** Read over REST from a trigger's block that says nothing of the core format: no event is read anew. */
  A: () => {
    const graph = F();
    delete graph['1'].data.misp_core_format;
    return graph;
  },
  /** No removal: trigger, our module, reload, tag-if. */
  B: () => drawn(F(), { 1: '5', 5: '6', 6: '7' }),
  /** Without a look whether the removal worked, and without the last removal. */
  C: () => drawn(F(), { 1: '2', 2: '5', 5: '6', 6: '7' }),
};
GRAPHS['F without misp_core_format'] = GRAPHS.A;

/** The graph with other ways; the second tag-if goes on behind nothing. */
function drawn(graph: Graph, ways: Record<string, string>): Graph {
  for (const [from, to] of Object.entries(ways)) {
    graph[from].outputs.output_1.connections = [{ ...graph[from].outputs.output_1.connections[0], node: to }];
  }
  graph['7'].outputs.output_1.connections = [];
  return graph;
}
