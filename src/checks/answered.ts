import type { NodeConfig } from '../runs/trust';
import type { FlowGraph } from './flow-graph';
import { Gates } from './gates';
import type { Exit } from './ports';

/**
 * How a message that leaves a subflow, or a called part of a flow, counts: as not answered, as answered, or
 * as what is behind those who called it.
 */
const VIEWS = ['open', 'closed', 'callers'] as const;
type View = (typeof VIEWS)[number];

/** Whether messages will be answered. */
export interface Answered {
  /** What a node sends, at whichever of its outputs. */
  behind: (nodeId: string) => boolean;
  /** What a node gets. */
  at: (nodeId: string) => boolean;
  /** What a node sends at one output. */
  output: (nodeId: string, index: number) => boolean;
}

/**
 * Tells of nodes whether each of their outputs leads to a response node, whatever the nodes between decide.
 * Of several wires on one output one that does is enough: the message goes along all of them. Loops are taken
 * to end somewhere.
 * @param counts which callers of a shared part of the flow matter
 * @param options.mayEnd nodes at which a message may end although it goes on from all outputs
 */
export function answeredBehind(
  graph: FlowGraph,
  counts: (nodeId: string) => boolean,
  { mayEnd = () => false }: { mayEnd?: (node: NodeConfig) => boolean } = {},
): Answered {
  const gates = new Gates();
  for (const view of VIEWS) for (const node of graph.nodes.values()) addNode(view, node);
  const exits = new Set<string>();
  for (const ports of graph.ports.values())
    for (const port of ports) for (const exit of port.exits) addExits(exit);
  const isTrue = gates.solve();
  return {
    behind: (nodeId) => isTrue(`callers behind ${nodeId}`),
    at: (nodeId) => isTrue(`callers at ${nodeId}`),
    output: (nodeId, index) => isTrue(portName('callers', nodeId, index)),
  };

  /** A message at the node will be answered; and one that leaves it will be. */
  function addNode(view: View, node: NodeConfig): void {
    const at = `${view} at ${node.id}`;
    const behind = `${view} behind ${node.id}`;
    const ports = node.type === 'misp-concurrent' ? [] : (graph.ports.get(node.id) ?? []);
    const outputs = ports.map(({ targets, exits: leaving }, index) => {
      const output = portName(view, node.id, index);
      const ways = [
        ...targets.map((id) => `${view} at ${id}`),
        ...leaving.map((exit) => exitName(view, exit)),
      ];
      gates.any(output, ways);
      return output;
    });
    const certain = outputs.filter((_, index) => !isSideOutput(node, index));
    if (outputs.length === 0 || mayEnd(node)) gates.any(behind, []);
    else if (certain.length < outputs.length) gates.any(behind, certain);
    else gates.all(behind, outputs);
    if (node.type === 'misp-response') return gates.all(at, []);
    const entries = graph.calls.get(node.id) ?? [];
    if (entries.length === 0) return gates.all(at, [behind]);
    gates.any(
      `${at} inside`,
      entries.map((id) => `open at ${id}`),
    );
    gates.any(
      `${at} enters`,
      entries.map((id) => `closed at ${id}`),
    );
    gates.all(`${at} returns`, [`${at} enters`, behind]);
    gates.any(at, [`${at} inside`, `${at} returns`]);
  }

  function addExits(exit: Exit): void {
    const name = exitName('callers', exit);
    if (exits.has(name)) return;
    exits.add(name);
    gates.any(exitName('open', exit), []);
    gates.all(exitName('closed', exit), []);
    const callers = graph.callersOf(exit).filter((id) => counts(id) && graph.ports.get(id)?.[exit.port ?? 0]);
    if (callers.length === 0) gates.any(name, []);
    else
      gates.all(
        name,
        callers.map((id) => portName('callers', id, exit.port ?? 0)),
      );
  }
}

/** Of the outputs of these nodes this one alone needs an answer: the exit code, what was approved. */
const MAIN_OUTPUT: Readonly<Record<string, number>> = { exec: 2, 'misp-approval': 0 };

/** Whether no answer is missing at an output: it gets messages beside the others, or of what was answered already. */
export function isSideOutput({ type }: NodeConfig, index: number): boolean {
  return Object.hasOwn(MAIN_OUTPUT, type) && index !== MAIN_OUTPUT[type];
}

const portName = (view: View, nodeId: string, index: number) => `${view} output ${index} of ${nodeId}`;
const exitName = (view: View, { subflow = '', port = 0, returns = '' }: Exit) =>
  `${view} exit ${port} ${subflow} ${returns}`;
