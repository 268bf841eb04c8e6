/** A text of the checks, by its key in the texts of the plugin; its values stay plain text. */
export function text(key, params = {}) {
  const options = { ...params, interpolation: { escapeValue: false } };
  return RED._(`@misp-flows/node-red-misp/misp-editor:misp-editor.checks.${key}`, options);
}

/** What is wrong and what to do, in words. */
export function wordsOf({ key, nodes, trigger, module }) {
  const names = nodes.map(nameOf);
  const params = { node: names[0], nodes: names.join(', '), trigger: nameOf(trigger), module };
  return text(`findings.${key}`, params);
}

/** How the editor labels a node. */
export function nameOf(id) {
  const node = id && RED.nodes.node(id);
  return node ? RED.utils.getNodeLabel(node, node.type) : '';
}
