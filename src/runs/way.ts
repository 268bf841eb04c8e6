/** Where the messages of a run went, by the ids in the flow file. */
export interface Way {
  nodes: string[];
  wires: [from: string, port: number, to: string][];
}

/** A loop, or a split, passes the same wires again: what is new beyond so many is left out. */
const MOST_WIRES = 2000;

/** What of a node is noted. One in a subflow runs once for each instance, under an id of its own. */
interface PassedNode {
  id: string;
  _alias?: string;
}

/** Notes the way of one run. */
export class WayTaken {
  private readonly nodes = new Set<string>();
  private readonly wires = new Map<string, Way['wires'][number]>();

  constructor(trigger: PassedNode) {
    this.nodes.add(idOf(trigger));
  }

  passed(from: PassedNode, port: number, to: PassedNode): void {
    if (this.wires.size >= MOST_WIRES) return;
    const wire: Way['wires'][number] = [idOf(from), port, idOf(to)];
    this.wires.set(wire.join(' '), wire);
    this.nodes.add(wire[2]);
  }

  get way(): Way {
    return { nodes: [...this.nodes], wires: [...this.wires.values()] };
  }
}

function idOf({ id, _alias }: PassedNode): string {
  return _alias ?? id;
}
