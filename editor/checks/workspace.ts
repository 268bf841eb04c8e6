import type { NodeConfig } from '../../src/runs/trust';
import type { Secrets } from '../known-secrets';

/** A node as it would be saved; of a subflow's ports, what is wired to them. */
type Saved = NodeConfig & { wires?: string[][]; in?: Port[]; out?: Port[] };
interface Port {
  wires: { id: string; port?: number }[];
}

/**
 * The workspace as it would be saved, as far as messages are concerned. Linear, unlike Node-RED's export.
 * @param secretsOf which secrets a node has; undefined if that is not known
 */
export function workspaceNodes(secretsOf: (node: EditorNode) => Secrets | undefined): NodeConfig[] {
  const nodes = new Map<string, Saved>();
  const add = (node: EditorNode, more: object = {}) =>
    nodes.set(node.id, {
      ...settingsOf(node),
      ...{ id: node.id, type: node.type, credentials: secretsOf(node) },
      ...more,
    });
  RED.nodes.eachWorkspace((tab) => add(tab, { disabled: tab.disabled }));
  RED.nodes.eachSubflow((subflow) => {
    const ports = (list: EditorNode[] | undefined) => (list ?? []).map(() => ({ wires: [] }));
    add(subflow, { in: ports(subflow.in), out: ports(subflow.out) });
  });
  RED.nodes.eachConfig((node) => add(node));
  const place = (node: EditorNode) => ({
    z: node.z,
    d: node.d,
    wires: Array.from({ length: node.outputs ?? 0 }, () => []),
  });
  RED.nodes.eachNode((node) => add(node, place(node)));
  RED.nodes.eachJunction((node) => add(node, { ...place(node), wires: [[]] }));
  RED.nodes.eachLink((link) => addLink(nodes, link));
  return [...nodes.values()];
}

function settingsOf(node: EditorNode): Record<string, unknown> {
  return Object.fromEntries(Object.keys(node._def?.defaults ?? {}).map((name) => [name, node[name]]));
}

/** In the editor the ports of a subflow are nodes of their own. */
function addLink(nodes: Map<string, Saved>, { source, sourcePort = 0, target }: EditorLink): void {
  if (target.type === 'subflow') {
    if (target.direction === 'out')
      nodes.get(target.z)?.out?.[target.i ?? 0]?.wires.push({ id: source.id, port: sourcePort });
  } else if (source.type === 'subflow') {
    nodes.get(source.z)?.in?.[source.i ?? 0]?.wires.push({ id: target.id });
  } else nodes.get(source.id)?.wires?.[sourcePort]?.push(target.id);
}
