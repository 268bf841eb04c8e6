import type { NodeConfig } from '../runs/trust';
import type { FlowGraph } from './flow-graph';
import type { Port } from './ports';
import { reachedFrom } from './reached';

/** Core nodes that change nothing but the message, or only show it. */
const QUIET = new Set([
  ...[
    'batch',
    'catch',
    'change',
    'comment',
    'complete',
    'csv',
    'debug',
    'delay',
    'file in',
    'html',
    'inject',
  ],
  ...[
    'http response',
    'join',
    'json',
    'junction',
    'link call',
    'link in',
    'link out',
    'range',
    'rbe',
    'sort',
  ],
  ...['split', 'status', 'switch', 'template', 'trigger', 'xml', 'yaml'],
]);

/**
 * The nodes that a test run of a trigger comes to and that really act there, as they know nothing of tests: those of
 * Node-RED and of other packages. What a switch on `msg.misp.test` keeps from them is left out.
 * @param isOurs tells the node types of this package
 */
export function actingNodes(
  graph: FlowGraph,
  trigger: string,
  isOurs: (type: string) => boolean,
): NodeConfig[] {
  const ports = new Map(
    [...graph.ports].map(([id, own]) => [id, takenInTest(graph.nodes.get(id), own)] as const),
  );
  const options = { endsAt: () => false, observers: true };
  const reached = reachedFrom({ ...graph, ports }, [[trigger, trigger]], options);
  return [...reached.keys()].flatMap((id) => {
    const node = graph.nodes.get(id);
    return node && acts(node, isOurs) ? [node] : [];
  });
}

function acts({ type, libs }: NodeConfig, isOurs: (type: string) => boolean): boolean {
  if (isOurs(type) || QUIET.has(type) || type.startsWith('subflow')) return false;
  // Without modules of its own a function reaches nothing outside of Node-RED.
  return type !== 'function' || (Array.isArray(libs) && libs.length > 0);
}

interface Rule {
  t?: unknown;
}

/** The outputs of a node that a message of a test run may take. */
function takenInTest(node: NodeConfig | undefined, ports: Port[]): Port[] {
  const asksForTest = node?.type === 'switch' && node.property === 'misp.test' && node.propertyType === 'msg';
  if (!asksForTest || !Array.isArray(node.rules)) return ports;
  const rules = node.rules as Rule[];
  const isFirstOnly = node.checkall === 'false';
  const yes = rules.findIndex(({ t }) => t === 'true');
  return ports.filter((_, index) => {
    const t = rules[index]?.t;
    if (t === 'false' || (isFirstOnly && yes >= 0 && index > yes)) return false;
    return t !== 'else' || !rules.slice(0, index).some((rule) => rule.t === 'true');
  });
}
