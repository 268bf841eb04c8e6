import type { Block, Frame, Graph } from './graph';
import { mermaidOf } from './mermaid';
import { classOf, factsOf } from './modules';
import { triggerFlags } from './to-graph';
import { stepsFrom } from './walk';

/** A graph as MISP's API takes it as a workflow: blocks by id, with their frames. */
export function writeWorkflow(graph: Graph): object {
  const { name, description, uuid } = graph;
  const trigger = graph.blocks.find(({ kind }) => kind === 'trigger')?.module;
  const data = {
    ...Object.fromEntries(blocksOf(graph).map((block) => [String(block.id), block])),
    _frames:
      graph.frames.length === 0
        ? []
        : Object.fromEntries(graph.frames.map((frame) => [frame.id, frameOf(frame)])),
  };
  return { Workflow: { ...(uuid ? { uuid } : {}), name, description, trigger_id: trigger ?? null, data } };
}

/**
 * A graph as MISP's own download of a blueprint is. Blueprints have no frames: MISP makes one when it is put into
 * a workflow.
 * @param at when it was made, in milliseconds
 */
export function writeBlueprint(graph: Graph, at = Date.now()): object {
  const { name, description, uuid } = graph;
  const timestamp = String(Math.floor(at / 1000));
  const data = blocksOf(graph);
  const document = { name, description, timestamp, data, default: false, mermaid: mermaidOf(graph) };
  return { WorkflowBlueprint: { ...(uuid ? { uuid } : {}), ...document } };
}

function blocksOf(graph: Graph) {
  const sources = new Map<string, { node: string; input: string }[]>();
  for (const { from, output, to } of graph.blocks.flatMap(stepsFrom)) {
    const list = sources.get(to) ?? [];
    sources.set(to, [...list, { node: from, input: `output_${output + 1}` }]);
  }
  return graph.blocks.map((block) => blockOf(block, sources.get(block.id) ?? []));
}

function blockOf(block: Block, sources: object[]) {
  const { id, module, kind, name, params, emptyAs, filters } = block;
  const isEmpty = Object.keys(params).length === 0 && emptyAs === 'list';
  const version = block.version ?? factsOf(module)?.version ?? '0.1';
  return {
    id: /^\d+$/.test(id) ? Number(id) : id,
    name,
    data: {
      indexed_params: isEmpty ? [] : params,
      ...(filters ? { saved_filters: filters } : {}),
      ...(block.uid ? { node_uid: block.uid } : {}),
      module_type: kind,
      id: module,
      name: factsOf(module)?.name ?? name,
      multiple_output_connection: block.several,
      previous_module_version: block.previous ?? '?',
      module_version: version,
      ...(kind === 'trigger' ? triggerFlags(module) : {}),
    },
    class: block.class ?? classOf(module, kind),
    typenode: false,
    inputs: kind === 'trigger' ? [] : { input_1: { connections: sources } },
    outputs: outputsOf(block),
    pos_x: block.x,
    pos_y: block.y,
  };
}

function outputsOf(block: Block) {
  const names = Array.from({ length: block.outputs }, (_, output) => output);
  if (names.length === 0) return [];
  const steps = stepsFrom(block);
  return Object.fromEntries(
    names.map((output) => {
      const connections = steps
        .filter((step) => step.output === output)
        .map(({ to }) => ({ node: to, output: 'input_1' }));
      return [`output_${output + 1}`, { connections }];
    }),
  );
}

function frameOf({ id, text, blocks, class: css }: Frame): object {
  return { id, text, nodes: blocks, class: css };
}
