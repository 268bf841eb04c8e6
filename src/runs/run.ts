import { text } from '../text';
import { hasTimers } from './function-timers';
import { labelOf, pathOf, type Group, type Reception, type TrackedNode } from './reception';
import { blockText, type Outcome, type Verdict } from './verdict';

/**
 * When MISP may go on:
 * - `response`: an allow was reached, and no block can come any more
 * - `ended`: all paths have ended (MISP's own rule)
 * - `watch`: at once; the flow only watches
 */
export type GoOn = 'response' | 'ended' | 'watch';

export interface RunSettings {
  id: string;
  /** The MISP module that was called. */
  module: string;
  /** Milliseconds since 1970 at which the service answers by policy. */
  deadline: number;
  onError: Outcome;
  onDeadline: Outcome;
  goOn: GoOn;
}

/** Whom a run tells what becomes of it. */
export interface RunEvents {
  /** The one verdict. */
  answered(verdict: Verdict): void;
  /**
   * Nothing more is to be noted of it: it has its verdict or was given up, or, if it was accepted without
   * waiting, none of its messages is under way any more. Once.
   */
  finished(): void;
}

/** Messages on their way to a node. */
interface Deliveries {
  count: number;
  node: TrackedNode;
  mayBlock: boolean;
}

/** Nothing tells that a timer of a function node has fired without a message, so it is looked at so often. */
const TIMERS_MS = 20;

/** How many nodes a verdict names. */
const MOST_NAMED = 3;

/**
 * One firing of a trigger. It counts the messages that are on their way to a node or being worked on by one,
 * and gives exactly one verdict (DESIGN section 3): a block at once; an error by policy; an allow when the
 * trigger's rule is met and nothing holds; a block as soon as only lost messages or a missing answer are in
 * the way; the deadline by policy.
 */
export class Run {
  verdict: Verdict | undefined;
  /** A node got a message that may change the world: the run cannot be repeated. */
  touched = false;
  /** A redeploy stopped nodes that were at work for it: that its paths end means nothing any more. */
  interrupted = false;
  private readonly onTheWay = new Map<string, Deliveries>();
  private readonly working = new Set<Reception>();
  /** Messages on the way or being worked on, and how many of them may still get to a block. */
  private underWay = 0;
  private mayBlock = 0;
  /** At nodes of which nobody can tell whether they have finished. */
  private readonly holds = new Set<Reception>();
  private readonly lost = new Set<Reception>();
  private readonly groups = new Map<string, Group>();
  private allowed = false;
  private failure: string | undefined;
  /** Where the last path ended. */
  private end: TrackedNode | undefined;
  private settling = false;
  private givenUp = false;
  private isFinished = false;

  constructor(
    readonly settings: RunSettings,
    private readonly events: RunEvents,
  ) {}

  get id(): string {
    return this.settings.id;
  }

  /** It has its verdict, or was given up: what its messages do means nothing to MISP any more. */
  get isOver(): boolean {
    return this.verdict !== undefined || this.givenUp;
  }

  /** Nothing more is to be noted of it. */
  get isForgotten(): boolean {
    return this.isFinished;
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
    const { completion } = reception.traits;
    if (completion === 'unknown' && reception.mayBlock && !this.isOver) this.holds.add(reception);
  }

