/** Port type of Node-RED's links: those that end at a node. */
const INPUT = 1;

/** Ids of the trigger nodes whose messages can come to a node, over wires, links and subflows. */
export function triggersAbove(node) {
  const triggers = [];
  const seen = new Set([node.id]);
  const queue = [node];
  while (queue.length > 0) {
    const current = queue.shift();
    if (current.type === 'misp-trigger') triggers.push(current.id);
    for (const source of sourcesOf(current)) {
      if (!source || seen.has(source.id)) continue;
      seen.add(source.id);
      queue.push(source);
    }
  }
  return triggers;
}

function sourcesOf(node) {
  const wired = RED.nodes.getNodeLinks(node.id, INPUT).map(({ source }) => source);
  if (node.type === 'link in') return [...wired, ...linksTo(node)];
  // The input of a subflow is a node of its own in the editor; what comes in, comes to its instances.
  if (node.type === 'subflow' && node.direction === 'in') return instancesOf(node.z);
  if (node.type.startsWith('subflow:')) return [...wired, ...outputsOf(node.type.slice('subflow:'.length))];
  return wired;
}

/** What is wired to the outputs of a subflow, inside it. */
function outputsOf(subflowId) {
  const { out = [] } = RED.nodes.subflow(subflowId) ?? {};
  return out.flatMap((output) => RED.nodes.getNodeLinks(output, INPUT).map(({ source }) => source));
}

function linksTo(node) {
  const callers = RED.nodes.filterNodes({ type: 'link call' });
  const calling = callers.filter(({ links = [] }) => links.includes(node.id));
  return [...(node.links ?? []).map((id) => RED.nodes.node(id)), ...calling];
}

function instancesOf(subflowId) {
  return RED.nodes.filterNodes({ type: `subflow:${subflowId}` });
}
