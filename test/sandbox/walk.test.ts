import { strict as assert } from 'node:assert';
import path from 'node:path';
import { isOwn, LOGIC } from '../../sandbox/misp/workflows/modules';
import { walkGraph, type Runner } from '../../sandbox/misp/workflows/walk';
import { readWorkflow, type Block } from '../../src/workflow';
import { Folder, type JsonObject, type Vector } from '../conformance/vectors';

interface Expected {
  throws?: boolean;
  outcome: string;
  executed_nodes: number[];
  blocking_nodes: number[];
  blocked_paths: string[][];
}

interface Stub {
  blocking?: boolean;
  returns?: boolean | Record<string, boolean | 'exception'>;
}

const folder = new Folder(path.join(__dirname, '../conformance/vectors'));

/** Runs of graphs whose actions are stubs, as MISP's own code ran them. */
const VECTORS = (folder.vectors('workflow-run') ?? [])
  .filter(({ input, expected }) => {
    const { throws } = expected as unknown as Expected;
    return Object.hasOwn(input, 'stub_actions') && throws !== true;
  })
  .map((vector) => ({ ...vector, input: folder.resolve(vector.input) as JsonObject }))
  .filter(
    ({ input }) =>
      !readWorkflow(input.graph).graph.blocks.some(
        ({ kind, module }) =>
          kind === 'action' && isOwn(module) && !Object.hasOwn(input.stub_actions as object, module),
      ),
  );

function runnerOf({ input }: Vector): Runner {
  const disabled = (input.disabled ?? []) as string[];
  const stubs = input.stub_actions as unknown as Record<string, Stub>;
  const roaming = { data: structuredClone(input.data) } as never;
  const isOff = ({ kind, module }: Block) =>
    disabled.includes(module) || (kind === 'logic' && !isOwn(module));
  return {
    decide: (block) => !isOff(block) && (LOGIC[block.module]?.(block.params, roaming) ?? true),
    execute: (block) => {
      const { blocking = false, returns = true } = stubs[block.module] ?? {};
      const answer = typeof returns === 'object' ? (returns[block.id] ?? true) : returns;
      const isKnown = Object.hasOwn(stubs, block.module) && !isOff(block);
      return Promise.resolve({ ok: isKnown && answer === true, blocking });
    },
  };
}

describe("the stand-in's walk through graphs", () => {
  it('has something to go by', () => assert.ok(VECTORS.length > 300, String(VECTORS.length)));

  it("goes as MISP's own code went", async () => {
    const different: string[] = [];
    for (const vector of VECTORS) {
      const { graph } = readWorkflow(vector.input.graph);
      const pathType = vector.input.for_path as 'blocking' | 'non-blocking';
      const walked = await walkGraph(graph, pathType, runnerOf(vector));
      const numbers = (blocks: Block[]) => blocks.map(({ id }) => Number(id));
      const actual: Expected = {
        outcome: walked.outcome,
        executed_nodes: numbers(walked.executed),
        blocking_nodes: numbers(walked.failed),
        blocked_paths: walked.blockedPaths.map((way) =>
          way.map(({ from, output, index, to }) => `${from}:output_${output + 1}:${index}:${to}`),
        ),
      };
      const wanted = vector.expected as unknown as JsonObject & Expected;
      const same = Object.entries(actual).every(
        ([name, value]) => JSON.stringify(value) === JSON.stringify(wanted[name]),
      );
      if (!same) different.push(`${vector.id} ${JSON.stringify(actual)} ${JSON.stringify(wanted)}`);
    }
    assert.deepEqual(different.slice(0, 3), [], `${different.length} of ${VECTORS.length}`);
  });
});
