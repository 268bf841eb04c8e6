import { AsyncLocalStorage } from 'node:async_hooks';
import type { Run } from './run';
import { afterSwitch, type SwitchNode } from './switch-queue';
import type { Completion } from './trust';
import type { Verdict } from './verdict';

/** A message as Node-RED passes it on. The run travels on it under an enumerable Symbol: clones keep it. */
export type Message = Record<PropertyKey, unknown> & { _msgid?: string };

/** What the tracker needs of a running node. */
export interface TrackedNode {
  id: string;
  type: string;
  name?: string;
  /** The id in the flow file, for nodes inside a subflow. */
  _alias?: string;
}

interface SendEvent {
  msg: Message;
  source: { id: string; node: TrackedNode };
  destination: { id: string; node: TrackedNode };
}
interface ReceiveEvent {
  msg: Message;
  destination: { id: string; node: TrackedNode };
}
interface CompleteEvent {
  msg: Message;
  node: { id: string; node: TrackedNode };
  error?: unknown;
}

/** Node-RED's message hooks (`RED.hooks`). */
export interface Hooks {
  add(id: string, callback: (...args: never[]) => void): void;
  remove(id: string): void;
}

/** What the tracker asks about nodes: it knows no flow file itself. */
export interface Knowledge {
  completion(node: TrackedNode): Completion;
  /** Whether a block can be reached from the node. */
  mayBlock(node: TrackedNode): boolean;
  /** Whether an error of the node decides about the run (not for failed notifications). */
  errorsCount(node: TrackedNode): boolean;
  /** Whether the node exists at this moment: during a redeploy some do not. */
  exists(nodeId: string): boolean;
  /** Whether the node changes nothing, so that a run may be repeated behind it. */
  harmless(node: TrackedNode): boolean;
}

const RUN = Symbol('misp-run');
const PASSED = Symbol('misp-passed');
const LABEL = 'misp-runs';
/** Verdicts of ended runs are remembered for this many runs, to explain a late answer. */
const REMEMBERED = 1000;

interface Scope {
  run: Run;
  passed: string | undefined;
}

/**
 * Follows the messages of runs through Node-RED by its message hooks, and tells each run when a node
 * got a message, finished it, or failed (NODE-RED-FACTS, "Messages and hooks").
 */
export class RunTracker {
  private readonly runs = new Map<string, Run>();
  private readonly byMessageId = new Map<string, Run>();
  private readonly ended = new Map<string, Verdict>();
  private readonly scopes = new AsyncLocalStorage<Scope>();
  private readonly completions = new WeakMap<TrackedNode, Completion>();
  private redeploying = false;
  private failing: { run: Run; nodeId: string } | undefined;

  constructor(
    hooks: Hooks,
    private readonly knowledge: Knowledge,
  ) {
    hooks.add(`onSend.${LABEL}`, (events: SendEvent[]) => this.onSend(events));
    hooks.add(`preDeliver.${LABEL}`, (event: SendEvent) => this.onDeliver(event));
    hooks.add(`onReceive.${LABEL}`, (event: ReceiveEvent, next: () => void) => this.onReceive(event, next));
    hooks.add(`postReceive.${LABEL}`, (event: ReceiveEvent) => this.onReturn(event));
    hooks.add(`onComplete.${LABEL}`, (event: CompleteEvent) => this.onComplete(event));
  }

  get openRuns(): number {
    return this.runs.size;
  }

  /** Makes `message` the first message of `run`. */
  start(run: Run, message: Message): void {
    this.runs.set(run.id, run);
    if (message._msgid) this.byMessageId.set(message._msgid, run);
    message[RUN] = run.id;
  }

  /** To be called when the run has its verdict. */
  end(run: Run, message: Message): void {
    this.runs.delete(run.id);
    if (message._msgid) this.byMessageId.delete(message._msgid);
    if (!run.verdict) return;
    this.ended.set(run.id, run.verdict);
    if (this.ended.size > REMEMBERED) this.ended.delete(this.ended.keys().next().value as string);
  }

  /** A redeploy begins: runs with a message at a node that is stopped cannot come to a right end. */
  interrupt(isStopped: (nodeId: string) => boolean): void {
    this.redeploying = true;
    for (const run of this.runs.values()) if (run.places.some(isStopped)) run.interrupted = true;
  }

  /** The flows run again. */
  resume(): void {
    this.redeploying = false;
  }

  /** The open run of a message, if it has one. */
  runOf(message: Message): Run | undefined {
    const id = message[RUN];
    if (typeof id === 'string') return this.runs.get(id);
    return message._msgid === undefined ? undefined : this.byMessageId.get(message._msgid);
  }

  /**
   * The message for a branch that the run does not wait for. MISP has no part in it any more: a response
   * behind it answers nobody.
   */
  detach(message: Message, messageId: string): Message {
    const misp = message.misp as object | undefined;
    const detached: Message = { ...message, [RUN]: '', _msgid: messageId };
    delete detached[PASSED];
    if (misp) detached.misp = { ...misp, blocking: false };
    return detached;
  }

