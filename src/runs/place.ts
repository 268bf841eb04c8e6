import type { Aside } from './aside';
import type { Message } from './message';
import { Reception } from './reception';

/** At which node a message was last: in a run, or where no run waits for it. */
export type Place = Reception | Aside;
export type Token = () => Place;

/**
 * Where its place stands on a message. Enumerable, so that clones keep it; as a function, so that they keep it as it is.
 */
export const AT = Symbol('misp-at');

export function placeOf(message: Message): Place | undefined {
  const token = message[AT];
  return typeof token === 'function' ? (token as Token)() : undefined;
}

/** Where in its run a message is. */
export function receptionAt(message: Message): Reception | undefined {
  const place = placeOf(message);
  return place instanceof Reception ? place : undefined;
}
