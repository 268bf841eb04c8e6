import type { NodeConfig } from '../runs/trust';
import { groupBy, subflowOf, type FlowGraph } from './flow-graph';

/**
 * Where a trigger announces its module: two listeners at one address are one service.
 * @param nodeOf finds a node of the flow by its id
 */
export function serviceOf(trigger: NodeConfig, nodeOf: (id: string) => NodeConfig | undefined): string {
  const id = typeof trigger.listener === 'string' ? trigger.listener : '';
  const listener = nodeOf(id);
  return listener?.port ? JSON.stringify([listener.host, Number(listener.port) || listener.port]) : id;
}

/** A name that nobody uses, made from `name` with a number behind it. */
export function nextFreeName(name: string, isTaken: (name: string) => boolean): string {
  const base = name.replace(/_\d+$/, '');
  let free = base;
  for (let number = 2; isTaken(free); number++) free = `${base}_${number}`;
  return free;
}

/** Triggers that announce the same module at the same service, in groups. */
export function sameModules({ nodes }: FlowGraph): NodeConfig[][] {
  const copies = copiesOf(nodes);
  const triggers = [...nodes.values()].filter(
    ({ type, module }) => type === 'misp-trigger' && isFixed(module),
  );
  const groups = groupBy(
    triggers,
    (trigger) => `${String(trigger.module)} ${serviceOf(trigger, (id) => nodes.get(id))}`,
  );
  return [...groups.values()].filter((group) => group.length > 1 || copies(group[0]) > 1);
}

/** Not a name that Node-RED fills in from the environment. */
function isFixed(module: unknown): boolean {
  return typeof module === 'string' && module !== '' && !module.includes('${');
}

/** How often a node runs: a node in a subflow once for each instance (counted up to two). */
function copiesOf(nodes: FlowGraph['nodes']): (node: NodeConfig) => number {
  const instances = groupBy([...nodes.values()].filter(subflowOf), subflowOf);
  const known = new Map<unknown, number>();
  const copies = ({ z }: NodeConfig): number => {
    const inside = instances.get(typeof z === 'string' ? z : undefined);
    if (!inside) return 1;
    const before = known.get(z);
    if (before !== undefined) return before;
    known.set(z, 1);
    let sum = 0;
    for (const instance of inside) if (sum < 2) sum += copies(instance);
    known.set(z, sum);
    return sum;
  };
  return copies;
}
