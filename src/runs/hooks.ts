import type { Aside } from './aside';
import type { Message } from './message';
import { Reception, type TrackedNode } from './reception';

/** At which node a message was last: in a run, or where no run waits for it. */
export type Place = Reception | Aside;
export type Token = () => Place;

/**
 * Where its place stands on a message. Enumerable, so that clones keep it; as a function, so
 * that they keep it as it is.
 */
export const AT = Symbol('misp-at');
export const DELIVERED = Symbol('misp-delivered');

export function placeOf(message: Message): Place | undefined {
  const token = message[AT];
  return typeof token === 'function' ? (token as Token)() : undefined;
}

/** Where in its run a message is, if it belongs to one. */
export function receptionAt(message: Message): Reception | undefined {
  const place = placeOf(message);
  return place instanceof Reception ? place : undefined;
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
