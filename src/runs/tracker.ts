import {
  AT,
  DELIVERED,
  placeOf,
  receptionAt,
  type CompleteEvent,
  type Hooks,
  type Next,
  type Place,
  type ReceiveEvent,
  type SendEvent,
  type Token,
} from './hooks';
import { Aside } from './aside';
import type { Knowledge } from './knowledge';
import { watchTimers } from './function-timers';
import { forMessage, groupOf } from './message-traits';
import { Origins } from './origins';
import type { Journal } from './journal';
import { setMisp, type Message } from './message';
import { labelOf, Reception, takesMessages, type TrackedNode } from './reception';
import { text, words } from '../text';
import type { Run } from './run';
import { afterSwitch, type SwitchNode } from './switch-queue';
import type { Verdict } from './verdict';
import type { Waiter } from './waiter';
import type { Traits } from './traits';

const LABEL = 'misp-runs';

/**
 * Follows the messages of runs through Node-RED by its message hooks (docs/architecture.md, "Messages and hooks").
 * Each message that a node gets is one reception. What the node sends is credited to it: by the token on the
 * message, else by the asynchronous scope, else by the way that the message came.
 */
export class RunTracker {
  /** Runs of which a message is under way, or that wait for their verdict. */
  private readonly runs = new Set<Run>();
  private readonly origins = new Origins();
  /** Where the loop is whose error is being reported. */
  private loopAt: Place | undefined;
  private isApart = false;
  private readonly traits = new WeakMap<TrackedNode, Traits>();
  /** What was sent in this turn, to see what Node-RED does not deliver. */
  private readonly routed: SendEvent[] = [];
  private looking = false;
  private redeploying = false;

  constructor(
    hooks: Hooks,
    private readonly knowledge: Knowledge,
    private readonly journal: Journal,
  ) {
    hooks.add(`onSend.${LABEL}`, (events: SendEvent[]) => this.onSend(events));
    hooks.add(`preDeliver.${LABEL}`, (event: SendEvent) => this.onDeliver(event));
    hooks.add(`onReceive.${LABEL}`, (event: ReceiveEvent, next: Next) => this.onReceive(event, next));
    hooks.add(`postReceive.${LABEL}`, (event: ReceiveEvent) => this.onReturn(event));
    hooks.add(`onComplete.${LABEL}`, (event: CompleteEvent) => this.onComplete(event));
  }

  /** Makes `message` the first message of `run`, at the trigger: it is open until `finish`. */
  start(run: Run, message: Message, trigger: TrackedNode): Reception {
    this.runs.add(run);
    if (message._msgid) this.origins.know(message._msgid, run);
    return this.receive(run, message, trigger, undefined);
  }

  /** To be called when nothing more is to be noted of the run. @param messageId of its first message */
  forget(run: Run, messageId: string | undefined): void {
    this.runs.delete(run);
    for (const reception of run.receptions) this.origins.open.remove(reception);
    if (messageId) this.origins.forget(messageId);
  }

  /** A node has finished with a message; a node that says so twice counts once. */
  finish(reception: Reception): void {
    if (reception.finished) return;
    this.origins.open.remove(reception);
    reception.finished = true;
    reception.message = undefined;
    reception.run.completed(reception);
  }

  /** A redeploy begins: runs with a message at a node that is stopped cannot come to a right end. */
  interrupt(isStopped: (nodeId: string) => boolean): void {
    this.redeploying = true;
    for (const { run, node } of this.origins.open.all()) if (isStopped(node.id)) run.interrupted = true;
    for (const run of this.runs) if ([...run.destinations].some(isStopped)) run.interrupted = true;
  }

  /** The flows run again. */
  resume(): void {
    this.redeploying = false;
    for (const run of this.runs) if (run.interrupted && run.waiting.isOver) run.end(false);
  }

  /** Where in its run a message is. */
  receptionOf(message: Message): Reception | undefined {
    return receptionAt(message);
  }

  /** The run of a message that still waits for its verdict, if there is one. */
  runOf(message: Message): Run | undefined {
    const run = this.origins.runOf(message);
    return run?.waiting.isOver ? undefined : run;
  }

