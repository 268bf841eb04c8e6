import { isDrawn, type FlowNode } from './flow';

/** What is there already, as far as an import has to know it. */
export interface Workspace {
  /** The lowest point of what is on the tab; undefined for an empty one. */
  bottom?: number;
  /** The type of the node with an id, if there is one. */
  typeOf(id: string): string | undefined;
  /** The config node of a type that most nodes use, if there is one for all tabs. */
  mostUsed(type: string): string | undefined;
}

export interface Prepared {
  nodes: FlowNode[];
  /** Node-RED's import map: what happens to an id. */
  importMap: Record<string, 'copy'>;
  /** Config nodes that are used in the place of those of the flow. */
  used: string[];
}

/** Config nodes of which one is there for everything. */
const SHARED = new Set(['misp-listener', 'misp-server', 'misp-mail-server', 'misp-modules']);
/** The port of a listener that nobody gave another one. */
const USUAL_PORT = 6667;
/** Between two flows, in pixels; Node-RED's grid is 20. */
const [GAP, GRID] = [60, 20];
/** Where the canvas ends. */
const LOWEST = 7800;
/** How far a node reaches above and below its middle. */
const HALF = 20;

/**
 * A flow, made ready for Node-RED's import: it uses the listener, MISP and services that are there, gets ids of its
 * own, and a place below what is on the tab. Nothing is left that Node-RED would have to ask.
 * @param ownTab whether the flow comes with its tab, or onto the one that is open
 */
export function prepare(flow: readonly FlowNode[], workspace: Workspace, ownTab: boolean): Prepared {
  const replaced = new Map<string, string>();
  const kept: FlowNode[] = [];
  for (const node of flow) {
    const other = substituteFor(node, workspace);
    if (other !== undefined) replaced.set(node.id, other);
    else if (ownTab || node.type !== 'tab') kept.push(node);
  }
  const down = ownTab ? 0 : shift(kept, workspace.bottom);
  const nodes = kept.map((node) => ({
    ...withReferences(structuredClone(node), replaced),
    ...(down !== 0 && isDrawn(node) ? { y: node.y + down } : {}),
  }));
  const isNew = ({ id, type }: FlowNode) => SHARED.has(type) && workspace.typeOf(id) === undefined;
  const copies = nodes.filter((node) => !isNew(node)).map(({ id }) => [id, 'copy'] as const);
  return { nodes, importMap: Object.fromEntries(copies), used: [...new Set(replaced.values())] };
}

/** Whether there is room for a flow below what is on the tab. */
export function fitsBelow(flow: readonly FlowNode[], bottom: number | undefined): boolean {
  const last = Math.max(0, ...flow.filter(isDrawn).map(({ y, h = 0 }) => y + h));
  return last + shift(flow, bottom) < LOWEST;
}

/** The config node that is there and does what the one of the flow would. */
function substituteFor({ id, type, port }: FlowNode, workspace: Workspace): string | undefined {
  if (!SHARED.has(type)) return undefined;
  if (workspace.typeOf(id) === type) return id;
  // A listener on a port of its own is wanted for itself.
  if (type === 'misp-listener' && Number(port) !== USUAL_PORT) return undefined;
  return workspace.mostUsed(type);
}

function withReferences(node: FlowNode, replaced: ReadonlyMap<string, string>): FlowNode {
  for (const [name, value] of Object.entries(node)) {
    const other = typeof value === 'string' && name !== 'id' ? replaced.get(value) : undefined;
    if (other !== undefined) node[name] = other;
  }
  return node;
}

function shift(flow: readonly FlowNode[], bottom: number | undefined): number {
  const tops = flow.filter(isDrawn).map(({ type, y }) => (type === 'group' ? y : y - HALF));
  if (tops.length === 0 || bottom === undefined) return 0;
  return Math.ceil((bottom + GAP - Math.min(...tops)) / GRID) * GRID;
}
