import type { NodeConfig } from '../runs/trust';
import type { Finding } from './finding';
import type { FlowGraph } from './flow-graph';
import { linksOf } from './ports';

/** Nodes of a run whose only way on is switched off. */
export function disabledFindings(
  graph: FlowGraph,
  configs: readonly NodeConfig[],
  inRun: Map<string, string>,
): Finding[] {
  const all = new Set(configs.map(({ id }) => id));
  return [...inRun].flatMap(([id, trigger]): Finding[] => {
    const node = graph.nodes.get(id);
    const ports = graph.ports.get(id);
    if (!node || !ports) return [];
    const outputs = ports.flatMap(({ targets, exits }, index) => {
      const drawn = node.type === 'link out' ? linksOf(node) : (wiresOf(node)[index] ?? []);
      const isOff = targets.length === 0 && exits.length === 0 && drawn.some((target) => all.has(target));
      return isOff ? [index] : [];
    });
    if (outputs.length === 0) return [];
    return [{ key: 'leadsToDisabled', danger: true, nodes: [id], trigger, outputs }];
  });
}

const wiresOf = ({ wires }: NodeConfig) => (Array.isArray(wires) ? (wires as string[][]) : []);

/**
 * Nodes that pass nothing on when there is nothing to pass on: with a block behind them that ends the run, and
 * MISP is stopped.
 */
export function emptyFindings(
  graph: FlowGraph,
  inRun: Map<string, string>,
  mayBlock: (id: string) => boolean,
): Finding[] {
  return [...inRun].flatMap(([id, trigger]): Finding[] => {
    const node = graph.nodes.get(id);
    if (!node || !MAY_BE_EMPTY.has(node.type)) return [];
    const ports = graph.ports.get(id) ?? [];
    // An exec node always tells the exit code.
    const isTold = node.type === 'exec' && (ports[2]?.targets.length ?? 0) > 0;
    const leads = ports.some(({ targets, exits }) => exits.length > 0 || targets.some(mayBlock));
    if (isTold || !leads) return [];
    return [{ key: 'emptyStops', danger: false, nodes: [id], trigger }];
  });
}

const MAY_BE_EMPTY = new Set(['split', 'csv', 'html', 'exec', 'rbe']);