  /** A node has finished with a message. */
  completed(reception: Reception): void {
    this.count(-1, reception.mayBlock);
    this.working.delete(reception);
    this.end = reception.node;
    if (reception.isLost) this.lost.add(reception);
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

  /** MISP does not wait: it gets its answer at once. */
  accept(): void {
    this.conclude({ outcome: 'allow', cause: 'accepted' });
  }

  block(reason: unknown): void {
    this.conclude({ outcome: 'block', cause: 'response', reason: blockText(reason) });
  }

  /**
   * A response node allows: its own path ends, and the nodes that this message came through have shown what
   * they had to send. `atOnce` answers MISP without waiting for other paths.
   */
  allow(reception: Reception, atOnce: boolean): void {
    if (this.isOver) return;
    this.allowed = true;
    if (this.holds.size > 0) this.release(reception);
    if (atOnce) this.conclude({ outcome: 'allow', cause: 'response' });
    else this.settleSoon();
  }

  private release(reception: Reception): void {
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

  /** A node reported an error that no Catch node took. */
  fail(reason: string): void {
    if (this.settings.onError === 'block') return this.conclude({ outcome: 'block', cause: 'error', reason });
    this.failure ??= reason;
    this.settleSoon();
  }

  /** The time is up. */
  expire(): void {
    this.conclude({ outcome: this.settings.onDeadline, cause: 'deadline', reason: this.whatIsMissing() });
  }

  /** The flow was stopped or removed while the run was open. @param outcome what MISP was told, if it was told already */
  abandon(outcome: Outcome = this.settings.onDeadline): void {
    this.conclude({ outcome, cause: 'gone', reason: text('run.gone') });
  }

  /** MISP hung up: it goes on, whatever the flow says. */
  hangUp(): void {
    this.conclude({ outcome: 'allow', cause: 'lost', reason: text('run.lost') });
  }

  /** The run is asked again as another one: its messages mean nothing any more. */
  giveUp(): void {
    this.givenUp = true;
    this.forget();
  }

  /** Nothing is to be noted any more of what its messages still do. */
  forget(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.events.finished();
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
      this.settle();
    });
  }

  private settle(): void {
    if (this.isOver) return this.underWay === 0 ? this.forget() : undefined;
    if (this.interrupted || this.holds.size > 0) return;
    if (this.mayGoOn) {
      if (this.failure !== undefined)
        return this.conclude({ outcome: 'allow', cause: 'error', reason: this.failure });
      return this.conclude({ outcome: 'allow', cause: this.allowed ? 'response' : 'ended' });
    }
    if (this.isStuck && this.settings.onDeadline === 'block')
      this.conclude({ outcome: 'block', cause: 'unanswered', reason: this.whatIsMissing() });
  }

  private get isAnswered(): boolean {
    return this.settings.goOn !== 'response' || this.allowed || this.failure !== undefined;
  }

  private get mayGoOn(): boolean {
    if (this.lost.size > 0 || !this.isAnswered) return false;
    return this.settings.goOn === 'response' ? this.mayBlock === 0 : this.underWay === 0;
  }

  /** Nothing that is still under way can change that MISP may not go on. */
  private get isStuck(): boolean {
    if (this.lost.size > 0 && this.mayBlock === 0) return true;
    return this.underWay === 0 && !this.isAnswered;
  }

  /** What stands between the run and its answer, in words that name the nodes. */
  private whatIsMissing(): string {
    const isLost = this.lost.size > 0 && this.mayBlock === 0 && this.holds.size === 0;
    if (this.underWay > 0 && !isLost) {
      const nodes = named([...[...this.onTheWay.values()], ...this.working].map(({ node }) => node));
      return text('run.deadlineAt', { nodes });
    }
    if (this.holds.size > 0) return text('run.deadlineHeld', { nodes: named([...this.holds].map(nodeOf)) });
    const ends = this.lost.size > 0 ? [...this.lost].map(nodeOf) : this.end ? [this.end] : [];
    return ends.length > 0 ? text('run.unansweredAt', { nodes: named(ends) }) : text('run.deadline');
  }

  private count(number: 1 | -1, mayBlock: boolean): void {
    this.underWay += number;
    if (mayBlock) this.mayBlock += number;
  }

  private conclude(verdict: Verdict): void {
    if (this.isOver) return;
    this.verdict = verdict;
    this.holds.clear();
    this.lost.clear();
    this.groups.clear();
    this.events.answered(verdict);
    if (verdict.cause !== 'accepted') this.forget();
    else this.settleSoon();
  }
}

const nodeOf = ({ node }: Reception) => node;

/** The nodes by name, each once. */
function named(nodes: TrackedNode[]): string {
  const labels = [...new Set(nodes.map(labelOf))];
  const more = labels.length > MOST_NAMED ? ', …' : '';
  return `${labels.slice(0, MOST_NAMED).join(', ')}${more}`;
}
