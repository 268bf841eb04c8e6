import type { Message } from './message';
import type { Reception, TrackedNode } from './reception';

export type Token = () => Reception | undefined;

/**
 * Where on a message stands at which node it was last. Enumerable, so that clones keep it; as a function, so
 * that they keep it as it is.
 */
export const AT = Symbol('misp-at');
export const DELIVERED = Symbol('misp-delivered');
/** A message that is no part of a run any more, although it was made of one of its messages. */
export const DETACHED: Token = () => undefined;

/** Where in its run a message is, if it belongs to one. */
export function tokenOf(message: Message): Token | undefined {
  const token = message[AT];
  return typeof token === 'function' ? (token as Token) : undefined;
}

export interface SendEvent {
  msg: Message;
  source: { id: string; node: TrackedNode; port: number };
  destination: { id: string; node: TrackedNode };
  [AT]?: Token;
  [DELIVERED]?: boolean;
}
export interface ReceiveEvent {
  msg: Message;
  destination: { id: string; node: TrackedNode };
}
export interface CompleteEvent {
  msg: Message;
  node: { id: string; node: TrackedNode };
  error?: unknown;
}

/** Node-RED's message hooks (`RED.hooks`). */
export interface Hooks {
  add(id: string, callback: (...args: never[]) => void): void;
  remove(id: string): void;
}

/** Lets Node-RED hand the message to the node; with `false` it does not. */
export type Next = (halt?: false) => void;
