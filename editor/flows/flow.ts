/** A node as it stands in a file: of the editor's own properties, what is needed here. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  g?: string;
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  name?: string;
  label?: string;
  info?: string;
  wires?: string[][];
  [setting: string]: unknown;
}

/** Whether a node has a place on the canvas. */
export function isDrawn(node: FlowNode): node is FlowNode & { x: number; y: number } {
  return typeof node.x === 'number' && typeof node.y === 'number';
}
