import type { FlowNode } from './graph';

/** Nodes of Node-RED that only lead a wire elsewhere. */
const PASSING = new Set(['junction', 'link out', 'link in']);

/** The wires of a flow, with what only passes messages on taken out. */
export class Wiring {
  private readonly nodes: Map<string, FlowNode>;

  constructor(flow: readonly FlowNode[]) {
    this.nodes = new Map(flow.map((node) => [node.id, node]));
  }

  /** The nodes behind each output. */
  outputsOf({ wires }: FlowNode): string[][] {
    if (!Array.isArray(wires)) return [];
    return wires.map((output: unknown) => this.behind(idsIn(output)));
  }

  static passesOn({ type, mode }: FlowNode): boolean {
    return PASSING.has(type) && mode !== 'return';
  }

  private behind(ids: readonly string[]): string[] {
    const seen = new Set(ids);
    for (const id of seen) {
      const node = this.nodes.get(id);
      if (!node || node.d === true || !Wiring.passesOn(node)) continue;
      const next =
        node.type === 'link out' ? idsIn(node.links) : [node.wires].flat(2).flatMap((to) => idsIn([to]));
      for (const to of next) seen.add(to);
    }
    return [...seen].filter((id) => {
      const node = this.nodes.get(id);
      return node && !Wiring.passesOn(node);
    });
  }
}

function idsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string') : [];
}
