import {
  moduleOf,
  placesIn,
  portsOf,
  type MispBlock,
  type MispGraph,
  type MispPort,
  type Place,
} from '../actions/misp-graph';
import { textOf } from '../event/values';

/** A block to be drawn. */
export interface Part {
  module: string;
  kind: 'action' | 'logic';
  params?: Readonly<Record<string, unknown>>;
  /** Where its outputs lead, by the keys of other parts. */
  ways?: Readonly<Record<string, string>>;
  /** As it stands in a graph already. */
  drawn?: MispBlock;
}

/** Blocks that are put into a graph together. */
export interface Chain {
  /** The first of them is where the graph leads to. */
  parts: Readonly<Record<string, Part>>;
  /** From where the graph goes on. */
  exit: { part: string; output: string };
}

const WIDTH = 250;
const HEIGHT = 200;
const NO_FILTERS = { selector: '', value: '', operator: '', path: '' };

/** The graph of a trigger without anything behind it. */
export function bareGraph(trigger: string): MispGraph {
  const data = { ...dataOf(trigger, 'trigger', {}), misp_core_format: true };
  const block = { id: 1, name: trigger, class: 'block-type-trigger', data, inputs: {}, typenode: false };
  return { 1: { ...block, outputs: { output_1: { connections: [] } }, pos_x: 0, pos_y: 0 } };
}

/** A graph with a chain put in at a place. */
export function insertAt(graph: MispGraph, place: Place, chain: Chain): MispGraph {
  return splice(graph, [place], place.to, chain);
}

/** A graph with a chain where a block stood that is one of its parts. */
export function putAround(graph: MispGraph, id: string, chain: Chain): MispGraph {
  const [onward] = portsOf(graph[id].outputs).output_1 ?? [];
  const into = placesIn(graph).filter(({ to, from }) => to === id && from !== id);
  const rest = Object.fromEntries(Object.entries(graph).filter(([other]) => other !== id));
  return splice(rest, into, onward && textOf(onward.node), chain);
}

function splice(
  graph: MispGraph,
  into: readonly Place[],
  onward: string | undefined,
  chain: Chain,
): MispGraph {
  const ids = idsFor(graph, chain);
  const [entry] = Object.keys(chain.parts);
  const start = into.length > 0 ? graph[into[0].from] : undefined;
  const at = {
    x: Number(start?.pos_x ?? 0),
    y: Number(start?.pos_y ?? 0) + (onward === undefined ? 0 : HEIGHT),
  };
  const made: Record<string, MispBlock> = { ...graph };
  Object.entries(chain.parts).forEach(([key, part], index) => {
    const ways = Object.fromEntries(Object.entries(part.ways ?? {}).map(([output, to]) => [output, ids[to]]));
    if (chain.exit.part === key && onward !== undefined) ways[chain.exit.output] = onward;
    made[ids[key]] = blockOf(ids[key], part, ways, at.x + WIDTH * (index + 1), at.y);
  });
  for (const { from, output } of into) made[from] = leadTo(made[from], output, ids[entry]);
  return withInputs(made);
}

/** Numbers that the graph does not have; a block that was drawn before keeps its own. */
function idsFor(graph: MispGraph, { parts }: Chain): Record<string, string> {
  const drawn = Object.values(parts).flatMap((part) => (part.drawn ? [Number(part.drawn.id)] : []));
  let next = Math.max(0, ...drawn, ...Object.keys(graph).map(Number).filter(Number.isInteger));
  return Object.fromEntries(
    Object.entries(parts).map(([key, part]) => [key, part.drawn ? textOf(part.drawn.id) : String(++next)]),
  );
}

function blockOf(
  id: string,
  part: Part,
  ways: Record<string, string>,
  pos_x: number,
  pos_y: number,
): MispBlock {
  const outputs = Object.fromEntries(
    Object.entries(ways).map(([output, to]) => [output, { connections: [{ node: to, output: 'input_1' }] }]),
  );
  if (part.drawn) return { ...part.drawn, outputs, pos_x, pos_y };
  const { module, kind, params = {} } = part;
  const kept = { name: module, class: kind === 'logic' ? 'block-type-logic' : 'block-type-default' };
  const data = dataOf(module, kind, params);
  return { id: Number(id), ...kept, data, inputs: {}, outputs, pos_x, pos_y, typenode: false };
}

function dataOf(module: string, module_type: string, indexed_params: Readonly<Record<string, unknown>>) {
  return {
    ...{ id: module, name: module, module_type, module_version: '0.1' },
    ...{ indexed_params, saved_filters: NO_FILTERS },
  };
}

function leadTo(block: MispBlock, output: string, to: string): MispBlock {
  const connections = [{ node: to, output: 'input_1' }];
  return { ...block, outputs: { ...block.outputs, [output]: { connections } } };
}

/** MISP's editor notes each connection at both of its ends: what leads into a block is read from what leads out. */
export function withInputs(graph: MispGraph): MispGraph {
  const into = new Map<string, { node: string; input: string }[]>();
  for (const { from, output, to } of placesIn(graph)) {
    if (to === undefined) continue;
    const list = into.get(to) ?? [];
    list.push({ node: from, input: output });
    into.set(to, list);
  }
  return Object.fromEntries(
    Object.entries(graph).map(([id, block]): [string, MispBlock] => {
      const connections = into.get(id);
      const inputs: Record<string, MispPort> = connections ? { input_1: { connections } } : {};
      return [id, { ...block, inputs }];
    }),
  );
}

/** The block of the trigger: MISP allows one. */
export function triggerBlock(graph: MispGraph): [id: string, block: MispBlock] | undefined {
  return Object.entries(graph).find(([, block]) => block.data.module_type === 'trigger');
}

/** A graph whose trigger's block carries more data. */
export function withTriggerData(graph: MispGraph, data: Readonly<Record<string, unknown>>): MispGraph {
  const found = triggerBlock(graph);
  if (!found) return graph;
  const [id, block] = found;
  return { ...graph, [id]: { ...block, data: { ...block.data, ...data, id: moduleOf(block) } } };
}
