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

/**
 * Tells of nodes whether each of their outputs leads to a response node, whatever the nodes between decide.
 * Of several wires on one output one that does is enough: the message goes along all of them. Loops are taken
 * to end somewhere.
 * @param counts which callers of a shared part of the flow matter
 */
export function answeredBehind(
  graph: FlowGraph,
  counts: (nodeId: string) => boolean,
): (nodeId: string) => boolean {
  const gates = new Gates();
  for (const view of VIEWS) for (const node of graph.nodes.values()) addNode(view, node);
  const exits = new Set<string>();
  for (const ports of graph.ports.values())
    for (const port of ports) for (const exit of port.exits) addExits(exit);
  const isTrue = gates.solve();
  return (nodeId) => isTrue(`callers behind ${nodeId}`);

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
    if (outputs.length === 0) gates.any(behind, []);
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

const portName = (view: View, nodeId: string, index: number) => `${view} output ${index} of ${nodeId}`;
const exitName = (view: View, { subflow = '', port = 0, returns = '' }: Exit) =>
  `${view} exit ${port} ${subflow} ${returns}`;
