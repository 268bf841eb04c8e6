import { actingNodes } from '../checks/acting';
import { graphOf } from '../checks/flow-graph';
import { reachedFrom } from '../checks/reached';
import type { NodeConfig } from '../runs/trust';

/** What is to be known of node types: those of this package, and the names of their secrets. */
export type SecretsByType = ReadonlyMap<string, readonly string[]>;

/** Where a listener may listen, and what it asks for: nobody but the tests is to reach it. */
export interface Place {
  port: number;
  password: string;
}

/** A flow that begins nothing on its own, and the secrets that its nodes cannot do without. */
export interface FlowForTests {
  nodes: NodeConfig[];
  credentials: Record<string, Record<string, string>>;
}

/** Stands for a secret that the flow file does not have. */
const NO_SECRET = 'none';

/**
 * The flow as tests run it: nodes that no message of a trigger gets to are disabled, as some begin by themselves, and
 * listeners are moved to places of their own.
 */
export function flowForTests(
  flow: readonly NodeConfig[],
  triggers: readonly string[],
  secrets: SecretsByType,
  place: (index: number) => Place,
): FlowForTests {
  const reached = reachedBy(flow, triggers);
  const credentials: FlowForTests['credentials'] = {};
  let listeners = 0;
  const nodes = flow.map((node): NodeConfig => {
    const names = secrets.get(node.type) ?? [];
    if (names.length > 0) credentials[node.id] = Object.fromEntries(names.map((name) => [name, NO_SECRET]));
    if (node.type === 'misp-listener') {
      const { port, password } = place(listeners++);
      credentials[node.id] = { user: 'tests', password };
      return { ...node, host: '127.0.0.1', port, authentication: true, tls: '', upstream: '' };
    }
    return beginsByItself(node, reached) ? { ...node, d: true } : node;
  });
  return { nodes, credentials };
}

/** Nodes behind the triggers that would really act, as they know nothing of tests. */
export function actingInTests(
  flow: readonly NodeConfig[],
  triggers: readonly string[],
  secrets: SecretsByType,
): NodeConfig[] {
  const graph = graphOf(flow);
  const acting = triggers.flatMap((id) => actingNodes(graph, id, (type) => secrets.has(type)));
  return [...new Set(acting)];
}

/** Config nodes, tabs and subflows have no wires. */
function beginsByItself({ id, wires }: NodeConfig, reached: ReadonlySet<string>): boolean {
  return Array.isArray(wires) && !reached.has(id);
}

function reachedBy(flow: readonly NodeConfig[], triggers: readonly string[]): Set<string> {
  const graph = graphOf(flow);
  const options = { endsAt: () => false, observers: true };
  const from = (ids: readonly string[]) =>
    reachedFrom(
      graph,
      ids.map((id) => [id, id] as const),
      options,
    );
  const reached = from(triggers);
  // A call whose target is named by the message may go to any.
  const isDynamic = ({ type, linkType }: NodeConfig) => type === 'link call' && linkType === 'dynamic';
  const callsAny = [...graph.nodes.values()].some((node) => isDynamic(node) && reached.has(node.id));
  if (!callsAny) return new Set(reached.keys());
  const entries = [...graph.nodes.values()].filter(({ type }) => type === 'link in').map(({ id }) => id);
  return new Set(from([...triggers, ...entries]).keys());
}
