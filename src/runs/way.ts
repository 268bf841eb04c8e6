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
  /** With the moment at which the first message came. */
  private readonly nodes = new Map<string, number>();
  private readonly wires = new Map<string, Way['wires'][number]>();

  constructor(trigger: PassedNode) {
    this.nodes.set(idOf(trigger), Date.now());
  }

  passed(from: PassedNode, port: number, to: PassedNode): void {
    if (this.wires.size >= MOST_WIRES) return;
    const wire: Way['wires'][number] = [idOf(from), port, idOf(to)];
    this.wires.set(wire.join(' '), wire);
    if (!this.nodes.has(wire[2])) this.nodes.set(wire[2], Date.now());
  }

  get way(): Way {
    return { nodes: [...this.nodes.keys()], wires: [...this.wires.values()] };
  }

  /** When the first message came to each node of the way, in milliseconds since 1970. */
  get times(): number[] {
    return [...this.nodes.values()];
  }
}

function idOf({ id, _alias }: PassedNode): string {
  return _alias ?? id;
}
