import { nextFreeName, serviceOf } from '../../src/workflow/module-names';
import { notifyText } from '../show.js';
import { text } from './texts.js';

/**
 * Gives a trigger that was pasted, duplicated or imported a module name of its own if its name is taken.
 * What is loaded, deployed by others, or brought back by undo and redo keeps its name: MISP knows it.
 */
export function keepNamesApart() {
  const known = new Set();
  RED.events.on('nodes:add', (node) => {
    if (node.type !== 'misp-trigger') return;
    const isNew = node.changed && !known.has(node.id);
    known.add(node.id);
    const { module } = node;
    if (!isNew || !isTaken(node, module)) return;
    node.module = nextFreeName(module, (name) => isTaken(node, name));
    notifyText(text('renamed', { module: node.module, taken: module }), { type: 'warning', timeout: 10000 });
  });
}

function isTaken(node, name) {
  if (!name) return false;
  const service = serviceOf(node, RED.nodes.node);
  return RED.nodes
    .filterNodes({ type: 'misp-trigger' })
    .some(
      (other) =>
        other.id !== node.id && other.module === name && serviceOf(other, RED.nodes.node) === service,
    );
}
