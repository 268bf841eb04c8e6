import { textFrom } from '../show';
import type { Finding } from '../../src/checks/finding';

/** A text of the checks, by its key in the texts of the plugin; its values stay plain text. */
export function text(key: string, params: object = {}): string {
  return textFrom(RED, `@misp-flows/node-red-misp/misp-editor:misp-editor.checks.${key}`, params);
}

/** What is wrong and what to do, in words. */
export function wordsOf({ key, nodes, trigger, module, field, outputs = [] }: Finding): string {
  const names = namesOf(nodes);
  return text(`findings.${key}`, {
    node: named(names[0]),
    nodes: names.map(named).join(', '),
    trigger: trigger && named(nameOf(trigger)),
    module,
    field: labelOf(nodes[0], field),
    outputs: outputs.map((index) => outputName(nodes[0], index)).join(', '),
  });
}

/** A name that people gave may be a sentence: it is told from the words around it. */
function named(name: string): string {
  return text('named', { name });
}

/** How the form labels a field. */
function labelOf(id: string, field: string | undefined): string {
  const node = field ? RED.nodes.node(id) : undefined;
  return node ? node._(`${node.type}.fields.${field}.label`) : '';
}

/** What a node says of its output, or the number that the output has. */
function outputName(id: string, index: number): string {
  const node = RED.nodes.node(id);
  const labels = node?._def?.outputLabels;
  const label = node && typeof labels === 'function' ? labels.call(node, index) : labelAt(labels, index);
  return label || String(index + 1);
}

function labelAt(labels: unknown, index: number): string | undefined {
  return Array.isArray(labels) ? (labels as string[])[index] : undefined;
}

/** How the editor labels a node. */
export function nameOf(id: string | undefined): string {
  const node = id ? RED.nodes.node(id) : undefined;
  return node ? RED.utils.getNodeLabel(node, node.type) : '';
}

/** How the editor labels nodes: those of one label are told apart by where they stand. */
export function namesOf(ids: readonly string[]): string[] {
  const labels = ids.map(nameOf);
  const isTwice = (label: string) => labels.indexOf(label) !== labels.lastIndexOf(label);
  return ids.map((id, index) =>
    isTwice(labels[index]) ? `${labels[index]} (${placeOf(id)})` : labels[index],
  );
}

/** The label of the tab of a node, or the name of its subflow; of one without either its id. */
function placeOf(id: string): string {
  const { z } = RED.nodes.node(id) ?? {};
  const place = z ? (RED.nodes.workspace(z) ?? RED.nodes.subflow(z)) : undefined;
  const label = place?.label ?? place?.name;
  return typeof label === 'string' && label ? label : id;
}
