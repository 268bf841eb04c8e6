import type { NodeConfig } from '../runs/trust';

/** Where a message leaves the subflow, or the called part of a flow, that it is in. */
export interface Exit {
  subflow?: string;
  /** Output of the subflow. */
  port?: number;
  /** The `link out` node that returns to the caller. */
  returns?: string;
}

/** One output of a node: a message goes to all of these. */
export interface Port {
  targets: string[];
  exits: Exit[];
}

interface PortWire {
  id?: string;
  port?: number;
}

/** The first nodes of each subflow; and by node, which of its outputs lead out of the subflow. */
export function subflowPorts(configs: readonly NodeConfig[]) {
  const entries = new Map<string, string[]>();
  const exits = new Map<string, { from: number; exit: Exit }[]>();
  for (const subflow of configs) {
    if (subflow.type !== 'subflow') continue;
    entries.set(
      subflow.id,
      portWires(subflow.in).flatMap((wires) => wires.flatMap(({ id }) => id ?? [])),
    );
    portWires(subflow.out).forEach((wires, port) => {
      for (const { id = '', port: from = 0 } of wires) {
        const list = exits.get(id) ?? [];
        exits.set(id, list);
        list.push({ from, exit: { subflow: subflow.id, port } });
      }
    });
  }
  return { entries, exits };
}

function portWires(ports: unknown): PortWire[][] {
  if (!Array.isArray(ports)) return [];
  return (ports as ({ wires?: PortWire[] } | undefined)[]).map((port) => port?.wires ?? []);
}

/** The outputs of a node, with what is behind each; `link out` nodes have one too. */
export function portsOf(
  node: NodeConfig,
  nodes: Map<string, NodeConfig>,
  leaving: { from: number; exit: Exit }[] = [],
): Port[] {
  const exists = (id: string) => nodes.has(id);
  if (node.type === 'link out') {
    if (node.mode === 'return') return [{ targets: [], exits: [{ returns: node.id }] }];
    return [{ targets: linksOf(node).filter(exists), exits: [] }];
  }
  const wires = Array.isArray(node.wires) ? (node.wires as string[][]) : [];
  const ports = wires.map((targets): Port => ({ targets: targets.filter(exists), exits: [] }));
  for (const { from, exit } of leaving) ports[from]?.exits.push(exit);
  return ports;
}

/** The link nodes that a link node is connected to. */
export function linksOf({ links }: NodeConfig): string[] {
  return Array.isArray(links) ? (links as string[]) : [];
}
