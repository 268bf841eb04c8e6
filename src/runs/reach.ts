import type { NodeConfig } from './trust';

/** Whether a message that is at a node may still get to a response node that blocks. */
export interface Reach {
  (nodeId: string): boolean;
}

/** Whether the node is a response node that blocks. */
export function isBlock(node: NodeConfig): boolean {
  return node.type === 'misp-response' && node.answer === 'block';
}

type Edge = (from: string, to: string) => void;

/**
 * Works out, once per deploy, from which nodes a block can be reached: by wires, links, into and out of
 * subflows, and by Catch, Complete and Status nodes (any of them in the same tab or subflow is taken for
 * reachable). Nodes that are not in the flow file are taken for able to block. Linear in the flow's size.
 */
export function reachOf(configs: NodeConfig[], blocks: (node: NodeConfig) => boolean): Reach {
  const known = new Set(configs.map((node) => node.id));
  const sources = backwards(configs);
  const reached = new Set<string>();
  const queue = configs.filter(blocks).map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const source of sources.get(id) ?? []) queue.push(source);
  }
  return (nodeId) => !known.has(nodeId) || reached.has(nodeId);
}

/** Places that many nodes lead to, and that lead to many nodes: no node has such an id. */
const RETURN = 'hub return';
const DYNAMIC_CALL = 'hub dynamic';
const hubOfTab = (tab: unknown) => `hub tab ${String(tab)}`;
const hubOfEntries = (subflow: string) => `hub entries ${subflow}`;
const hubOfExits = (subflow: string) => `hub exits ${subflow}`;

/** Node id -> the ids of the nodes from which a message can come. */
function backwards(configs: NodeConfig[]): Map<string, string[]> {
  const sources = new Map<string, string[]>();
  const edge: Edge = (from, to) => {
    const list = sources.get(to);
    if (list) list.push(from);
    else sources.set(to, [from]);
  };
  for (const node of configs) {
    for (const target of targetsOf(node)) edge(node.id, target);
    edge(node.id, hubOfTab(node.z));
    if (OBSERVERS.has(node.type)) edge(hubOfTab(node.z), node.id);
    if (node.type === 'link out' && node.mode === 'return') edge(node.id, RETURN);
    if (node.type === 'link call') edge(RETURN, node.id);
    if (node.type === 'link call' && node.linkType === 'dynamic') edge(node.id, DYNAMIC_CALL);
    if (node.type === 'link in') edge(DYNAMIC_CALL, node.id);
  }
  subflowEdges(configs, edge);
  return sources;
}

const OBSERVERS = new Set(['catch', 'complete', 'status']);

/** An instance leads into its subflow; what leaves the subflow leaves every instance. */
function subflowEdges(configs: NodeConfig[], edge: Edge): void {
  const subflows = new Map<string, string>();
  for (const node of configs) {
    if (node.type !== 'subflow') continue;
    subflows.set(`subflow:${node.id}`, node.id);
    for (const entry of portWires(node.in)) edge(hubOfEntries(node.id), entry);
    const exits = [...portWires(node.out), ...portWires([node.status])];
    for (const exit of exits) edge(exit, hubOfExits(node.id));
  }
  for (const instance of configs) {
    const subflow = subflows.get(instance.type);
    if (subflow === undefined) continue;
    edge(instance.id, hubOfEntries(subflow));
    for (const target of targetsOf(instance)) edge(hubOfExits(subflow), target);
  }
}

function portWires(ports: unknown): string[] {
  if (!Array.isArray(ports)) return [];
  const list = ports as ({ wires?: { id?: string }[] } | undefined)[];
  return list.flatMap((port) => (port?.wires ?? []).flatMap((wire) => (wire.id ? [wire.id] : [])));
}

function targetsOf(node: NodeConfig): string[] {
  // What is behind it is no part of the run any more.
  if (node.type === 'misp-concurrent') return [];
  const wires = Array.isArray(node.wires) ? (node.wires as string[][]).flat() : [];
  const links = (node.type === 'link out' || node.type === 'link call') && Array.isArray(node.links);
  return links ? [...wires, ...(node.links as string[])] : wires;
}
