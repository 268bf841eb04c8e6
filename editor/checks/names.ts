import { nextFreeName, serviceOf } from '../../src/checks/module-names';
import { notifyText } from '../show';
import { text } from './texts';

/**
 * Gives a trigger that was pasted, duplicated or imported a module name of its own if its name is taken.
 * What is loaded, deployed by others, or brought back by undo and redo keeps its name: MISP knows it.
 */
export function keepNamesApart(): void {
  const known = new Set<string>();
  RED.events.on('nodes:add', (node) => {
    if (node.type !== 'misp-trigger') return;
    const isNew = node.changed && !known.has(node.id);
    known.add(node.id);
    const module = moduleOf(node);
    if (!isNew || !isTaken(node, module)) return;
    const free = nextFreeName(module, (name) => isTaken(node, name));
    node.module = free;
    notifyText(text('renamed', { module: free, taken: module }), { type: 'warning', timeout: 10000 });
  });
}

/** The name of a trigger's module; empty where it is none. */
function moduleOf({ module }: EditorNode): string {
  return typeof module === 'string' ? module : '';
}

function isTaken(node: EditorNode, name: string): boolean {
  if (!name) return false;
  const nodeOf = (id: string) => RED.nodes.node(id);
  const service = serviceOf(node, nodeOf);
  return RED.nodes
    .filterNodes({ type: 'misp-trigger' })
    .some((other) => other.id !== node.id && other.module === name && serviceOf(other, nodeOf) === service);
}
