import type { NodeConfig } from './trust';

/** Whether a message that is at a node may still get to a response node that blocks. */
export interface Reach {
  (nodeId: string): boolean;
}

/**
 * Works out, once per deploy, from which nodes a block can be reached: by wires, links, into and out of
 * subflows, and by Catch, Complete and Status nodes (any of them in the same tab or subflow is taken for
 * reachable). Nodes that are not in the flow file are taken for able to block.
 */
export function reachOf(configs: NodeConfig[], blocks: (node: NodeConfig) => boolean): Reach {
  const known = new Set(configs.map((node) => node.id));
  const sources = backwards(configs);
  const reached = new Set<string>();
  const queue = configs.filter(blocks).map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...(sources.get(id) ?? []));
  }
  return (nodeId) => !known.has(nodeId) || reached.has(nodeId);
}

/** Node id -> the ids of the nodes from which a message can come. */
function backwards(configs: NodeConfig[]): Map<string, string[]> {
  const sources = new Map<string, string[]>();
  const edge = (from: string, to: string) => {
    const list = sources.get(to);
    if (list) list.push(from);
    else sources.set(to, [from]);
  };
  const byTab = groupByTab(configs);
  for (const node of configs) {
    for (const target of targetsOf(node)) edge(node.id, target);
    if (OBSERVERS.has(node.type)) {
      for (const observed of byTab.get(node.z) ?? []) if (observed !== node.id) edge(observed, node.id);
    }
    if (node.type === 'link out' && node.mode === 'return') {
      for (const caller of configs) if (caller.type === 'link call') edge(node.id, caller.id);
    }
    if (node.type === 'link call' && node.linkType === 'dynamic') {
      for (const entry of configs) if (entry.type === 'link in') edge(node.id, entry.id);
    }
    if (node.type === 'subflow') subflowEdges(node, configs, edge);
  }
  return sources;
}

const OBSERVERS = new Set(['catch', 'complete', 'status']);

/** An instance leads into its subflow; what leaves the subflow leaves every instance. */
function subflowEdges(
  subflow: NodeConfig,
  configs: NodeConfig[],
  edge: (from: string, to: string) => void,
): void {
  const entries = portWires(subflow.in);
  const exits = [...portWires(subflow.out), ...portWires([subflow.status])];
  for (const instance of configs) {
    if (instance.type !== `subflow:${subflow.id}`) continue;
    for (const entry of entries) edge(instance.id, entry);
    for (const exit of exits) for (const target of targetsOf(instance)) edge(exit, target);
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

function groupByTab(configs: NodeConfig[]): Map<unknown, string[]> {
  const tabs = new Map<unknown, string[]>();
  for (const node of configs) {
    const tab = tabs.get(node.z);
    if (tab) tab.push(node.id);
    else tabs.set(node.z, [node.id]);
  }
  return tabs;
}
