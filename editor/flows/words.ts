import { isDrawn, type FlowNode } from './flow';
import { asEdited, labelFor } from './picture';
import { text } from './texts';

/** More than that nobody reads. */
const MOST = 200;

/** What a flow does, in words: a line for each node, with where it leads, in the order of the way. */
export function wordsOfFlow(flow: readonly FlowNode[]): string[] {
  const silent = new Set(['tab', 'group', 'comment', 'junction']);
  const nodes = inOrder(flow.filter((node) => isDrawn(node) && !silent.has(node.type)));
  const numbers = new Map(nodes.map(({ id }, index) => [id, index + 1]));
  return nodes.slice(0, MOST).map((node) => lineOf(node, numbers));
}

/** Each node once, those in front first. */
function inOrder(nodes: readonly FlowNode[]): FlowNode[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const targets = new Set(nodes.flatMap(({ wires = [] }) => wires.flat()));
  const first = nodes.filter(({ id }) => !targets.has(id));
  const waiting = first.length > 0 ? [...first] : nodes.slice(0, 1);
  const found = new Set<FlowNode>();
  for (const node of waiting) {
    if (found.has(node)) continue;
    found.add(node);
    for (const id of (node.wires ?? []).flat()) {
      const next = known.get(id);
      if (next && !found.has(next)) waiting.push(next);
    }
  }
  return [...found, ...nodes.filter((node) => !found.has(node))];
}

function lineOf(node: FlowNode, numbers: ReadonlyMap<string, number>): string {
  const wires = node.wires ?? [];
  const ways = wires.flatMap((targets, output) => {
    const to = targets.flatMap((id) => numbers.get(id) ?? []);
    if (to.length === 0) return [];
    const label = wires.length > 1 ? outputName(node, output) : '';
    return [text(label ? 'wayBy' : 'way', { label, to: to.join(', ') })];
  });
  const number = String(numbers.get(node.id));
  const what = `${number}. ${kindOf(node)}: ${labelFor(node)}`;
  return ways.length > 0 ? `${what} ${ways.join('; ')}` : what;
}

function kindOf({ type }: FlowNode): string {
  const key = `${type}.name`;
  const name = RED.nodes.getType(type)?._?.(key);
  return name && name !== key ? name : type;
}

function outputName(node: FlowNode, output: number): string {
  const def = RED.nodes.getType(node.type);
  const labels = def?.outputLabels;
  const own =
    typeof labels === 'function'
      ? labels.call(asEdited(node, def as EditorNodeType), output)
      : labels?.[output];
  return own ?? String(output + 1);
}
