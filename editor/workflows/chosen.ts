import { isDrawn, type FlowNode } from '../flows/flow';

/** What is marked, nodes or tabs, or else the open tab; with its config nodes, as it would be exported, without secrets. */
export function chosenNodes(): FlowNode[] {
  const tabs = RED.workspaces.selection().map(({ id }) => id);
  const selected = tabs.length === 0 ? RED.view.selection().nodes : undefined;
  const all = tabs.length === 0 ? [RED.workspaces.active()] : tabs;
  const set = RED.nodes.createExportableNodeSet(selected ?? all.flatMap(nodesOn));
  return set.map((node) => ({ ...(node as FlowNode), credentials: undefined }));
}

const nodesOn = (z: string) => [
  ...RED.nodes.filterNodes({ z }),
  ...RED.nodes.groups(z),
  ...RED.nodes.junctions(z),
];

/** What the open tab, or subflow, is called. */
export function nameHere(): string {
  const here = RED.workspaces.active();
  const name = RED.nodes.workspace(here)?.label ?? RED.nodes.subflow(here)?.name;
  return typeof name === 'string' ? name : '';
}

/** The triggers among nodes, in the order in which a canvas is read. */
export function triggersIn(nodes: readonly FlowNode[]): FlowNode[] {
  const triggers = nodes.filter(({ type }) => type === 'misp-trigger').filter(isDrawn);
  return triggers.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** A trigger and what it leads to, with all that has no place in a way: config nodes and groups. */
export function behindTrigger(nodes: readonly FlowNode[], trigger: string): FlowNode[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const reached = new Set([trigger]);
  for (const id of reached) for (const next of leadsTo(known.get(id))) reached.add(next);
  return nodes.filter(({ id, wires }) => wires === undefined || reached.has(id));
}

function leadsTo({ type, wires = [], links }: Partial<FlowNode> = {}): string[] {
  return type === 'link out' && Array.isArray(links) ? (links as string[]) : wires.flat();
}
