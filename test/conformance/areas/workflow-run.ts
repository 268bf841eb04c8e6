/** Whole workflows: MISP's graph becomes a flow, and runs in a real Node-RED. */
import { readWorkflow, toFlow, type FlowNode, type Graph } from '../../../src/workflow';
import { extract } from '../../../src/event/hash';
import { textOf, valuesOf } from '../../../src/event/values';
import type { Json, JsonObject, Vector } from '../vectors';
import { callsOf, changesOf, type Call } from '../misp/changes';
import { normalizeData } from '../misp/normalize';
import { catalogue, CONFIGS, Laboratory, STUB, type Stub } from '../workflow-run/laboratory';
import type { Seen } from '../workflow-run/watch';
import type { Batch, Reading } from './index';

interface StubSettings {
  blocking?: boolean;
  returns?: boolean | Record<string, boolean | 'exception'>;
  error?: string | null;
  capture?: string[];
}

/** A vector, and the flow that it became. */
interface Prepared {
  vector: Vector;
  graph: Graph;
  data: JsonObject;
  waits: boolean;
  module: string;
  nodes: FlowNode[];
  blockOf: Map<string, string>;
  stubs: Map<string, StubSettings>;
}

/** A run in the terms in which it is compared: what happened, in no order across branches. */
interface Answer {
  outcome: string;
  executed: string[];
  handedOff: string[];
  changes: unknown[];
  captures: string[];
}

export const batches: Record<string, Batch> = {
  async 'workflow-run'(vectors) {
    const laboratory = await Laboratory.open();
    try {
      const prepared = vectors.map(prepare);
      await laboratory.deploy(prepared.flatMap(({ nodes }) => nodes));
      const answers = new Map<string, unknown>();
      for (const each of prepared) answers.set(each.vector.id, await answerOf(each, laboratory));
      return answers;
    } finally {
      await laboratory.close();
    }
  },
};

/** The same event, by a trigger that MISP waits for, and by one that it does not. */
const WAITING = 'event-publish';
const NOT_WAITING = 'event-after-save-new';

/** MISP goes through a loop once: for a vector it need not be long. */
const PASSES = 3;

function prepare(vector: Vector, index: number): Prepared {
  const { graph: drawing, data, for_path, normalize, stub_actions } = vector.input;
  const stubs = new Map(Object.entries((stub_actions ?? {}) as Record<string, StubSettings>));
  const { graph: read } = readWorkflow(drawing);
  const trigger = read.blocks.find(({ kind }) => kind === 'trigger')?.module ?? WAITING;
  const waits = (for_path ?? 'blocking') === 'blocking';
  const blocks = read.blocks.map((block) => {
    if (block.kind === 'trigger') return waits ? block : { ...block, module: NOT_WAITING };
    return stubs.has(block.module) ? { ...block, module: STUB, params: { node: block.id } } : block;
  });
  const graph = { ...read, blocks };
  const blocking = [...stubs.values()].some((stub) => stub.blocking);
  let next = 0;
  const newId = () => `v${index}n${next++}`;
  const { nodes, nodeOf } = toFlow(graph, catalogue, {
    tab: true,
    newId,
    configs: CONFIGS,
    modules: { [STUB]: { blocking } },
  });
  const module = `vector_${index}`;
  for (const node of nodes)
    if (node.type === 'misp-trigger') Object.assign(node, { module, remember: false, mostPasses: PASSES });
  const raw = data as JsonObject;
  return {
    ...{ vector, graph, waits, module, nodes, stubs },
    data: normalize ? (normalizeData(trigger, raw, {}) as JsonObject) : raw,
    blockOf: new Map([...nodeOf].map(([block, node]) => [node, block])),
  };
}

async function answerOf(prepared: Prepared, laboratory: Laboratory): Promise<Answer> {
  const captures: string[] = [];
  laboratory.stub = stubOf(prepared, captures);
  const seen = await laboratory.run(prepared.module, prepared.data);
  const isAction = (id: string) =>
    prepared.graph.blocks.some((block) => block.id === id && block.kind === 'action');
  const blocksOf = (nodes: string[]) => nodes.flatMap((node) => prepared.blockOf.get(node) ?? []).sort();
  const calls = callsOf(seen.did.filter((operation) => operation.do !== 'run-module'));
  return {
    outcome: outcomeOf(prepared, seen),
    executed: blocksOf(seen.received).filter(isAction),
    handedOff: blocksOf(seen.handedOff),
    changes: changesOf(calls, { data: prepared.data }),
    captures: captures.sort(),
  };
}

/** Where MISP does not wait, the outcome is a line in its log: that of a failure which ends the workflow. */
function outcomeOf(
  { stubs, waits }: Prepared,
  { answer, cause, failed }: Seen & { answer: { error?: string } },
): string {
  if (waits) return answer.error === undefined ? 'success' : cause === 'response' ? 'blocked' : 'failure';
  return failed.length > 0 && [...stubs.values()].some(({ blocking }) => blocking) ? 'failure' : 'success';
}

function stubOf({ stubs }: Prepared, captures: string[]): Stub {
  const { returns = true, error, capture } = [...stubs.values()][0] ?? {};
  return (node, data) => {
    if (capture) captures.push(JSON.stringify({ node, probes: probesOf(capture, data) }));
    const result = typeof returns === 'object' ? (returns[node] ?? true) : returns;
    if (result === 'exception') return 'crash';
    return { success: result, errors: result || !error ? [] : [error] };
  };
}

function probesOf(paths: readonly string[], data: unknown): [string, unknown][] {
  return paths.map((path) => [path, [...valuesOf(extract(data, path))]]);
}

/** MISP's run in the same terms. */
const read: Reading = (expected, { input }) => {
  const { throws, outcome, executed_nodes, calls } = expected as JsonObject;
  if (throws) return expected;
  const list = calls as Call[];
  const own = list.filter(({ call }) => !['enqueue', 'capture', 'Module.query'].includes(call));
  const captured = list.filter(({ call }) => call === 'capture');
  return {
    outcome,
    executed: (executed_nodes as Json[]).map(textOf).sort(),
    handedOff: list
      .filter(({ call }) => call === 'enqueue')
      .map(({ node_id: id }) => textOf(id))
      .sort(),
    changes: changesOf(own, { data: input.data }),
    captures: captured
      .map(({ node, probes }) =>
        JSON.stringify({
          node: textOf(node),
          probes: Object.entries(probes as JsonObject).map(([path, found]) => [
            path,
            [...valuesOf(found as object)],
          ]),
        }),
      )
      .sort(),
  };
};

export const readings: Record<string, Reading> = { 'workflow-run': read };
