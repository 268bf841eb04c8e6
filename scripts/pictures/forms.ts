import type { Description } from '../../nodes/definition';
import { idOf, tab, withDefaults } from '../../test/editor/flows';
import { definitions } from '../../test/support/definitions';
import { example, exampleNames } from '../../test/support/examples';
import type { FlowNode } from '../../test/support/node-red';

/** A node of every type, set as in the first example that has one. */
export function oneOfEach(): FlowNode[] {
  return [
    tab,
    ...definitions.map(({ description }) => asInAnExample(description) ?? withDefaults(description)),
  ];
}

function asInAnExample(description: Description): FlowNode | undefined {
  for (const nodes of exampleNames.map((name) => example(name))) {
    const found = nodes.find(({ type }) => type === description.type);
    if (found) return onItsOwn(found, nodes, description);
  }
  return undefined;
}

/** Out of its flow; what it refers to is the one of that type here. */
function onItsOwn(node: FlowNode, nodes: FlowNode[], { family, type, outputs }: Description): FlowNode {
  const types = new Map(nodes.map((one) => [one.id, one.type]));
  const settings = Object.entries(node).map(([name, value]) => {
    const referred = typeof value === 'string' ? types.get(value) : undefined;
    return [name, referred ? idOf(referred) : value] as const;
  });
  const place = family === 'config' ? {} : { z: tab.id, x: 200, y: 100, wires: outputs.map(() => []) };
  return { ...Object.fromEntries(settings), type, id: idOf(type), ...place };
}
