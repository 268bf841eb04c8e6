/** A text of the checks, by its key in the texts of the plugin; its values stay plain text. */
export function text(key, params = {}) {
  const options = { ...params, interpolation: { escapeValue: false } };
  return RED._(`@misp-flows/node-red-misp/misp-editor:misp-editor.checks.${key}`, options);
}

/** What is wrong and what to do, in words. */
export function wordsOf({ key, nodes, trigger, module, field, outputs }) {
  const names = nodes.map(nameOf);
  const params = { node: names[0], nodes: names.join(', '), trigger: nameOf(trigger), module };
  params.field = labelOf(nodes[0], field);
  params.outputs = (outputs ?? []).map((index) => outputName(nodes[0], index)).join(', ');
  return text(`findings.${key}`, params);
}

/** How the form labels a field. */
function labelOf(id, field) {
  const node = field && RED.nodes.node(id);
  return node ? node._(`${node.type}.fields.${field}.label`) : '';
}

/** What a node says of its output, or the number that the output has. */
function outputName(id, index) {
  const node = RED.nodes.node(id);
  const labels = node?._def?.outputLabels;
  const label = typeof labels === 'function' ? labels.call(node, index) : labels?.[index];
  return label || String(index + 1);
}

/** How the editor labels a node. */
export function nameOf(id) {
  const node = id && RED.nodes.node(id);
  return node ? RED.utils.getNodeLabel(node, node.type) : '';
}
