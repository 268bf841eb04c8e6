/**
 * The workspace as it would be saved, as far as messages are concerned. Linear, unlike Node-RED's export.
 * @param secretsOf which secrets a node has; undefined if that is not known
 */
export function workspaceNodes(secretsOf) {
  const nodes = new Map();
  const add = (node, more) =>
    nodes.set(node.id, {
      ...settingsOf(node),
      ...{ id: node.id, type: node.type, credentials: secretsOf(node) },
      ...more,
    });
  RED.nodes.eachWorkspace((tab) => add(tab, { disabled: tab.disabled }));
  RED.nodes.eachSubflow((subflow) => {
    const ports = (list) => (list ?? []).map(() => ({ wires: [] }));
    add(subflow, { in: ports(subflow.in), out: ports(subflow.out) });
  });
  RED.nodes.eachConfig((node) => add(node));
  const place = (node) => ({
    z: node.z,
    d: node.d,
    wires: Array.from({ length: node.outputs ?? 0 }, () => []),
  });
  RED.nodes.eachNode((node) => add(node, place(node)));
  RED.nodes.eachJunction((node) => add(node, { ...place(node), wires: [[]] }));
  RED.nodes.eachLink((link) => addLink(nodes, link));
  return [...nodes.values()];
}

function settingsOf(node) {
  return Object.fromEntries(Object.keys(node._def?.defaults ?? {}).map((name) => [name, node[name]]));
}

/** In the editor the ports of a subflow are nodes of their own. */
function addLink(nodes, { source, sourcePort = 0, target }) {
  if (target.type === 'subflow') {
    if (target.direction === 'out')
      nodes.get(target.z)?.out[target.i]?.wires.push({ id: source.id, port: sourcePort });
  } else if (source.type === 'subflow') {
    nodes.get(source.z)?.in[source.i]?.wires.push({ id: target.id });
  } else nodes.get(source.id)?.wires[sourcePort]?.push(target.id);
}
