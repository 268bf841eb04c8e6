import { readWorkflow } from '../../../src/workflow';
import { findCycle } from '../../../src/workflow/check';
import type { Json, JsonObject, Vector } from '../vectors';
import type { Rule } from './rule';

interface Visit {
  node: number;
  path: string[];
}

export const rules: Rule[] = [
  {
    name: 'A connection to a block that is not there',
    areas: ['graph-walk'],
    why: 'MISP goes on to a block without a module there, and fails. Here such a connection is none.',
    applies: ({ input }) => readWorkflow(input.graph).notes.some(({ key }) => key === 'workflow.dangling'),
    expected: ({ expected, input }) => {
      const { visited, evaluated } = expected as unknown as { visited: Visit[]; evaluated: Json };
      const ids = new Set(readWorkflow(input.graph).graph.blocks.map(({ id }) => id));
      return { visited: visited.filter(({ node }) => ids.has(String(node))), evaluated };
    },
  },
  {
    name: 'A block that is wired to itself',
    areas: ['graph-checks'],
    why: 'MISP marks the whole way to it, which is no part of the loop.',
    applies: (vector) => ownLoop(vector).length === 1,
    expected: (vector) => ({ ...(vector.expected as JsonObject), cycle_edges: ownLoop(vector) }),
  },
];

function ownLoop({ input }: Vector): number[][] {
  return findCycle(readWorkflow(input.graph).graph).map((edge) => edge.map(Number));
}
