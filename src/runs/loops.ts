import type { Reception } from './reception';

/** How often one message may pass the same node, along its own way, unless its trigger says otherwise. */
export const LOOP_LIMIT = 1000;

/** How often a way has led to each node. */
type Passes = Map<string, number>;

/**
 * Counts how often the way to a reception has led to its node. As long as it is too short for a loop nothing is
 * counted; from then on the counts are handed from each reception to the next, so that a hop costs the same however
 * long the way is. Where a message was split, each branch has a way of its own: many branches are no loop.
 */
export class Loops {
  private readonly counts = new WeakMap<Reception, Passes>();

  /** Whether a message that comes to its node once more is in a loop. */
  isLoop(reception: Reception, most: number): boolean {
    if (reception.steps <= most) return false;
    const counts = this.countsAt(reception.parent) ?? new Map<string, number>();
    const passes = (counts.get(reception.node.id) ?? 0) + 1;
    this.counts.set(reception, counts.set(reception.node.id, passes));
    return passes > most;
  }

  /** Taken over from the reception before; counted from the beginning for a second branch. */
  private countsAt(reception: Reception | undefined): Passes | undefined {
    if (!reception) return undefined;
    const known = this.counts.get(reception);
    this.counts.delete(reception);
    if (known) return known;
    const counted: Passes = new Map();
    for (let at: Reception | undefined = reception; at; at = at.parent)
      counted.set(at.node.id, (counted.get(at.node.id) ?? 0) + 1);
    return counted;
  }
}
