import { AsyncLocalStorage } from 'node:async_hooks';
import { Aside } from './aside';
import { placeOf, receptionAt, type Place } from './hooks';
import type { Message } from './message';
import { OpenReceptions } from './open-receptions';
import { Reception, type TrackedNode } from './reception';
import type { Run } from './run';

const OBSERVERS = new Set(['catch', 'complete', 'status']);

/**
 * Which reception a message, or the code at work, belongs to: by the token on the message, else by the asynchronous
 * scope, else by the way that the message came.
 */
export class Origins {
  readonly open = new OpenReceptions();
  private readonly scopes = new AsyncLocalStorage<Place>();
  private readonly byMessageId = new Map<string, Run>();
  /** The reception whose node is reporting an error at this moment. */
  private failing: Reception | undefined;

  /** The run of a message by its id alone. */
  know(messageId: string, run: Run): void {
    this.byMessageId.set(messageId, run);
  }

  forget(messageId: string): void {
    this.byMessageId.delete(messageId);
  }

  /** The reception that the code works for at this moment. */
  get here(): Reception | undefined {
    const place = this.scopes.getStore();
    return place instanceof Reception ? place : undefined;
  }

  within<T>(place: Place, work: () => T): T {
    return this.scopes.run(place, work);
  }

  outside<T>(work: () => T): T {
    return this.scopes.getStore() ? this.scopes.exit(work) : work();
  }

  /** The run of a message, ended or not. */
  runOf(message: Message): Run | undefined {
    const place = placeOf(message);
    if (place) return place instanceof Reception ? place.run : undefined;
    return message._msgid === undefined ? undefined : this.byMessageId.get(message._msgid);
  }

  /** The reception for which the node sends this message. */
  senderOf(msg: Message, nodeId: string): Reception | undefined {
    const at = receptionAt(msg);
    if (at?.node.id === nodeId) return at;
    const scope = this.here;
    if (scope?.node.id === nodeId && (!at || at.run === scope.run)) return scope;
    const run = this.runOf(msg) ?? scope?.run;
    const near = (at ?? (scope?.run === run ? scope : undefined))?.nearestAt(nodeId);
    if (near || !run) return near;
    for (const reception of this.open.at(nodeId))
      if (reception.run === run && !reception.hasSent) return reception;
    return undefined;
  }

  /** What a node sends for a message that no run waits for: that message, or a new one that is of no run. */
  asideSent(msg: Message, nodeId: string): Aside | undefined {
    const place = placeOf(msg);
    if (place) return place instanceof Aside ? place.backAt(nodeId) : undefined;
    const scope = this.scopes.getStore();
    if (!(scope instanceof Aside) || scope.nodeId !== nodeId || this.runOf(msg)) return undefined;
    return scope;
  }

  /** Where a message that no run waits for was before. */
  asideBefore(msg: Message, { type }: TrackedNode): Aside | undefined {
    const isObserver = OBSERVERS.has(type);
    const from = placeOf(msg) ?? (isObserver ? this.scopes.getStore() : undefined);
    if (!(from instanceof Aside)) return undefined;
    return isObserver ? from.backAt(sourceOf(msg, type)) : from;
  }

  /** The reception that a node is at work for while it reports something. */
  reporting(nodeId: string): Reception | undefined {
    if (this.failing?.node.id === nodeId) return this.failing;
    return this.here?.nearestAt(nodeId);
  }

  /** Where a message was before: the token tells, or for what Node-RED makes itself the node that it is about. */
  originOf(msg: Message, node: TrackedNode): Reception | undefined {
    const at = receptionAt(msg);
    const scope = this.here;
    if (!OBSERVERS.has(node.type)) return at ?? scope;
    const about = sourceOf(msg, node.type);
    const failing = node.type === 'catch' ? this.failing : undefined;
    const origin = [failing, at, scope].find((known) => known?.node.id === about);
    const near = origin ?? at?.nearestAt(about) ?? scope?.nearestAt(about);
    if (node.type === 'catch') near?.noteFailed();
    return near ?? at ?? scope;
  }

  /** The node reports an error in the name of this reception in this turn. */
  nowFailing(reception: Reception): void {
    reception.noteFailed();
    this.failing = reception;
    queueMicrotask(() => (this.failing = undefined));
  }
}

/** The node that a message of a Catch, Complete or Status node is about. */
function sourceOf(msg: Message, type: string): string {
  const about = (type === 'catch' ? msg.error : msg[type]) as { source?: { id?: string } } | undefined;
  return about?.source?.id ?? '';
}