  /** The verdict of the ended run of a message. */
  verdictOf(message: Message): Verdict | undefined {
    const id = message[RUN];
    return typeof id === 'string' ? this.ended.get(id) : undefined;
  }

  /** The nodes (ids) that hold the run and that this message came through. */
  passedOf(message: Message): string[] {
    const passed = message[PASSED];
    return typeof passed === 'string' ? passed.split(' ') : [];
  }

  /** An error was logged, so no Catch node took it. `nodeId` is the node that reported it. */
  uncaught(node: { id: string; type: string; name?: string }, error: string): void {
    if (!this.knowledge.errorsCount(node)) return;
    const reason = `${node.name || node.type}: ${error}`;
    for (const run of this.failedRuns(node.id)) run.fail(reason);
  }

  private failedRuns(nodeId: string): Run[] {
    if (this.failing?.nodeId === nodeId) return [this.failing.run];
    const scoped = this.scopes.getStore()?.run;
    if (scoped && !scoped.verdict) return [scoped];
    return [...this.runs.values()].filter((run) => run.isWorkingAt(nodeId));
  }

  /** Messages to nodes that are being replaced are lost. */
  private onSend(events: SendEvent[]): void {
    if (!this.redeploying) return;
    for (const { msg, destination } of events) {
      const run = this.runOf(msg);
      if (run && !this.knowledge.exists(destination.id)) run.interrupted = true;
    }
  }

  private onDeliver({ msg, source, destination }: SendEvent): void {
    if (this.runs.size === 0) return;
    const run = this.runOf(msg) ?? this.adopt(msg, source.node);
    if (!run) return;
    if (msg[RUN] !== run.id) this.mark(msg, run);
    if (run.isHeldBy(source.id)) this.addPassed(msg, source.id);
    run.delivering(destination.id);
  }

  private onReceive({ msg, destination }: ReceiveEvent, next: () => void): void {
    if (this.runs.size === 0) return next();
    const run = this.runOf(msg) ?? this.adopt(msg);
    if (!run) return this.scopes.exit(next); // a branch that was handed off is no part of the run
    if (msg[RUN] !== run.id) this.mark(msg, run);
    const { node, id } = destination;
    run.received(id);
    run.touched ||= !this.knowledge.harmless(node);
    const completion = this.completionOf(node);
    if (mayStillSend(completion, node, msg) && this.knowledge.mayBlock(node)) run.hold(id);
    if (completion === 'queue') afterSwitch(node as unknown as SwitchNode, () => this.finished(run, id));
    this.scopes.run({ run, passed: msg[PASSED] as string | undefined }, next);
  }

  private onReturn({ msg, destination }: ReceiveEvent): void {
    if (this.runs.size === 0) return;
    const run = this.runOf(msg);
    if (run && this.completionOf(destination.node) === 'return') this.finished(run, destination.id);
  }

  private onComplete({ msg, node, error }: CompleteEvent): void {
    if (this.runs.size === 0) return;
    const run = this.runOf(msg);
    if (!run) return;
    if (error) {
      // Node-RED reports the error right after this hook; if nobody catches it, it is logged.
      this.failing = { run, nodeId: node.id };
      queueMicrotask(() => (this.failing = undefined));
    }
    this.finished(run, node.id);
  }

  private finished(run: Run, nodeId: string): void {
    run.completed(nodeId);
    if (run.idle) setImmediate(() => run.settle());
  }

  /** A message without a run, made by a node while it worked for one: a new message, a status. */
  private adopt(msg: Message, source?: TrackedNode): Run | undefined {
    const scope = this.scopes.getStore();
    if (!scope || scope.run.verdict || typeof msg[RUN] === 'string') return undefined;
    if (source && !scope.run.isWorkingAt(source.id)) return undefined;
    return scope.run;
  }

  private mark(msg: Message, run: Run): void {
    msg[RUN] = run.id;
    const scope = this.scopes.getStore();
    if (scope?.run === run && scope.passed !== undefined) msg[PASSED] ??= scope.passed;
  }

  private addPassed(msg: Message, nodeId: string): void {
    const passed = this.passedOf(msg);
    if (!passed.includes(nodeId)) msg[PASSED] = [...passed, nodeId].join(' ');
  }

  private completionOf(node: TrackedNode): Completion {
    let completion = this.completions.get(node);
    if (completion === undefined) {
      completion = this.knowledge.completion(node);
      this.completions.set(node, completion);
    }
    return completion;
  }
}

/** A delay node that is told to flush or reset calls done for messages that it still keeps. */
function mayStillSend(completion: Completion, node: TrackedNode, msg: Message): boolean {
  if (node.type === 'delay' && (msg.flush !== undefined || msg.reset !== undefined)) return true;
  return completion === 'unknown';
}