  /** The run that MISP waits for and for which the code at this moment works, if there is one. */
  get waiterHere(): Waiter | undefined {
    const waiter = this.origins.here?.run.waiting;
    return waiter && !waiter.isOver && !waiter.settings.test ? waiter : undefined;
  }

  /** The run for which the code at this moment works, whether anybody waits for it or not. */
  get runHere(): Run | undefined {
    return this.origins.here?.run;
  }

  /** Does work for a reception that no node got. */
  within<T>(reception: Reception, work: () => T): T {
    return this.origins.within(reception, work);
  }

  /** The verdict of the ended run of a message. */
  verdictOf(message: Message): Verdict | undefined {
    return this.receptionOf(message)?.run.waiting.verdict;
  }

  /**
   * The message for a branch that the run does not wait for. MISP has no part in it any more: a response
   * behind it answers nobody.
   */
  detach(message: Message, messageId: string): Message {
    const detached: Message = { ...message, [AT]: Aside.of(placeOf(message)).token, _msgid: messageId };
    if (message.misp) setMisp(detached, { blocking: false });
    return detached;
  }

  /** Does work that is of no run, whatever runs are under way: what nodes report meanwhile is of none. */
  apart(work: () => void): void {
    this.isApart = true;
    try {
      this.origins.outside(work);
    } finally {
      this.isApart = false;
    }
  }

  /** An error was logged, so no Catch node took it. `node` is the one that reported it. */
  uncaught(node: TrackedNode, error: string): void {
    if (this.isApart || (this.loopAt instanceof Aside && this.loopAt.nodeId === node.id)) return;
    const reception = this.origins.reporting(node.id);
    reception?.noteFailed();
    // An action that may fail may not go round for ever.
    const counts = this.loopAt !== undefined || this.knowledge.errorsCount(node);
    const open = reception ? [reception.run] : [...this.origins.open.at(node.id)].map(({ run }) => run);
    const here = this.origins.here;
    const runs = open.length > 0 || !here ? open : [here.run];
    for (const { id } of new Set(runs))
      this.journal.write(id, { what: 'failed', problem: error, counts }, node);
    if (!counts) return;
    for (const run of runs) run.waiting.fail(`${node.name || node.type}: ${error}`);
  }

  /** A warning was logged. */
  warned(nodeId: string): void {
    const reception = this.origins.reporting(nodeId);
    if (reception) reception.warned = true;
  }

  private onSend(events: SendEvent[]): void {
    for (const event of events) {
      const { msg, source, destination } = event;
      const aside = this.origins.asideSent(msg, source.id);
      if (aside) msg[AT] = event[AT] = aside.token;
      if (aside || this.runs.size === 0) continue;
      const from = this.origins.senderOf(msg, source.id);
      if (from) {
        from.noteSent();
        msg[AT] = from.token;
      }
      event[AT] = msg[AT] as Token | undefined;
      const run = this.origins.runOf(msg);
      if (!run || run.isForgotten) continue;
      this.routed.push(event);
      // Messages to nodes that are being replaced are lost.
      if (this.redeploying && !this.knowledge.exists(destination.id)) run.interrupted = true;
    }
    if (this.routed.length === 0 || this.looking) return;
    this.looking = true;
    queueMicrotask(() => this.lookForUndelivered());
  }

  /** Node-RED drops a message to a node that is not there, without a word. */
  private lookForUndelivered(): void {
    this.looking = false;
    for (const event of this.routed) {
      const node = event[DELIVERED] ? undefined : this.knowledge.missing(event.destination.id);
      const at = node && receptionAt(event.msg);
      if (at && !at.run.isForgotten) this.finish(this.receive(at.run, { ...event.msg }, node, at));
    }
    this.routed.length = 0;
  }

  private onDeliver(event: SendEvent): void {
    const { msg, source, destination } = event;
    // With synchronous delivery the nodes before this one have had the message already.
    if (event[AT]) msg[AT] = event[AT];
    if (this.runs.size === 0 || placeOf(msg) instanceof Aside) return;
    event[DELIVERED] = true;
    const run = this.origins.runOf(msg);
    if (!run || run.isForgotten) return;
    run.events.passed?.(source.node, source.port, destination.node);
    run.delivering(destination.node, this.knowledge.mayBlock(destination.node));
  }

