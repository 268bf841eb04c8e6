import { Trail } from './loops';
import type { Run } from './run';
import type { Traits } from './traits';

/** What the runs use of a running node of Node-RED. */
export interface TrackedNode {
  id: string;
  type: string;
  name?: string;
  /** The id in the flow file, for nodes inside a subflow. */
  _alias?: string;
  /** How many wires leave the node. */
  _wireCount?: number;
  /** How many of its input handlers call `done`. */
  _expectedDoneCount?: number;
  /** Its input handler, or handlers; a node that could not be set up has none. */
  _inputCallback?: unknown;
  _inputCallbacks?: unknown;
}

/** Messages that one node takes as one group: passed on together, or not at all. */
export interface Group {
  passed: boolean;
}

/** One message at one node: it is open until the node has finished with it. */
export class Reception {
  /** Travels on the message, and on what is made of it: a function survives the cloning of messages. */
  readonly token = (): Reception => this;
  finished = false;
  /** The node reported an error, whether a Catch node took it or not. */
  private failed = false;
  /** The node warned: a switch does so if its expression fails, and passes nothing on. */
  warned = false;
  group: Group | undefined;
  /** Another open reception of the same message at the same node. */
  below: Reception | undefined;
  /** The way of the message to this node. */
  readonly trail: Trail;
  private sent = 0;
  private allows = 0;

  /**
   * @param parent where the message was before
   * @param mayBlock a block can be reached from the node
   */
  constructor(
    readonly run: Run,
    readonly node: TrackedNode,
    readonly parent: Reception | undefined,
    readonly traits: Traits,
    readonly mayBlock: boolean,
    public message: object | undefined,
  ) {
    this.trail = new Trail(node.id, parent?.trail);
  }

  get hasDone(): boolean {
    return (this.node._expectedDoneCount ?? 0) > 0;
  }

  get hasSent(): boolean {
    return this.sent > 0;
  }

  /** The node sent a message on an output that is wired. */
  noteSent(): void {
    this.sent++;
    if (this.group) this.group.passed = true;
    if (this.finished) this.run.reconsider(this);
  }

  /** The node reported an error: what becomes of the message is up to Catch nodes, or the error policy. */
  noteFailed(): void {
    this.failed = true;
    if (this.finished) this.run.reconsider(this);
  }

  /** An allow was reached by a message that the node sent. */
  noteAllowed(): void {
    this.allows++;
  }

  /** The node has finished as far as anybody can tell, and what it was to send has been answered. */
  get isAnswered(): boolean {
    return this.finished && this.allows >= (this.traits.sends ?? 1);
  }

  /** The message vanished at the node, by no decision and without an error: that is no answer. */
  get isLost(): boolean {
    if (!this.finished || this.failed || !this.mayBlock || this.hasSent) return false;
    const { node, traits } = this;
    if (!takesMessages(node)) return true;
    if (traits.completion === 'unknown') return false; // it holds the run
    if (this.group) return !this.group.passed;
    // Other deciders may warn as they like: a warning of a switch says that its expression failed.
    if (traits.decides) return this.warned && traits.completion === 'queue';
    return this.warned || (node._wireCount ?? 0) > 0;
  }

  /** The nearest place at a node where this message, or one that it was made of, has been. */
  nearestAt(nodeId: string): Reception | undefined {
    let steps = 0;
    for (const at of pathOf(this)) {
      if (at.node.id === nodeId) return at;
      if (++steps === MOST_STEPS) return undefined;
    }
    return undefined;
  }
}

/** A reception and all before it. */
export function* pathOf(from: Reception): Generator<Reception> {
  for (let at: Reception | undefined = from; at; at = at.parent) yield at;
}

/** A loop in a flow makes long paths; what is looked for is near. */
const MOST_STEPS = 1000;

export function takesMessages(node: TrackedNode): boolean {
  return Boolean(node._inputCallback ?? node._inputCallbacks);
}

/** How a person would call the node: `rbe "Once a day"`. */
export function labelOf({ type, name }: Pick<TrackedNode, 'type' | 'name'>): string {
  const kind = type.startsWith('subflow:') ? 'subflow' : type;
  return name ? `${kind} "${name}"` : kind;
}
