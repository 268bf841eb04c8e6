import type { NodeConfig } from '../runs/trust';
import type { Finding } from './finding';
import { groupBy, type FlowGraph } from './flow-graph';

const EVERYWHERE = new Set<unknown>(['0.0.0.0', '::', '']);

/** Listeners that want the same port of the same address. */
export function portFindings({ nodes }: FlowGraph): Finding[] {
  const listeners = [...nodes.values()].filter(({ type, port }) => type === 'misp-listener' && port);
  const byPort = groupBy(listeners, ({ port }) => String(port));
  return [...byPort.values()].flatMap((group): Finding[] => {
    const sharing = group.some(isEverywhere) ? [group] : [...groupBy(group, ({ host }) => host).values()];
    return sharing
      .filter((list) => list.length > 1)
      .map((list) => ({ key: 'portTwice', danger: true, nodes: list.map(({ id }) => id) }));
  });
}

const isEverywhere = ({ host }: NodeConfig) => EVERYWHERE.has(host);
