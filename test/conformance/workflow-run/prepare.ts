/** A recorded run: the flow that its graph becomes, and what is asked of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  readWorkflow,
  toFlow,
  type Block,
  type Catalogue,
  type FlowNode,
  type Graph,
} from '../../../src/workflow';
import { root } from '../../support/node-red';
import { renderDotted } from '../areas/filters';
import { normalizeData } from '../misp/normalize';
import type { JsonObject, Vector } from '../vectors';

const catalogue = JSON.parse(readFileSync(path.join(root, 'dist/catalogue.json'), 'utf8')) as Catalogue;

/** The module that stands for stubs: no node stands for it, so MISP runs it. */
export const STUB = 'vector-stub';

/** Others may run at the same time. */
const ZMQ_PORT = 20_000 + (process.pid % 20_000);

/** The config nodes of the laboratory, by type. */
const CONFIGS = { 'misp-listener': 'listener', 'misp-server': 'misp', 'misp-modules': 'modules' };

export interface StubSettings {
  blocking?: boolean;
  returns?: boolean | Record<string, boolean | 'exception'>;
  error?: string | null;
  capture?: string[];
}

/** A vector, and the flow that it became. */
export interface Prepared {
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
export interface Answer {
  outcome: string;
  executed: string[];
  handedOff: string[];
  changes: unknown[];
  captures: string[];
}

/** The same event, by a trigger that MISP waits for, and by one that it does not. */
const WAITING = 'event-publish';
const NOT_WAITING = 'event-after-save-new';

/** MISP goes through a loop once: for a vector it need not be long. */
export const PASSES = 3;

export function prepare(vector: Vector, index: number): Prepared {
  const { graph: drawing, data, for_path, normalize, stub_actions } = vector.input;
  const stubs = new Map(Object.entries((stub_actions ?? {}) as Record<string, StubSettings>));
  const { graph: read } = readWorkflow(drawing);
  const trigger = read.blocks.find(({ kind }) => kind === 'trigger')?.module ?? WAITING;
  const waits = (for_path ?? 'blocking') === 'blocking';
  const blocks = read.blocks.map((block) => {
    if (block.kind === 'trigger') return waits ? block : { ...block, module: NOT_WAITING };
    if (stubs.has(block.module)) return { ...block, module: STUB, params: { node: block.id } };
    return { ...block, params: rendered(block.params, data) };
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
    if (node.type === 'misp-trigger') Object.assign(node, { module, remember: false, loopLimit: PASSES });
  for (const node of nodes) if (node.type === 'misp-zmq-push') node.address = `tcp://127.0.0.1:${ZMQ_PORT}`;
  const raw = data as JsonObject;
  return {
    ...{ vector, graph, waits, module, nodes, stubs },
    data: normalize ? (normalizeData(trigger, raw, {}) as JsonObject) : raw,
    blockOf: new Map([...nodeOf].map(([block, node]) => [node, block])),
  };
}

/** The MISP of the vectors has a stub for templates: what it makes of a comment stands in the place of its template. */
function rendered(params: Block['params'], data: unknown): Block['params'] {
  const { comment } = params;
  if (typeof comment !== 'string' || !comment.includes('{')) return params;
  return { ...params, comment: `{% raw %}${renderDotted(comment, data)}{% endraw %}` };
}
