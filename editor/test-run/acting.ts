import { actingNodes } from '../../src/checks/acting';
import { graphOf } from '../../src/checks/flow-graph';
import { workspaceNodes } from '../checks/workspace';

/** How many nodes are named. */
const MOST = 6;

/**
 * The labels of nodes behind a trigger that really act in a test run, as they are none of this package.
 * @returns the first of them, and how many more there are
 */
export function actingLabels(trigger: EditorNode): { labels: string[]; more: number } {
  const nodes = workspaceNodes(() => undefined);
  const isOurs = (type: string) => RED.nodes.getType(type)?.set?.module === '@misp-flows/node-red-misp';
  const acting = actingNodes(graphOf(nodes), trigger.id, isOurs);
  const labels = acting.slice(0, MOST).map(({ id, type }) => {
    const node = RED.nodes.node(id);
    const label = node ? RED.utils.getNodeLabel(node, type) : type;
    return label === type ? type : `${type} "${label}"`;
  });
  return { labels, more: acting.length - labels.length };
}
