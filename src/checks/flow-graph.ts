import type { NodeConfig } from '../runs/trust';
import { callersOfReturns } from './link-callers';
import { linksOf, portsOf, subflowPorts, type Exit, type Port } from './ports';

/** A flow as messages see it: the nodes that run, with what is behind each of their outputs. */
export interface FlowGraph {
  nodes: Map<string, NodeConfig>;
  ports: Map<string, Port[]>;
  /** Subflow instances and `link call` nodes, with the entries of what they call. */
  calls: Map<string, string[]>;
  /** The nodes that may have called what a message leaves by an exit. */
  callersOf(exit: Exit): string[];
}

/** Reads a flow file, or the workspace of the editor in the same form, without what is disabled. */
export function graphOf(configs: readonly NodeConfig[]): FlowGraph {
  const running = runningNodes(configs);
  const nodes = new Map(running.map((node) => [node.id, node]));
  const instances = groupBy(running.filter(subflowOf), subflowOf);
  const { entries, exits } = subflowPorts(configs);
  const ports = new Map(running.map((node) => [node.id, portsOf(node, nodes, exits.get(node.id))]));
  const calls = new Map<string, string[]>();
  for (const node of running) {
    const subflow = subflowOf(node);
    const called = subflow === undefined ? linksCalled(node) : (entries.get(subflow) ?? []);
    const existing = called.filter((id) => nodes.has(id));
    if (existing.length > 0) calls.set(node.id, existing);
  }
  let returns: Map<string, string[]> | undefined;
  return {
    nodes,
    ports,
    calls,
    callersOf(exit) {
      if (exit.subflow !== undefined) return (instances.get(exit.subflow) ?? []).map(({ id }) => id);
      returns ??= callersOfReturns(nodes, ports, calls);
      return returns.get(exit.returns ?? '') ?? [];
    },
  };
}

/** The subflow that a node is an instance of. */
export function subflowOf({ type }: NodeConfig): string | undefined {
  return type.startsWith('subflow:') ? type.slice('subflow:'.length) : undefined;
}

const NO_NODES = new Set(['tab', 'subflow', 'group']);

/** Nodes of enabled tabs, of subflows that are in use there, and those without a tab. */
function runningNodes(configs: readonly NodeConfig[]): NodeConfig[] {
  const places = groupBy(
    configs.filter(({ type, d }) => !NO_NODES.has(type) && d !== true),
    ({ z }) => (typeof z === 'string' && z !== '' ? z : undefined),
  );
  const tabs = configs.filter(({ type, disabled }) => type === 'tab' && disabled !== true);
  const open: (string | undefined)[] = [undefined, ...tabs.map(({ id }) => id)];
  const running: NodeConfig[] = [];
  while (open.length > 0) {
    const place = open.pop();
    for (const node of places.get(place) ?? []) {
      running.push(node);
      const subflow = subflowOf(node);
      if (subflow !== undefined) open.push(subflow);
    }
    places.delete(place);
  }
  return running;
}

export function groupBy<T, K>(list: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** A call whose target is named by the message may go anywhere: it is followed nowhere. */
function linksCalled(node: NodeConfig): string[] {
  return node.type === 'link call' && node.linkType !== 'dynamic' ? linksOf(node) : [];
}
