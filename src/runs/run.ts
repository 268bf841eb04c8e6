import { WorkflowError } from '../text';
import { LOOP_LIMIT, type Looping } from './loops';
import { hasTimers } from './function-timers';
import { labelOf, pathOf, type Group, type Reception, type TrackedNode } from './reception';
import { Trace } from './trace';
import type { Waiter } from './waiter';

/** Whom a run tells what becomes of it. */
export interface RunEvents {
  /** For the first time, its waiter has its answer and nothing of it is under way. Once, before `ended`. */
  quiet?(): void;
  /**
   * Nothing more is to be noted of it. Once.
   * @param known false where something of it may still happen that nobody can see: behind a node that does not say
   * when it has finished, at one that never did, or after a redeploy
   */
  ended(known: boolean): void;
  /** A message goes from an output of a node to another node; only for who wants to know the way. */
  passed?(from: TrackedNode, port: number, to: TrackedNode): void;
}

/** How often one run may change something in a MISP, unless its trigger says otherwise. */
export const WRITE_LIMIT = 1000;

/** Messages on their way to a node. */
interface Deliveries {
  count: number;
  node: TrackedNode;
  mayBlock: boolean;
}

/** Nothing tells that a timer of a function node has fired without a message, so it is looked at so often. */
const TIMERS_MS = 20;

/** How many nodes are named as those at which a run is. */
const MOST_NAMED = 3;

/** How long a run is followed after its answer while nothing tells that it has ended. */
const LINGER = {
  /** Nothing is under way, but it came to a node that does not say when it has finished. */
  quiet: 60_000,
  /** Something is under way. */
  busy: 10 * 60_000,
};

/**
 * One firing of a trigger, followed from its first message to its end: where its messages are, which of them were
 * lost, and at which nodes nobody can tell whether they have finished. Who waits for it is told of each change.
 */
export class Run implements Looping {
  /** Who waits for it; set by the waiter itself before the first message. */
  waiting!: Waiter;
  hasLoop = false;
  loopLimit = LOOP_LIMIT;
  /** How many calls of it may change something in a MISP. */
  writeLimit = WRITE_LIMIT;
  private writes = 0;
  readonly trace = new Trace();
  /** A node got a message that may change the world: the run cannot be repeated. */
  touched = false;
  /** A redeploy stopped nodes that were at work for it: that its paths end means nothing any more. */
  interrupted = false;
  private readonly onTheWay = new Map<string, Deliveries>();
  private readonly working = new Set<Reception>();
  /** Messages on the way or being worked on, and how many of them may still get to a block. */
  private underWay = 0;
  private mayBlock = 0;
  /** At nodes of which nobody can tell whether they have finished, and behind which a block is. */
  private readonly holds = new Set<Reception>();
  private readonly lost = new Set<Reception>();
  private readonly groups = new Map<string, Group>();
  /** It came to a node that does not say when it has finished. */
  private isUncertain = false;
  private lastEnd: TrackedNode | undefined;
  private settling = false;
  private hasEnded = false;
  private wasQuiet = false;
  private linger: NodeJS.Timeout | undefined;

  constructor(
    readonly id: string,
    readonly events: RunEvents,
  ) {}

  /**
   * A call of it is about to change something in a MISP.
   * @throws {WorkflowError} if it has made all that it may make
   */
  countWrite(): void {
    if (this.writes >= this.writeLimit) throw new WorkflowError('run.writeLimit', { count: this.writeLimit });
    this.writes++;
  }

  /** Nothing more is to be noted of it. */
  get isForgotten(): boolean {
    return this.hasEnded;
  }

  /** No message of it is on its way or at a node. */
  get isQuiet(): boolean {
    return this.underWay === 0;
  }

  /** A message of it that is under way can get to a block. */
  get canBlock(): boolean {
    return this.mayBlock > 0;
  }

  /** It passed a node that may look finished and still send. */
  get isHeld(): boolean {
    return this.holds.size > 0;
  }

  get hasLost(): boolean {
    return this.lost.size > 0;
  }

  /** A message of this run was handed to Node-RED's router for a node. */
  delivering(node: TrackedNode, mayBlock: boolean): void {
    const waiting = this.onTheWay.get(node.id);
    if (waiting) waiting.count++;
    else this.onTheWay.set(node.id, { count: 1, node, mayBlock });
    this.count(1, waiting?.mayBlock ?? mayBlock);
  }

  /** A node got a message. Catch, complete, link and status nodes get theirs without a delivery. */
  received(reception: Reception): void {
    const { id } = reception.node;
    const waiting = this.onTheWay.get(id);
    if (waiting) {
      this.count(-1, waiting.mayBlock);
      if (--waiting.count === 0) this.onTheWay.delete(id);
    }
    this.count(1, reception.mayBlock);
    this.working.add(reception);
    if (reception.traits.completion !== 'unknown') return;
    this.isUncertain = true;
    if (reception.mayBlock && !this.waiting.isOver) this.holds.add(reception);
  }

