/** Port type of Node-RED's links: those that end at a node. */
const INPUT = 1;

/** Ids of the trigger nodes whose messages can come to a node, over wires, links and subflows. */
export function triggersAbove(node: EditorNode): string[] {
  const triggers: string[] = [];
  const seen = new Set([node.id]);
  const queue = [node];
  for (let current = queue.shift(); current; current = queue.shift()) {
    if (current.type === 'misp-trigger') triggers.push(current.id);
    for (const source of sourcesOf(current)) {
      if (!source || seen.has(source.id)) continue;
      seen.add(source.id);
      queue.push(source);
    }
  }
  return triggers;
}

function sourcesOf(node: EditorNode): (EditorNode | undefined)[] {
  const wired = RED.nodes.getNodeLinks(node.id, INPUT).map(({ source }) => source);
  if (node.type === 'link in') return [...wired, ...linksTo(node)];
  // The input of a subflow is a node of its own in the editor; what comes in, comes to its instances.
  if (node.type === 'subflow' && node.direction === 'in') return instancesOf(node.z);
  if (node.type.startsWith('subflow:')) return [...wired, ...outputsOf(node.type.slice('subflow:'.length))];
  return wired;
}

/** What is wired to the outputs of a subflow, inside it. */
function outputsOf(subflowId: string): EditorNode[] {
  const { out = [] } = RED.nodes.subflow(subflowId) ?? {};
  return out.flatMap((output) => RED.nodes.getNodeLinks(output, INPUT).map(({ source }) => source));
}

function linksTo(node: EditorNode): (EditorNode | undefined)[] {
  const callers = RED.nodes.filterNodes({ type: 'link call' });
  const calling = callers.filter((caller) => linksOf(caller).includes(node.id));
  return [...linksOf(node).map((id) => RED.nodes.node(id)), ...calling];
}

function linksOf({ links }: EditorNode): string[] {
  return (links ?? []) as string[];
}

function instancesOf(subflowId: string): EditorNode[] {
  return RED.nodes.filterNodes({ type: `subflow:${subflowId}` });
}
