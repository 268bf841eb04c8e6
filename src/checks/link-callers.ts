import type { NodeConfig } from '../runs/trust';
import type { Port } from './ports';

/**
 * By `link out` node that returns: the `link call` nodes that it may return to. Which part of a flow a call
 * may pass through is judged by what is wired together, whatever the direction.
 */
export function callersOfReturns(
  nodes: Map<string, NodeConfig>,
  ports: Map<string, Port[]>,
  calls: Map<string, string[]>,
): Map<string, string[]> {
  const partOf = wiredTogether(ports);
  const callers = new Map<string | undefined, string[]>();
  for (const [caller, entries] of calls) {
    if (nodes.get(caller)?.type !== 'link call') continue;
    for (const part of new Set(entries.map((entry) => partOf.get(entry)))) {
      const list = callers.get(part);
      if (list) list.push(caller);
      else callers.set(part, [caller]);
    }
  }
  const returns = [...nodes.values()].filter(({ type, mode }) => type === 'link out' && mode === 'return');
  return new Map(returns.map(({ id }) => [id, callers.get(partOf.get(id)) ?? []]));
}

/** Node id -> the part of the flow that it is wired to, named by one of its nodes. */
function wiredTogether(ports: Map<string, Port[]>): Map<string, string> {
  const neighbours = new Map<string, string[]>([...ports.keys()].map((id) => [id, []]));
  for (const [id, list] of ports) {
    for (const { targets } of list) {
      for (const target of targets) {
        neighbours.get(id)?.push(target);
        neighbours.get(target)?.push(id);
      }
    }
  }
  const parts = new Map<string, string>();
  for (const part of neighbours.keys()) {
    const queue = [part];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (parts.has(id)) continue;
      parts.set(id, part);
      queue.push(...(neighbours.get(id) ?? []));
    }
  }
  return parts;
}
