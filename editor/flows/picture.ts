import { isDrawn, type FlowNode } from './flow';

type Placed = FlowNode & { x: number; y: number };

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 30;
/** As wide as Node-RED draws a label, about. */
const [LETTER, ICON, LEAST] = [6.6, 44, 100];
const MARGIN = 15;
/** More than that nobody sees on a picture, and it takes long to draw. */
const MOST = 500;

/** A picture of a flow, as the editor would draw it. All texts in it are plain text. */
export function pictureOf(flow: readonly FlowNode[], title: string): SVGElement {
  const drawn = flow.filter(isDrawn).slice(0, MOST);
  const boxes = new Map(drawn.map((node) => [node.id, boxOf(node)]));
  const all = [...boxes.values()];
  const left = Math.min(0, ...all.map((box) => box.x)) - MARGIN;
  const top = Math.min(...all.map((box) => box.y), Infinity) - MARGIN;
  const right = Math.max(...all.map((box) => box.x + box.width), left) + MARGIN;
  const bottom = Math.max(...all.map((box) => box.y + box.height), top) + MARGIN;
  const size = Number.isFinite(top) ? [left, top, right - left, bottom - top] : [0, 0, 10, 10];
  const picture = element('svg', { class: 'misp-picture', viewBox: size.join(' '), role: 'img' });
  picture.setAttribute('aria-label', title);
  for (const node of drawn.filter(({ type }) => type === 'group')) picture.append(groupOf(node));
  for (const node of drawn) picture.append(...wiresOf(node, boxes));
  for (const node of drawn.filter(({ type }) => type !== 'group')) picture.append(nodeOf(node, boxes));
  return picture;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function boxOf(node: Placed): Box {
  const { type, x, y, w = 0, h = 0 } = node;
  if (type === 'group') return { x, y, width: w, height: h };
  const width = Math.max(LEAST, labelFor(node).length * LETTER + ICON);
  const height = Math.max(HEIGHT, (node.wires?.length ?? 0) * 13);
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** What the editor writes on a node. */
export function labelFor(node: FlowNode): string {
  const def = RED.nodes.getType(node.type);
  if (node.type === 'group' || node.type === 'tab') return String(node.name ?? node.label ?? '');
  if (!def) return node.name || node.type;
  return RED.utils.getNodeLabel(asEdited(node, def), node.type);
}

/** A node as its type's functions want it, without putting it into the workspace. */
export function asEdited(node: FlowNode, def: EditorNodeType): EditorNode {
  const made = { ...node, _def: def, _: (key: string, values?: object) => def._?.(key, values) ?? key };
  return made as unknown as EditorNode;
}

function nodeOf(node: Placed, boxes: ReadonlyMap<string, Box>): SVGElement {
  const { x, y, width, height } = boxes.get(node.id) as Box;
  const group = element('g', { class: 'misp-picture-node', transform: `translate(${x},${y})` });
  const def = RED.nodes.getType(node.type);
  const isNote = node.type === 'comment';
  if (node.type !== 'junction') {
    const colour = isNote ? 'none' : (def?.color ?? '#fee');
    const box = element('rect', { width, height, rx: 5, class: isNote ? 'misp-picture-note' : '' });
    box.style.setProperty('fill', colour);
    group.append(box);
  }
  const label = element('text', { x: isNote ? 14 : 34, y: height / 2 + 4.5 });
  label.textContent = labelFor(node);
  group.append(label);
  return group;
}

function groupOf({ x, y, w = 0, h = 0, name = '' }: Placed): SVGElement {
  const group = element('g', { class: 'misp-picture-group' });
  const label = element('text', { x: x + 8, y: y + 16 });
  label.textContent = name;
  group.append(element('rect', { x, y, width: w, height: h, rx: 4 }), label);
  return group;
}

function wiresOf(node: Placed, boxes: ReadonlyMap<string, Box>): SVGElement[] {
  const from = boxes.get(node.id) as Box;
  const outputs = Array.isArray(node.wires) ? node.wires : [];
  return outputs.flatMap((targets, output) =>
    (Array.isArray(targets) ? targets : []).flatMap((id) => {
      const to = boxes.get(id);
      if (!to) return [];
      const start = [from.x + from.width, node.y + (output - (outputs.length - 1) / 2) * 13];
      const end = [to.x, to.y + to.height / 2];
      const bend = Math.max(30, Math.abs(end[0] - start[0]) / 2);
      const curve = `C ${start[0] + bend} ${start[1]} ${end[0] - bend} ${end[1]} ${end.join(' ')}`;
      return [element('path', { d: `M ${start.join(' ')} ${curve}`, class: 'misp-picture-wire' })];
    }),
  );
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made: SVGElement = document.createElementNS(SVG, name as 'svg');
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
