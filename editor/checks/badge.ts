import type { Finding } from '../../src/checks/finding';
import { wordsOf } from './texts';

const SVG = 'http://www.w3.org/2000/svg';
const LINE = 60;
const SHAPES: [element: string, attributes: Record<string, string | number>][] = [
  ['circle', { cx: 6, cy: 5, r: 6 }],
  ['path', { d: 'M 6 1.8 l 0 3.4 M 6 8 l 0 0.1' }],
];

/**
 * A badge on each node that something was found at, with the words as its tooltip.
 * @param open called with the id of a node whose badge was clicked
 */
export function showBadges(open: (id: string) => void): { update(findings: Finding[]): void } {
  let byNode = new Map<string, Finding[]>();
  RED.view.annotations.register('misp-check', {
    type: 'badge',
    class: 'misp-check',
    element: (node) => draw(wordsFor(node).join(' '), isDanger(node), () => open(node.id)),
    tooltip: (node) => wordsFor(node).map(folded).join('\n'),
    show: (node) => byNode.has(node.id),
    refresh: 'mispCheckChanged',
  });
  const wordsFor = ({ id }: EditorNode) => (byNode.get(id) ?? []).map(wordsOf);
  const isDanger = ({ id }: EditorNode) => (byNode.get(id) ?? []).some(({ danger }) => danger);

  return {
    update(findings) {
      const before = byNode;
      byNode = new Map();
      for (const finding of findings) {
        for (const id of finding.nodes) byNode.set(id, [...(byNode.get(id) ?? []), finding]);
      }
      for (const id of new Set([...before.keys(), ...byNode.keys()])) {
        const node = RED.nodes.node(id);
        if (!node || JSON.stringify(before.get(id)) === JSON.stringify(byNode.get(id))) continue;
        node.mispCheckChanged = true;
        node.dirty = true;
      }
      RED.view.redraw();
    },
  };
}

function draw(words: string, danger: boolean, onclick: () => void): SVGElement {
  const badge = document.createElementNS(SVG, 'g');
  badge.setAttribute('role', 'img');
  badge.setAttribute('aria-label', words);
  badge.setAttribute('class', danger ? 'misp-check-danger' : '');
  for (const [shape, attributes] of SHAPES) {
    const part = document.createElementNS(SVG, shape);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, String(value));
    badge.appendChild(part);
  }
  badge.addEventListener('click', onclick);
  return badge;
}

/** Lines that are short enough for a tooltip. */
function folded(words: string): string {
  const lines = [''];
  for (const word of words.split(' ')) {
    const line = lines[lines.length - 1];
    if (line.length + word.length < LINE) lines[lines.length - 1] = line ? `${line} ${word}` : word;
    else lines.push(word);
  }
  return lines.join('\n');
}
