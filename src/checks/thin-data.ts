import type { NodeConfig } from '../runs/trust';
import { RELOADED } from '../triggers/completed';
import { triggerById } from '../triggers/triggers';
import type { Finding, TypeKnowledge } from './finding';
import type { FlowGraph } from './flow-graph';
import { reachedFrom } from './reached';

/** Nodes that look at attributes behind a trigger whose data has none. */
export function thinDataFindings(graph: FlowGraph, knowledge: TypeKnowledge): Finding[] {
  const thin = [...graph.nodes.values()].filter(isThin);
  const reached = reachedFrom(
    graph,
    thin.map(({ id }) => [id, id]),
    { endsAt: ({ type }) => mayBringData(type, knowledge), observers: false },
  );
  return [...reached].flatMap(([id, trigger]): Finding[] => {
    const node = graph.nodes.get(id);
    if (!node || !knowledge.looksAtAttributes(node)) return [];
    return [{ key: 'noAttributes', danger: true, nodes: [id], trigger }];
  });
}

function isThin(node: NodeConfig): boolean {
  if (node.type !== 'misp-trigger') return false;
  const trigger = triggerById(String(node.trigger));
  if (!trigger || trigger.attributes) return false;
  return node.complete !== true || !RELOADED.includes(trigger.id);
}

const SOURCES = new Set(['misp-reload', 'misp-search', 'misp-request', 'misp-run-module']);
const CARRIERS = new Set(['junction', 'switch', 'delay', 'rbe', 'link in', 'link out', 'link call', 'debug']);

/** Behind such a node the data may be other data. */
function mayBringData(type: string, { isOurs }: TypeKnowledge): boolean {
  if (isOurs(type)) return SOURCES.has(type);
  return !CARRIERS.has(type) && !type.startsWith('subflow:');
}
