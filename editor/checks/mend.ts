import type { Finding } from '../../src/checks/finding';

/** Puts an answer where a finding says that one is missing: as if it were drawn, and undone with one step. */

/** How far to the right of a node its answer stands, and how far below what is there already. */
const RIGHT = 200;
const BELOW = 60;

/** Whether the editor can mend it: what an output of a node of others means, nobody can tell. */
export function canMend({ key, nodes }: Finding, isOurs: (type: string) => boolean): boolean {
  const node = RED.nodes.node(nodes[0]);
  if (!node || RED.workspaces.isLocked?.(node.z)) return false;
  return key === 'switchWithoutOtherwise' || (key === 'wayWithoutAnswer' && isOurs(node.type));
}

/** Mends what `canMend`. */
export function mend(findings: Finding[]): void {
  const dirty = RED.nodes.dirty();
  const events = findings.flatMap(({ key, nodes, outputs = [] }): object[] => {
    const node = RED.nodes.node(nodes[0]);
    if (!node) return [];
    if (key !== 'switchWithoutOtherwise') return [answer(node, outputs)];
    return [addOtherwise(node), answer(node, [(node.outputs ?? 0) - 1])];
  });
  if (events.length === 0) return;
  RED.history.push({ t: 'multi', events, dirty });
  RED.nodes.dirty(true);
  RED.view.redraw(true);
}

/** A response that allows, wired behind outputs of a node. */
function answer(node: EditorNode, outputs: number[]): object {
  const { x, y } = freePlace(node);
  const { node: response, historyEvent } = RED.view.createNode('misp-response', x, y, node.z);
  response.answer = 'allow';
  RED.nodes.add(response);
  RED.editor.validateNode(response);
  const links = outputs.map((sourcePort) => ({ source: node, sourcePort, target: response }));
  for (const link of links) RED.nodes.addLink(link);
  return { ...historyEvent, links };
}

/** The rule of a switch that takes what no other rule did. */
function addOtherwise(node: EditorNode): object {
  const event = {
    t: 'edit',
    node,
    changes: { rules: node.rules, outputs: node.outputs },
    changed: node.changed,
    dirty: RED.nodes.dirty(),
  };
  const rules = [...(node.rules as object[]), { t: 'else' }];
  node.rules = rules;
  node.outputs = rules.length;
  node.changed = true;
  RED.editor.updateNodeProperties(node);
  RED.editor.validateNode(node);
  RED.events.emit('nodes:change', node);
  return event;
}

function freePlace(node: EditorNode): { x: number; y: number } {
  const x = node.x + (node.w ?? 0) / 2 + RIGHT;
  let { y } = node;
  const isTaken = (other: EditorNode) => Math.abs(other.x - x) < RIGHT && Math.abs(other.y - y) < BELOW / 2;
  const others = RED.nodes.filterNodes({ z: node.z });
  while (others.some(isTaken)) y += BELOW;
  return { x, y };
}
