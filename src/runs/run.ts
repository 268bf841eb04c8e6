import { text } from '../text';
import { blockText, type Outcome, type Verdict } from './verdict';

export interface RunSettings {
  id: string;
  /** The MISP module that was called. */
  module: string;
  /** Milliseconds since 1970 at which the service answers by policy. */
  deadline: number;
  onError: Outcome;
  onDeadline: Outcome;
  /** Only a response node may allow. */
  explicit: boolean;
}

/**
 * One firing of a trigger. It counts the messages that are on their way to a node or being worked on by
 * one, and gives exactly one verdict (DESIGN section 3): a block at once; an error by policy; an allow
 * when every path has ended and no node may still send; the deadline by policy.
 */
export class Run {
  verdict: Verdict | undefined;
  /** A node got a message that may change the world: the run cannot be repeated. */
  touched = false;
  /** A redeploy stopped nodes that were at work for it: that its paths end means nothing any more. */
  interrupted = false;
  private open = 0;
  private readonly onTheWay = new Map<string, number>();
  private readonly working = new Map<string, number>();
  private readonly holds = new Set<string>();
  private allowed = false;
  private failure: string | undefined;

  constructor(
    readonly settings: RunSettings,
    private readonly answer: (verdict: Verdict) => void,
  ) {}

  get id(): string {
    return this.settings.id;
  }

  /** A message of this run was handed to Node-RED's router for a node. */
  delivering(nodeId: string): void {
    this.open++;
    add(this.onTheWay, nodeId);
  }

  /** A node got a message. Catch, complete, link and status nodes get theirs without a delivery. */
  received(nodeId: string): void {
    if (!remove(this.onTheWay, nodeId)) this.open++;
    add(this.working, nodeId);
  }

  /** A node has finished with a message. A node that says so twice counts once. */
  completed(nodeId: string): void {
    if (remove(this.working, nodeId)) this.open--;
  }

  isWorkingAt(nodeId: string): boolean {
    return this.working.has(nodeId);
  }

  /** The nodes (ids) that a message of the run is at, or on its way to. */
  get places(): string[] {
    return [...this.onTheWay.keys(), ...this.working.keys()];
  }

  /** A node whose "done" is not to be trusted got a message: it may still send one that blocks. */
  hold(nodeId: string): void {
    this.holds.add(nodeId);
  }

  isHeldBy(nodeId: string): boolean {
    return this.holds.has(nodeId);
  }

  /** MISP does not wait, or no node of the flow could block: it gets its answer at once. */
  accept(): void {
    this.end({ outcome: 'allow', cause: 'accepted' });
  }

  block(reason: unknown): void {
    this.end({ outcome: 'block', cause: 'response', reason: blockText(reason) });
  }

  /**
   * A response node allows: its own path ends, and the nodes in `passed` (ids) have shown that they are
   * through. `atOnce` answers MISP without waiting for other paths.
   */
  allow(passed: Iterable<string>, atOnce: boolean): void {
    this.allowed = true;
    for (const nodeId of passed) this.holds.delete(nodeId);
    if (atOnce) this.end({ outcome: 'allow', cause: 'response' });
  }

  /** A node reported an error that no Catch node took. */
  fail(reason: string): void {
    if (this.settings.onError === 'block') this.end({ outcome: 'block', cause: 'error', reason });
    else this.failure ??= reason;
  }

  /** The time is up. */
  expire(): void {
    const { onDeadline } = this.settings;
    const held = this.open === 0 && (this.holds.size > 0 || this.settings.explicit);
    const reason = text(held ? 'run.deadlineWithoutAnswer' : 'run.deadline');
    this.end({ outcome: onDeadline, cause: 'deadline', reason });
  }

  /** The flow was stopped or removed while the run was open. */
  abandon(): void {
    this.end({ outcome: this.settings.onDeadline, cause: 'gone', reason: text('run.gone') });
  }

  /** No message of the run is on its way or being worked on. */
  get idle(): boolean {
    return this.open === 0;
  }

  /** To be called a tick after the run became idle: Catch and Complete nodes get their message after that. */
  settle(): void {
    if (!this.idle || this.interrupted || this.holds.size > 0) return;
    if (this.settings.explicit && !this.allowed) return;
    if (this.failure !== undefined) this.end({ outcome: 'allow', cause: 'error', reason: this.failure });
    else this.end({ outcome: 'allow', cause: this.allowed ? 'response' : 'ended' });
  }

  private end(verdict: Verdict): void {
    if (this.verdict) return;
    this.verdict = verdict;
    this.answer(verdict);
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function remove(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key);
  if (count === undefined) return false;
  if (count === 1) counts.delete(key);
  else counts.set(key, count - 1);
  return true;
}
