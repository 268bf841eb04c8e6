import type { NodeConfig } from '../runs/trust';
import { groupBy, type FlowGraph } from './flow-graph';

export interface ReachOptions {
  /** Nodes that get the message and whose outputs are not followed. */
  endsAt: (node: NodeConfig) => boolean;
  /** Whether Catch, Complete and Status nodes pass on what happens in the nodes they look at. */
  observers: boolean;
}

/**
 * The nodes that messages get to, each with one of the origins they come from. A message that went into a
 * subflow or a called part of a flow comes out only where it went in. Linear in the flow's size.
 * @param sources nodes that messages start at, each with the name of its origin
 */
export function reachedFrom(
  graph: FlowGraph,
  sources: Iterable<readonly [string, string]>,
  { endsAt, observers }: ReachOptions,
): Map<string, string> {
  const watchers = observers ? watchersIn(graph) : undefined;
  // First along and out of what the sources are in, then along and into what is called: never in and out.
  return spread(spread(sources, 'out'), 'in');

  function spread(start: Iterable<readonly [string, string]>, direction: 'in' | 'out'): Map<string, string> {
    const reached = new Map<string, string>();
    const left = new Set<string>();
    const queue = [...start];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [id, origin] = next;
      const node = graph.nodes.get(id);
      if (!node || reached.has(id)) continue;
      reached.set(id, origin);
      for (const watcher of watchers?.(node) ?? []) queue.push([watcher, origin]);
      if (endsAt(node)) continue;
      for (const { targets, exits } of graph.ports.get(id) ?? []) {
        for (const target of targets) queue.push([target, origin]);
        if (direction === 'in') continue;
        for (const { subflow, port = 0 } of exits) {
          if (subflow === undefined || left.has(`${port} ${subflow}`)) continue;
          left.add(`${port} ${subflow}`);
          for (const target of behindExit(subflow, port)) queue.push([target, origin]);
        }
      }
      if (direction === 'in') for (const entry of graph.calls.get(id) ?? []) queue.push([entry, origin]);
    }
    return reached;
  }

  function behindExit(subflow: string, port: number): string[] {
    return graph.callersOf({ subflow }).flatMap((caller) => graph.ports.get(caller)?.[port]?.targets ?? []);
  }
}

const OBSERVERS = new Set(['catch', 'complete', 'status']);

/** Tells which observers look at a node; those of a whole tab are told once, with the first node there. */
function watchersIn({ nodes }: FlowGraph): (node: NodeConfig) => string[] {
  const all = [...nodes.values()].filter(({ type }) => OBSERVERS.has(type));
  const chosen = all.filter(({ scope }) => Array.isArray(scope));
  const byTab = groupBy(
    all.filter(({ scope }) => !Array.isArray(scope)),
    ({ z }) => z,
  );
  const byNode = new Map<string, string[]>();
  for (const { id, scope } of chosen) {
    for (const observed of scope as string[]) {
      const list = byNode.get(observed);
      if (list) list.push(id);
      else byNode.set(observed, [id]);
    }
  }
  const told = new Set<unknown>();
  return ({ id, z }) => {
    const own = byNode.get(id) ?? [];
    if (told.has(z)) return own;
    told.add(z);
    return [...own, ...(byTab.get(z) ?? []).map((observer) => observer.id)];
  };
}