  private onReceive({ msg, destination }: ReceiveEvent, next: Next): void {
    const queues =
      destination.node.type === 'switch' && this.traitsOf(destination.node, msg).completion === 'queue';
    const aside = this.origins.asideBefore(msg, destination.node)?.goTo(destination.id);
    if (aside) msg[AT] = aside.token;
    if (aside?.isLoop()) return this.endLoop(aside, destination.node, msg, next);
    const reception = aside || this.runs.size === 0 ? undefined : this.arrive(msg, destination.node);
    if (reception?.trail.isLoop(reception.run.loopLimit))
      return this.endLoop(reception, destination.node, msg, next);
    // It handles all its messages in order, those that belong to no run among them.
    if (queues) this.followSwitch(destination.node as unknown as SwitchNode, reception);
    const place = reception ?? aside;
    if (place) this.origins.within(place, next);
    else this.origins.outside(next);
  }

  private arrive(msg: Message, node: TrackedNode): Reception | undefined {
    const parent = this.origins.originOf(msg, node);
    const run = parent?.run ?? this.origins.runOf(msg);
    if (!run || run.isForgotten) return undefined;
    run.touched ||= !this.knowledge.harmless(node);
    if (!run.trace.acted && this.knowledge.acts(node)) run.trace.act();
    const reception = this.receive(run, msg, node, parent);
    if (node.type === 'function') watchTimers(node, () => this.origins.here);
    return reception;
  }

  /** The node does not get the message. A Catch node may; one that leads back into the loop ends it for good. */
  private endLoop(place: Place, node: TrackedNode, msg: Message, next: Next): void {
    const isInRun = place instanceof Reception;
    const looping = isInRun ? place.run : place.branch;
    const problem = words(text('run.loop', { count: String(looping.loopLimit), node: labelOf(node) }));
    const isFirst = !looping.hasLoop;
    looping.hasLoop = true;
    if (isInRun) this.origins.nowFailing(place);
    this.origins.within(place, () => {
      const reporting = node as unknown as { error(problem: string, message?: Message): void };
      this.loopAt = place;
      reporting.error(problem, ...(isFirst ? [msg] : []));
      this.loopAt = undefined;
    });
    if (isInRun) this.finish(place);
    next(false);
  }

  private followSwitch(node: SwitchNode, reception?: Reception): void {
    afterSwitch(node, {
      begin: (method) => {
        if (method === 'warn' && reception) reception.warned = true;
        if (method === 'error' && reception) this.origins.nowFailing(reception);
      },
      end: () => reception && this.finish(reception),
    });
  }

  private receive(run: Run, msg: Message, node: TrackedNode, parent?: Reception): Reception {
    const traits = this.traitsOf(node, msg);
    const reception = new Reception(run, node, parent, traits, this.knowledge.mayBlock(node), msg);
    if (traits.groups) reception.group = groupOf(run, node, msg);
    msg[AT] = reception.token;
    this.origins.open.add(reception, msg);
    run.received(reception);
    return reception;
  }

  private onReturn({ msg, destination }: ReceiveEvent): void {
    if (this.runs.size === 0) return;
    const reception = this.origins.open.find(destination.id, msg);
    if (!reception) return;
    const { completion } = reception.traits;
    const hasDone = reception.hasDone && completion !== 'return';
    if ((completion !== 'queue' && !hasDone) || !takesMessages(destination.node)) this.finish(reception);
  }

  private onComplete({ msg, node, error }: CompleteEvent): void {
    if (this.runs.size === 0) return;
    const reception = this.origins.open.find(node.id, msg);
    if (!reception) return;
    // Node-RED reports the error right after this hook; if nobody catches it, it is logged.
    if (error) this.origins.nowFailing(reception);
    this.finish(reception);
  }

  private traitsOf(node: TrackedNode, msg: Message): Traits {
    let traits = this.traits.get(node);
    if (traits === undefined) {
      traits = this.knowledge.traits(node);
      this.traits.set(node, traits);
    }
    return forMessage(traits, node, msg);
  }
}
