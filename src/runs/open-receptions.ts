import type { Reception } from './reception';

/** The receptions that nodes have not finished, found by node and by the very message that the node got. */
export class OpenReceptions {
  private readonly byNode = new Map<string, Map<object, Reception>>();

  add(reception: Reception, message: object): void {
    const { id } = reception.node;
    let messages = this.byNode.get(id);
    if (!messages) this.byNode.set(id, (messages = new Map<object, Reception>()));
    reception.below = messages.get(message);
    messages.set(message, reception);
  }

  remove(reception: Reception): void {
    const { message, node } = reception;
    const messages = this.byNode.get(node.id);
    if (!messages || !message) return;
    let at = messages.get(message);
    if (at === reception) {
      if (reception.below) messages.set(message, reception.below);
      else messages.delete(message);
    } else {
      while (at && at.below !== reception) at = at.below;
      if (at) at.below = reception.below;
    }
    reception.below = undefined;
    if (messages.size === 0) this.byNode.delete(node.id);
  }

  /** The reception that a node ends by calling `done` for this message. */
  find(nodeId: string, message: object): Reception | undefined {
    return this.byNode.get(nodeId)?.get(message);
  }

  /** Those at a node, the oldest first. */
  at(nodeId: string): Iterable<Reception> {
    return this.byNode.get(nodeId)?.values() ?? [];
  }

  *all(): Generator<Reception> {
    for (const messages of this.byNode.values()) yield* messages.values();
  }
}
