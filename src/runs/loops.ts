/** How often one message may pass the same node, along its own way, unless its trigger says otherwise. */
export const LOOP_LIMIT = 1000;

/** What a loop is in: a run, or a branch that no run waits for. */
export interface Looping {
  /** How often a message may pass the same node. */
  loopLimit: number;
  /** A loop in it was stopped. */
  hasLoop: boolean;
}

/** A trail is looked back on so far; what is looked for is near. */
const MOST_STEPS = 1000;

/**
 * The nodes that a message has come to, step by step. Where a message was split, each branch has a trail of its own:
 * many branches are no loop.
 */
export class Trail {
  /** How many nodes the message has been at, this one included. */
  readonly steps: number;
  /** How often the trail has led to each node; undefined where that is not counted, or was handed on. */
  private passes: Map<string, number> | undefined;

  constructor(
    readonly nodeId: string,
    readonly before?: Trail,
  ) {
    this.steps = (before?.steps ?? 0) + 1;
  }

  /**
   * Whether the trail has led to its node more often than it may; to be asked once for each step. As long as it is too short for that nothing is
   * counted; from then on each step takes the counts over from the one before, so that a hop costs the same however
   * long the trail is.
   */
  isLoop(most: number): boolean {
    if (this.steps <= most) return false;
    const passes = this.before?.takePasses() ?? new Map<string, number>();
    const count = (passes.get(this.nodeId) ?? 0) + 1;
    this.passes = passes.set(this.nodeId, count);
    return count > most;
  }

  /** The latest step at a node. */
  nearestAt(nodeId: string): Trail | undefined {
    let steps = 0;
    for (const at of back(this)) {
      if (at.nodeId === nodeId) return at;
      if (++steps === MOST_STEPS) return undefined;
    }
    return undefined;
  }

  /** Handed to the first branch; counted from the beginning for a second one. */
  private takePasses(): Map<string, number> {
    const known = this.passes;
    this.passes = undefined;
    if (known) return known;
    const counted = new Map<string, number>();
    for (const { nodeId } of back(this)) counted.set(nodeId, (counted.get(nodeId) ?? 0) + 1);
    return counted;
  }
}

/** A step and all before it. */
function* back(from: Trail): Generator<Trail> {
  for (let at: Trail | undefined = from; at; at = at.before) yield at;
}
