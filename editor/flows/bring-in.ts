import { notifyText } from '../show';
import { isDrawn, type FlowNode } from './flow';
import { fitsBelow, prepare, type Workspace } from './prepare';
import { text } from './texts';

/**
 * Imports a flow with Node-RED's own import: one step that can be undone, and no question. What is imported stays where
 * it is drawn: the import of the view would hang it at the mouse, and push apart what has long labels.
 * @param name what to call it in the message
 * @param ownTab on a tab of its own; it is anyway if the open one has no room, or takes nothing
 */
export function bringIn(flow: readonly FlowNode[], name: string, ownTab: boolean): void {
  const active = RED.workspaces.active();
  const workspace = workspaceNow(active);
  const takes = RED.nodes.workspace(active) !== undefined && !RED.workspaces.isLocked?.(active);
  const alone = ownTab || !takes || !fitsBelow(flow, workspace.bottom);
  const { nodes, importMap, used } = prepare(withTab(flow, name), workspace, alone);
  const dirty = RED.nodes.dirty();
  const { nodes: made, ...more } = RED.nodes.import(nodes, {
    importMap,
    markChanged: true,
    applyNodeDefaults: true,
  });
  const { links, groups, junctions, workspaces, subflows } = more;
  const ids = made.map(({ id }) => id);
  RED.history.push({ t: 'add', nodes: ids, links, groups, junctions, workspaces, subflows, dirty });
  for (const node of made) node._def?.onadd?.call(node);
  RED.nodes.dirty(true);
  show(made.filter(({ z, x }) => z && x !== undefined));
  const onto = used.map((id) => RED.utils.getNodeLabel(RED.nodes.node(id) as EditorNode, id)).join(', ');
  notifyText(text(onto ? 'importedOnto' : 'imported', { name, onto }), { type: 'success' });
}

function show(drawn: EditorNode[]): void {
  if (drawn.length === 0) return;
  RED.view.reveal(drawn[0].id, false);
  RED.view.redraw(true);
  RED.view.select({ nodes: drawn.filter(({ z }) => z === drawn[0].z) });
}

/** A flow that brings no tab gets one, for when it is to have its own. */
function withTab(flow: readonly FlowNode[], name: string): FlowNode[] {
  const tab = flow.find(({ type }) => type === 'tab');
  if (tab) return [...flow];
  const id = 'misp-imported-tab';
  const made = flow.map((node) => (isDrawn(node) ? { ...node, z: id } : { ...node }));
  return [{ id, type: 'tab', label: name, disabled: false, info: '' }, ...made];
}

function workspaceNow(tab: string): Workspace {
  return {
    bottom: bottomOf(tab),
    typeOf: (id) => (RED.nodes.node(id) ?? RED.nodes.workspace(id) ?? RED.nodes.subflow(id))?.type,
    mostUsed(type) {
      let best: EditorNode | undefined;
      RED.nodes.eachConfig((node) => {
        if (node.type !== type || node.z || node.d) return;
        if (!best || (node.users?.length ?? 0) > (best.users?.length ?? 0)) best = node;
      });
      return best?.id;
    },
  };
}

function bottomOf(tab: string): number | undefined {
  const reach: number[] = [];
  for (const node of RED.nodes.filterNodes({ z: tab })) reach.push(node.y + (node.h ?? 30) / 2);
  for (const group of RED.nodes.groups(tab)) reach.push(group.y + (group.h ?? 0));
  for (const junction of RED.nodes.junctions(tab)) reach.push(junction.y);
  return reach.length > 0 ? Math.max(...reach) : undefined;
}