  /** A node has finished with a message. */
  completed(reception: Reception): void {
    this.count(-1, reception.mayBlock);
    this.working.delete(reception);
    this.lastEnd = reception.node;
    if (reception.isLost && !this.waiting.isOver) this.lost.add(reception);
    this.letGo(reception);
    this.settleSoon();
  }

  /** A node sent a message, or reported an error, after it had finished: its message was not lost. */
  reconsider(reception: Reception): void {
    if (this.lost.size === 0 || reception.isLost || !this.lost.delete(reception)) return;
    this.settleSoon();
  }

  /** The group of messages that a node takes as one. */
  groupAt(nodeId: string, parts: string): Group {
    const key = `${nodeId} ${parts}`;
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, (group = { passed: false }));
    return group;
  }

  /** Ids of the nodes that a message of the run is on its way to. */
  get destinations(): Iterable<string> {
    return this.onTheWay.keys();
  }

  /** What nodes have not finished. */
  get receptions(): Iterable<Reception> {
    return this.working;
  }

  /** An allow was reached: the nodes that this message came through have shown what they had to send. */
  release(reception: Reception): void {
    if (this.holds.size === 0) return;
    for (const passed of pathOf(reception)) {
      if (!this.holds.has(passed)) continue;
      passed.noteAllowed();
      this.letGo(passed);
    }
  }

  /** Ends the hold of a node that has finished and whose messages were answered, unless a timer of it is set. */
  private letGo(reception: Reception): void {
    if (!reception.isAnswered || !this.holds.has(reception)) return;
    if (!hasTimers(reception)) {
      this.holds.delete(reception);
      return this.settleSoon();
    }
    setTimeout(() => this.letGo(reception), TIMERS_MS).unref();
  }

  /** Where its messages are, or where they ended, in the words of its nodes. */
  whereabouts(): { state: 'underWay' | 'held' | 'lost' | 'over'; nodes: string } {
    if (this.hasLost && !this.canBlock && !this.isHeld)
      return { state: 'lost', nodes: named(nodesOf(this.lost)) };
    if (!this.isQuiet) {
      const nodes = [...[...this.onTheWay.values()].map(({ node }) => node), ...nodesOf(this.working)];
      return { state: 'underWay', nodes: named(nodes) };
    }
    if (this.isHeld) return { state: 'held', nodes: named(nodesOf(this.holds)) };
    return { state: 'over', nodes: this.lastEnd ? named([this.lastEnd]) : '' };
  }

  /**
   * Looks at where the run stands. Not at once: Catch and Complete nodes get their message after the node that
   * they look at has finished.
   */
  settleSoon(): void {
    if (this.settling || (this.underWay > 0 && this.mayBlock > 0)) return;
    this.settling = true;
    setImmediate(() => {
      this.settling = false;
      if (this.hasEnded) return;
      const { waiting } = this;
      waiting.look();
      if (waiting.isOver && this.isQuiet) this.onQuiet();
    });
  }

  /** Its waiter needs it no more: what it waited for is noted no longer, the run is followed to its end. */
  answered(): void {
    this.holds.clear();
    this.lost.clear();
    this.groups.clear();
    if (!this.hasEnded) this.lingerFor(LINGER.busy);
    this.settleSoon();
  }

  /** Nothing more is to be noted of it, whatever its messages still do. */
  end(known: boolean): void {
    if (this.hasEnded) return;
    clearTimeout(this.linger);
    this.hasEnded = true;
    this.trace.end();
    this.noteQuiet();
    this.events.ended(known);
  }

  private onQuiet(): void {
    this.noteQuiet();
    if (!this.isUncertain) return this.end(!this.interrupted);
    this.lingerFor(LINGER.quiet);
  }

  private noteQuiet(): void {
    if (this.wasQuiet) return;
    this.wasQuiet = true;
    this.events.quiet?.();
  }

  private lingerFor(milliseconds: number): void {
    clearTimeout(this.linger);
    this.linger = setTimeout(() => this.end(false), milliseconds).unref();
  }

  private count(number: 1 | -1, mayBlock: boolean): void {
    this.underWay += number;
    if (mayBlock) this.mayBlock += number;
  }
}

const nodesOf = (receptions: Iterable<Reception>) => [...receptions].map(({ node }) => node);

/** The nodes by name, each once. */
function named(nodes: TrackedNode[]): string {
  const labels = [...new Set(nodes.map(labelOf))];
  const more = labels.length > MOST_NAMED ? ', …' : '';
  return `${labels.slice(0, MOST_NAMED).join(', ')}${more}`;
}
