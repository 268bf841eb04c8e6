import { isRecord, textOf } from '../event/values';

/** A graph as MISP's editor saves it: blocks by id. */
export type MispGraph = Readonly<Record<string, MispBlock>>;

/** A block of it. What MISP's editor keeps besides stays as it is. */
export interface MispBlock {
  readonly id: number | string;
  readonly data: { readonly id: string; readonly [name: string]: unknown };
  readonly inputs: MispPorts;
  readonly outputs: MispPorts;
  readonly pos_x: number;
  readonly pos_y: number;
  readonly [property: string]: unknown;
}

/** Connections by port; PHP writes none as a list. */
export type MispPorts = Readonly<Record<string, MispPort>> | readonly never[];
export interface MispPort {
  readonly connections: readonly MispConnection[];
}
/** `output` names the input that an output leads to; that is how MISP's editor writes it. */
export interface MispConnection {
  readonly node: string | number;
  readonly output?: string;
  readonly input?: string;
}

/** A place in a graph where a block fits: behind an output, before what it leads to, if it leads anywhere. */
export interface Place {
  from: string;
  output: string;
  to?: string;
}

/** A graph of MISP, if a value is one: blocks that have a module each. @param value `Workflow.data` */
export function graphOf(value: unknown): MispGraph {
  return Object.fromEntries(entriesOf(value).filter(([id, block]) => isBlock(id, block))) as MispGraph;
}

/** Whether a value has blocks that are none to us: they would be lost if it were drawn anew. */
export function hasOthers(value: unknown): boolean {
  return entriesOf(value).some(([id, block]) => !isBlock(id, block));
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value).filter(([id]) => id !== '_frames') : [];
}

function isBlock(id: string, value: unknown): boolean {
  const isId = /^[a-z\d][\w-]*$/i.test(id);
  return isId && isRecord(value) && isRecord(value.data) && textOf(value.data.id) !== '';
}

/** The module of a block. */
export const moduleOf = (block: MispBlock): string => textOf(block.data.id);

/** Ids of the blocks of a module. */
export function blocksOf(graph: MispGraph, module: string): string[] {
  return Object.keys(graph).filter((id) => moduleOf(graph[id]) === module);
}

/**
 * The ways out of a block, as places; an output that leads nowhere is one, too. Whoever draws over REST may leave an
 * output out that nothing is behind; MISP's stop is the only one that has none.
 */
export function waysFrom(graph: MispGraph, from: string): Place[] {
  const ports = Object.entries(portsOf(graph[from].outputs));
  if (ports.length === 0) return moduleOf(graph[from]) === STOP ? [] : [{ from, output: 'output_1' }];
  return ports.flatMap(([output, connections]): Place[] =>
    connections.length === 0
      ? [{ from, output }]
      : connections.map(({ node }) => ({ from, output, to: textOf(node) })),
  );
}

const STOP = 'stop-execution';

/** All places where a block fits. */
export function placesIn(graph: MispGraph): Place[] {
  return Object.keys(graph).flatMap((id) => waysFrom(graph, id));
}

/** Whether a place is one of this graph. */
export function hasPlace(graph: MispGraph, place: Place): boolean {
  return placesIn(graph).some(
    ({ from, output, to }) => from === place.from && output === place.output && to === place.to,
  );
}

/** The connections of each port, in either of the forms that PHP writes. */
export function portsOf(ports: MispPorts | undefined): Record<string, readonly MispConnection[]> {
  if (!isRecord(ports)) return {};
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => {
      const connections: unknown = isRecord(port) ? port.connections : undefined;
      const list = Array.isArray(connections)
        ? connections
        : isRecord(connections)
          ? Object.values(connections)
          : [];
      return [name, list.filter((one) => isRecord(one) && textOf(one.node) !== '') as MispConnection[]];
    }),
  );
}

/**
 * Whether two graphs do the same: the same blocks with the same parameters, connected alike. Where blocks stand, and
 * what MISP's editor notes besides, does not count.
 */
export function isSameGraph(one: MispGraph, other: MispGraph): boolean {
  return essenceOf(one) === essenceOf(other);
}

/** Whether a graph has nothing but its trigger. */
export function isBare(graph: MispGraph): boolean {
  return Object.keys(graph).length <= 1;
}

/** What of a graph counts, as a text. */
export function essenceOf(graph: MispGraph): string {
  const blocks = Object.keys(graph)
    .sort()
    .map((id) => {
      const { data, outputs } = graph[id];
      const ways = waysOf(outputs);
      return [id, data.id, sorted(data.indexed_params), sorted(data.saved_filters), ways];
    });
  return JSON.stringify(blocks);
}

function waysOf(outputs: MispPorts): unknown {
  return Object.entries(portsOf(outputs))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, connections]) => connections.length > 0)
    .map(([output, connections]) => [output, connections.map(({ node }) => textOf(node)).sort()]);
}

/** With the keys in order; PHP's empty list and empty object are the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(sorted);
  if (!isRecord(value)) return typeof value === 'number' ? String(value) : value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? null : entries.map(([key, inner]) => [key, sorted(inner)]);
}
