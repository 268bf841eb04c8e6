// All examples in one file for the gallery in the editor, with MISP's names for what is in them.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * @param folder where the examples are
 * @param catalogue the definitions of all nodes
 * @param textsOf the texts of a node type
 */
export function examplesOf(folder, catalogue, textsOf) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const nodes = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const names = nodes.flatMap((node) => {
      const description = catalogue.find(({ type }) => type === node.type);
      return description ? mispNames(node, description, textsOf(node.type)) : [];
    });
    return { name: file.replace(/\.json$/, ''), misp: [...new Set(names)], nodes };
  });
}

/** MISP's names of what a node stands for, by its settings. */
function mispNames(node, { type, modules }, texts) {
  if (type === 'misp-trigger') return [texts.fields.trigger.options[node.trigger]];
  const applies = ({ when = {} }) =>
    Object.entries(when).every(([setting, values]) => [values].flat().includes(node[setting]));
  return modules.filter(applies).map(({ module }) => texts.modules[module]);
}
