import { wordsOf } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';
const LINE = 60;

/**
 * A badge on each node that something was found at, with the words as its tooltip.
 * @param open called with the id of a node whose badge was clicked
 */
export function showBadges(open) {
  let byNode = new Map();
  RED.view.annotations.register('misp-check', {
    type: 'badge',
    class: 'misp-check',
    element: (node) => draw(wordsFor(node).join(' '), isDanger(node), () => open(node.id)),
    tooltip: (node) => wordsFor(node).map(folded).join('\n'),
    show: (node) => byNode.has(node.id),
    refresh: 'mispCheckChanged',
  });
  const wordsFor = ({ id }) => (byNode.get(id) ?? []).map(wordsOf);
  const isDanger = ({ id }) => (byNode.get(id) ?? []).some(({ danger }) => danger);

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

function draw(words, danger, onclick) {
  const badge = document.createElementNS(SVG, 'g');
  badge.setAttribute('role', 'img');
  badge.setAttribute('aria-label', words);
  badge.setAttribute('class', danger ? 'misp-check-danger' : '');
  for (const [shape, attributes] of [
    ['circle', { cx: 6, cy: 5, r: 6 }],
    ['path', { d: 'M 6 1.8 l 0 3.4 M 6 8 l 0 0.1' }],
  ]) {
    const part = document.createElementNS(SVG, shape);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    badge.appendChild(part);
  }
  badge.addEventListener('click', onclick);
  return badge;
}

/** Lines that are short enough for a tooltip. */
function folded(words) {
  const lines = [''];
  for (const word of words.split(' ')) {
    const line = lines[lines.length - 1];
    if (line.length + word.length < LINE) lines[lines.length - 1] = line ? `${line} ${word}` : word;
    else lines.push(word);
  }
  return lines.join('\n');
}
