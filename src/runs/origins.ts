import { AsyncLocalStorage } from 'node:async_hooks';
import { AT, DETACHED, tokenOf } from './hooks';
import type { Message } from './message';
import { OpenReceptions } from './open-receptions';
import type { Reception, TrackedNode } from './reception';
import type { Run } from './run';

const OBSERVERS = new Set(['catch', 'complete', 'status']);

/**
 * Which reception a message, or the code at work, belongs to: by the token on the message, else by the asynchronous
 * scope, else by the way that the message came.
 */
export class Origins {
  readonly open = new OpenReceptions();
  private readonly scopes = new AsyncLocalStorage<Reception>();
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
    return this.scopes.getStore();
  }

  within<T>(reception: Reception, work: () => T): T {
    return this.scopes.run(reception, work);
  }

  outside<T>(work: () => T): T {
    return this.scopes.exit(work);
  }

  /** The run of a message, ended or not. */
  runOf(message: Message): Run | undefined {
    const token = tokenOf(message);
    if (token) return token()?.run;
    return message._msgid === undefined ? undefined : this.byMessageId.get(message._msgid);
  }

  /** The reception for which the node sends this message. */
  senderOf(msg: Message, nodeId: string): Reception | undefined {
    const at = tokenOf(msg)?.();
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

  /** The reception that a node is at work for while it reports something. */
  reporting(nodeId: string): Reception | undefined {
    if (this.failing?.node.id === nodeId) return this.failing;
    return this.here?.nearestAt(nodeId);
  }

  /** Where a message was before: the token tells, or for what Node-RED makes itself the node that it is about. */
  originOf(msg: Message, node: TrackedNode): Reception | undefined {
    const at = tokenOf(msg)?.();
    if (msg[AT] === DETACHED) return undefined;
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
