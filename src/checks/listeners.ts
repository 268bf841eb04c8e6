import type { NodeConfig } from '../runs/trust';
import type { Finding, TypeKnowledge } from './finding';
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

/** Listeners that run and cannot listen: another program has their port, or there is no such address. */
export function deafFindings({ nodes }: FlowGraph, { whyDeaf }: TypeKnowledge): Finding[] {
  const all = [...nodes.values()];
  return all.flatMap((node): Finding[] => {
    const key = node.type === 'misp-listener' && whyDeaf?.(node);
    if (!key) return [];
    const triggers = all.filter(({ type, listener }) => type === 'misp-trigger' && listener === node.id);
    return [{ key, danger: true, nodes: [node.id, ...triggers.map(({ id }) => id)] }];
  });
}

const isEverywhere = ({ host }: NodeConfig) => EVERYWHERE.has(host);
